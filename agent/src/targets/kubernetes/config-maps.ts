import { type JsonObject, stringAt, WeavefluxError } from '@weaveflux/shared';
import { collectionPath, objectPath } from './api-path.ts';
import type { KubernetesClient } from './client.ts';
import type { KindInfo } from './types.ts';

const CONFIG_MAP: KindInfo = { apiVersion: 'v1', plural: 'configmaps', namespaced: true };

/** One ConfigMap by name, `undefined` where there is none. */
export async function getConfigMap(
  client: KubernetesClient,
  namespace: string,
  name: string,
  signal: AbortSignal,
): Promise<JsonObject | undefined> {
  const answer = await allowed(
    client.request({
      method: 'GET',
      path: objectPath(CONFIG_MAP, { namespace, name }),
      about: { object: `${namespace}:configmap/${name}`, resource: 'configmaps', namespace, verb: 'get' },
      expect: [404],
      signal,
    }),
  );
  return answer.status === 404 ? undefined : answer.body;
}

/**
 * Creates it, or, where it carries a resourceVersion, replaces just that version. `undefined` when somebody was faster
 * or it is gone: read it again.
 */
export async function putConfigMap(
  client: KubernetesClient,
  namespace: string,
  configMap: JsonObject,
  signal: AbortSignal,
): Promise<JsonObject | undefined> {
  const name = stringAt(configMap, ['metadata', 'name']) ?? '';
  const exists = stringAt(configMap, ['metadata', 'resourceVersion']) !== undefined;
  const put = client.request({
    method: exists ? 'PUT' : 'POST',
    path: exists ? objectPath(CONFIG_MAP, { namespace, name }) : collectionPath(CONFIG_MAP, namespace),
    query: { fieldManager: 'weaveflux' },
    body: configMap,
    about: {
      object: `${namespace}:configmap/${name}`,
      resource: 'configmaps',
      namespace,
      verb: exists ? 'update' : 'create',
    },
    expect: [404, 409],
    signal,
  });
  const answer = await allowed(put);
  if (answer.status === 404 && !exists) {
    await createNamespace(client, namespace, signal);
    return undefined;
  }
  return answer.status >= 400 ? undefined : answer.body;
}

/** An agent outside the cluster may be the first to need its namespace. */
async function createNamespace(client: KubernetesClient, name: string, signal: AbortSignal): Promise<void> {
  const post = client.request({
    method: 'POST',
    path: '/api/v1/namespaces',
    body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
    about: { object: `<cluster>:namespace/${name}`, resource: 'namespaces', verb: 'create' },
    expect: [409],
    signal,
  });
  await explain(post, () => {
    const what = `The agent's inventory belongs in the namespace ${name}, which is not there and which it may not create`;
    return `${what}; create it, or name another with --agent-namespace.`;
  });
}

function allowed<T>(call: Promise<T>): Promise<T> {
  return explain(call, (message) => {
    const what = message.replace(/; .*$/, '');
    return `${what}; there it keeps its inventory: let it get, create and update them, or name another namespace with --agent-namespace.`;
  });
}

/** What is forbidden here a person may have meant to be elsewhere. */
async function explain<T>(call: Promise<T>, say: (message: string) => string): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof WeavefluxError) || error.code !== 'FORBIDDEN') throw error;
    throw new WeavefluxError('FORBIDDEN', say(error.message), { cause: error, about: error.about });
  }
}
