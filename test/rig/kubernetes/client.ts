import { Agent, request } from 'undici';
import { type Wait, waitFor } from '../wait.ts';

/** JSON of an object as the API server answers it; tests look into it as they need. */
export type ApiObject = {
  apiVersion?: string;
  kind?: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests read fields of every kind, and assert on what they find.
  [field: string]: any;
};

export interface ApiAnswer {
  readonly status: number;
  /** The parsed body; `{message}` where it was no JSON. */
  readonly body: ApiObject;
}

/** A small client for tests: raw requests as the administrator, and the few things that every test does. */
export interface ApiClient {
  /** `contentType` is application/json unless told, and application/merge-patch+json for PATCH. Throws only when there is no answer. */
  request(method: string, path: string, body?: unknown, contentType?: string): Promise<ApiAnswer>;
  /** GET that throws on anything but 200. */
  get(path: string): Promise<ApiObject>;
  /** GET that is undefined where there is none. */
  find(path: string): Promise<ApiObject | undefined>;
  /** Server-side apply, forced, as the field manager `rig` unless told. Throws with the API server's message. */
  apply(object: ApiObject, manager?: string): Promise<ApiObject>;
  /** Merge patch as another manager: what a person with kubectl does. Throws with the API server's message. */
  patch(path: string, patch: unknown, manager?: string): Promise<ApiObject>;
  /** DELETE in the background; an object that is not there is fine. */
  delete(path: string): Promise<void>;
  /** The path of an object: `/apis/apps/v1/namespaces/shop/deployments/cart`. */
  pathOf(object: ApiObject): Promise<string>;
  /** Polls a path until the object satisfies; `what` stands in the error. An object not yet there is waited for. */
  until(
    path: string,
    what: string,
    holds: (object: ApiObject) => boolean,
    wait?: Omit<Wait, 'what'>,
  ): Promise<ApiObject>;
  /** Polls until nothing is there any more. */
  untilGone(path: string, wait?: Omit<Wait, 'what'>): Promise<void>;
  close(): Promise<void>;
}

/** Makes a client of an API server by bearer token. */
export function createApiClient(url: string, ca: string, token: string): ApiClient {
  const dispatcher = new Agent({ connect: { ca, timeout: 5000 }, connections: 8, allowH2: false });
  const kinds = new Map<string, Promise<ApiObject>>();

  async function send(method: string, path: string, body?: unknown, contentType?: string): Promise<ApiAnswer> {
    const type = contentType ?? (method === 'PATCH' ? 'application/merge-patch+json' : 'application/json');
    const response = await request(`${url}${path}`, {
      dispatcher,
      method: method as 'GET',
      headers: { authorization: `Bearer ${token}`, accept: 'application/json', 'content-type': type },
      headersTimeout: 30_000,
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: response.statusCode, body: parse(await response.body.text()) };
  }
  async function expect(method: string, path: string, body?: unknown, contentType?: string): Promise<ApiObject> {
    const answer = await send(method, path, body, contentType);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.body.message ?? ''}`);
    return answer.body;
  }
  async function find(path: string): Promise<ApiObject | undefined> {
    const answer = await send('GET', path);
    if (answer.status === 404) return undefined;
    if (answer.status >= 300) throw new Error(`GET ${path}: ${answer.status} ${answer.body.message ?? ''}`);
    return answer.body;
  }
  async function pathOf(object: ApiObject): Promise<string> {
    const root = object.apiVersion?.includes('/') ? `/apis/${object.apiVersion}` : `/api/${object.apiVersion}`;
    const known = kinds.get(root) ?? expect('GET', root);
    kinds.set(root, known);
    const resources: ApiObject[] = (await known).resources;
    const resource = resources.find((each) => each.kind === object.kind && !each.name.includes('/'));
    if (!resource) {
      kinds.delete(root);
      throw new Error(`the API server knows no ${object.kind} in ${object.apiVersion}`);
    }
    const namespace = resource.namespaced ? `/namespaces/${object.metadata.namespace ?? 'default'}` : '';
    return `${root}${namespace}/${resource.name}/${object.metadata.name}`;
  }
  return {
    request: send,
    get: (path) => expect('GET', path),
    find,
    pathOf,
    async apply(object, manager = 'rig') {
      const path = `${await pathOf(object)}?fieldManager=${manager}&force=true`;
      return expect('PATCH', path, object, 'application/apply-patch+yaml');
    },
    patch: (path, patch, manager = 'kubectl-edit') => expect('PATCH', `${path}?fieldManager=${manager}`, patch),
    async delete(path) {
      const answer = await send('DELETE', path, { propagationPolicy: 'Background' });
      if (answer.status >= 300 && answer.status !== 404) throw new Error(`DELETE ${path}: ${answer.body.message}`);
    },
    until: (path, what, holds, wait) =>
      waitFor({ what, ...wait }, async () => {
        const object = await find(path);
        if (object && holds(object)) return object;
        throw new Error(
          object ? JSON.stringify(object.status ?? object.data ?? object.spec ?? {}).slice(0, 1500) : `no ${path}`,
        );
      }),
    untilGone: async (path, wait) => {
      await waitFor({ what: `${path} to be gone`, ...wait }, async () => (await find(path)) === undefined);
    },
    close: () => dispatcher.destroy(),
  };
}

function parse(text: string): ApiObject {
  try {
    return JSON.parse(text);
  } catch {
    return { message: text.slice(0, 1000) };
  }
}
