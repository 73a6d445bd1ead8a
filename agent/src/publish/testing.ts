import type { JsonObject, ObjectStatus, Problem, Status } from '@weaveflux/shared';
import { WeavefluxError } from '@weaveflux/shared';
import type { ApiAnswer, ApiRequest, KubernetesClient } from '../targets/kubernetes/client.ts';

/** A revision, as Git names them; for tests. */
export const HEAD = 'a'.repeat(40);
export const OLD = 'b'.repeat(40);

/** The status of an environment whose head is applied and healthy; `sync` and `repository` are laid over it. */
export function statusOf(
  changes: Omit<Partial<Status>, 'sync' | 'repository'> & {
    sync?: Partial<Status['sync']>;
    repository?: Partial<Status['repository']>;
  } = {},
): Status {
  const { sync, repository, ...rest } = changes;
  const head = { revision: HEAD, subject: 'A change', author: 'Ann', time: '2026-01-01T00:00:00Z' };
  return {
    environment: 'shop',
    namespace: 'weaveflux',
    version: '0.1.0',
    startedAt: '2026-01-01T00:00:00Z',
    ready: true,
    readOnly: false,
    repository: { url: 'https://git.example/shop.git', branch: 'main', paths: [], head, ...repository },
    sync: {
      state: 'healthy',
      revision: HEAD,
      appliedRevision: HEAD,
      healthyRevision: HEAD,
      counts: {},
      problems: [],
      ignored: 0,
      ...sync,
    },
    suspensions: [],
    objects: [],
    ...rest,
  };
}

/** An object of a status. */
export function objectOf(name: string, health: ObjectStatus['health']['state'], rest: Partial<ObjectStatus> = {}) {
  return {
    key: `apps/Deployment/shop/${name}`,
    name: `shop:deployment/${name}`,
    action: 'unchanged',
    health: { state: health, message: health === 'failed' ? 'crashes' : '' },
    ...rest,
  } satisfies ObjectStatus;
}

/** An error that is a problem of a status. */
export function errorOf(code: Problem['code'], message = 'it broke.'): Problem {
  return { severity: 'error', code, message };
}

/** A client that answers by a function, and the requests that it was asked. */
export function fakeClient(answer: (request: ApiRequest) => JsonObject | number | WeavefluxError): {
  client: KubernetesClient;
  requests: ApiRequest[];
} {
  const requests: ApiRequest[] = [];
  const client: KubernetesClient = {
    async request(request): Promise<ApiAnswer> {
      requests.push(request);
      const given = answer(request);
      if (given instanceof WeavefluxError) throw given;
      return typeof given === 'number'
        ? { status: given, body: {}, etag: undefined }
        : { status: 200, body: given, etag: undefined };
    },
    watch: () => new Promise(() => undefined),
    close: async () => undefined,
  };
  return { client, requests };
}

/** Lets everything run that waits for nothing but promises. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}
