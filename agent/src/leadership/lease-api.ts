import type { JsonObject } from '@weaveflux/shared';
import { collectionPath, objectPath } from '../targets/kubernetes/api-path.ts';
import type { ApiRequest, KubernetesClient } from '../targets/kubernetes/client.ts';
import { FIELD_MANAGER } from '../targets/kubernetes/labels.ts';
import type { KindInfo } from '../targets/kubernetes/types.ts';
import { type Lease, readLease } from './lease.ts';

/** One Lease of the API. Errors: those of the client. */
export interface LeaseApi {
  read(signal: AbortSignal): Promise<Lease | undefined>;
  /** Creates it, or replaces just the version `before`; `undefined` where somebody was faster. */
  write(before: Lease | undefined, spec: JsonObject, signal: AbortSignal): Promise<Lease | undefined>;
}

const LEASE: KindInfo = { apiVersion: 'coordination.k8s.io/v1', plural: 'leases', namespaced: true };
/** Milliseconds: one call that hangs must leave time for another before the Lease is given up. */
const DEADLINE = 1_500;

/** The Lease of this name. */
export function createLeaseApi(client: KubernetesClient, namespace: string, name: string): LeaseApi {
  const path = objectPath(LEASE, { namespace, name });

  function call(method: ApiRequest['method'], verb: string, signal: AbortSignal, rest: Partial<ApiRequest>) {
    const object = `${namespace}:lease/${name}`;
    const about = { object, resource: 'leases', group: 'coordination.k8s.io', namespace, verb };
    return client.request({ method, path, about, deadline: DEADLINE, signal, ...rest });
  }

  return {
    async read(signal) {
      const { status, body } = await call('GET', 'get', signal, { expect: [404] });
      return status === 404 ? undefined : readLease(body);
    },
    async write(before, spec, signal) {
      const version = before === undefined ? {} : { resourceVersion: before.resourceVersion };
      const sent = {
        query: { fieldManager: FIELD_MANAGER },
        body: { apiVersion: LEASE.apiVersion, kind: 'Lease', metadata: { name, namespace, ...version }, spec },
        expect: [404, 409],
      };
      const { status, body } = await (before === undefined
        ? call('POST', 'create', signal, { ...sent, path: collectionPath(LEASE, namespace), expect: [409] })
        : call('PUT', 'update', signal, sent));
      return status >= 400 ? undefined : readLease(body);
    },
  };
}
