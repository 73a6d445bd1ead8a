import { isObject, type JsonObject, stringAt, valueAt, WeavefluxError } from '@weaveflux/shared';
import type { ClusterAccess } from '@weaveflux/shared/node';
import type { SecretStore } from '../../git/secret.ts';
import { collectionPath, objectPath } from './api-path.ts';
import { type ApiRequest, type ClientOptions, createClient, MERGE_PATCH } from './client.ts';
import { FIELD_MANAGER } from './labels.ts';
import type { KindInfo } from './types.ts';

/** Which Secret, and what may be done with it. */
export interface SecretStoreOptions extends ClientOptions {
  readonly namespace: string;
  readonly name: string;
  /** Whether a Secret that is missing is made; keys are added to one that is there in any case. */
  readonly create: boolean;
  /** Takes one sentence for the log. */
  readonly warn: (message: string) => void;
}

/** A Secret store whose connections can be ended. */
export interface ClosableSecretStore extends Required<SecretStore> {
  close(): Promise<void>;
}

const SECRET: KindInfo = { apiVersion: 'v1', plural: 'secrets', namespaced: true };
/** Milliseconds: the start of the agent and each look at the repository may wait for it. */
const DEADLINE = 10_000;
const ATTEMPTS = 5;

/**
 * The Secret with git's credentials, by the Kubernetes API. Reading one that the agent may not see is as if there were
 * none, with one warning. Errors: those of the client, without anything of the Secret's content; CONFLICT where others
 * kept changing it.
 */
export function createSecretStore(access: ClusterAccess, options: SecretStoreOptions): ClosableSecretStore {
  const { namespace, name } = options;
  const client = createClient(access, options);
  let warned = false;

  function request(
    method: ApiRequest['method'],
    verb: string,
    signal: AbortSignal,
    rest: Pick<ApiRequest, 'path'> & Partial<ApiRequest>,
  ) {
    const about = { object: `${namespace}:secret/${name}`, resource: 'secrets', namespace, verb, secret: true };
    return client.request({ method, about, deadline: DEADLINE, signal, ...rest });
  }

  async function find(signal: AbortSignal): Promise<JsonObject | undefined> {
    const path = objectPath(SECRET, { namespace, name });
    const { status, body } = await request('GET', 'get', signal, { path, expect: [404] });
    return status === 404 ? undefined : body;
  }

  /** False when somebody made it meanwhile. */
  async function make(data: Record<string, string>, signal: AbortSignal): Promise<boolean> {
    const body = { apiVersion: 'v1', kind: 'Secret', type: 'Opaque', metadata: { name }, data };
    const path = collectionPath(SECRET, namespace);
    const query = { fieldManager: FIELD_MANAGER };
    return (await request('POST', 'create', signal, { path, query, body, expect: [409] })).status !== 409;
  }

  /** False when it has changed meanwhile. */
  async function add(live: JsonObject, data: Record<string, string>, signal: AbortSignal): Promise<boolean> {
    const missing = Object.fromEntries(Object.entries(data).filter(([key]) => !stringAt(live, ['data', key])));
    if (Object.keys(missing).length === 0) return true;
    const resourceVersion = stringAt(live, ['metadata', 'resourceVersion']) ?? '';
    const { status } = await request('PATCH', 'patch', signal, {
      path: objectPath(SECRET, { namespace, name }),
      query: { fieldManager: FIELD_MANAGER },
      body: { metadata: { resourceVersion }, data: missing },
      contentType: MERGE_PATCH,
      expect: [404, 409],
    });
    return status < 400;
  }

  return {
    async read(signal) {
      try {
        return decoded(await find(signal));
      } catch (error) {
        if (!(error instanceof WeavefluxError) || error.code !== 'FORBIDDEN') throw error;
        if (!warned) options.warn(`${error.message} Without it only the mounted Secret gives credentials for git.`);
        warned = true;
        return 'forbidden';
      }
    },
    async save(data, signal) {
      const texts = Object.fromEntries(Object.entries(data).map(([key, value]) => [key, value.toString('base64')]));
      for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
        const live = await find(signal);
        if (live === undefined && !options.create) return;
        if (await (live === undefined ? make(texts, signal) : add(live, texts, signal))) return;
      }
      throw new WeavefluxError(
        'CONFLICT',
        `${namespace}:secret/${name} keeps being changed by others; nothing was saved.`,
      );
    },
    close: () => client.close(),
  };
}

function decoded(secret: JsonObject | undefined): Record<string, Buffer> | undefined {
  if (secret === undefined) return undefined;
  const data = valueAt(secret, ['data']);
  const entries = isObject(data) ? Object.entries(data) : [];
  return Object.fromEntries(
    entries.flatMap(([key, value]) => (typeof value === 'string' ? [[key, Buffer.from(value, 'base64')]] : [])),
  );
}
