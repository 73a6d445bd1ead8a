import { asWeavefluxError, isObject, type JsonObject, listAt, type ObjectId, stringAt } from '@weaveflux/shared';
import { inParallel } from '../concurrency/parallel.ts';
import { failureOf } from '../targets/kubernetes/api-error.ts';
import { collectionPath } from '../targets/kubernetes/api-path.ts';
import { readAggregated, type ServedVersion } from '../targets/kubernetes/catalog.ts';
import { type KubernetesClient, PARTIAL_LIST } from '../targets/kubernetes/client.ts';
import { ENVIRONMENT_LABEL } from '../targets/kubernetes/labels.ts';
import { listPages } from '../targets/kubernetes/list-pages.ts';
import { hasCode } from '../targets/kubernetes/objects.ts';
import type { KindInfo } from '../targets/kubernetes/types.ts';
import { MARK_LABEL } from './mark.ts';

/** An object that carries fluxd's mark, or a copy of one. */
export interface Marked {
  readonly id: ObjectId;
  readonly kind: KindInfo;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly mark: string;
  /** Value of our label, of whatever environment. */
  readonly environment: string | undefined;
  /** A controller made it; its labels are copies. */
  readonly owned: boolean;
  readonly deleting: boolean;
}

/** All that was found, and what could not be looked at. */
export interface MarkedObjects {
  readonly objects: readonly Marked[];
  /** One sentence for each kind or group that was not read; empty = complete. */
  readonly unread: readonly string[];
}

interface ListedKind {
  readonly group: string;
  readonly kind: string;
  readonly info: KindInfo;
}

const DISCOVERY = ['v2', 'v2beta1'].map(
  (version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`,
);
const AT_ONCE = 8;

/** Lists everything in the cluster that carries the mark's label, in the namespaces allowed (empty = all); metadata only. */
export async function listMarked(
  client: KubernetesClient,
  allowNamespaces: readonly string[],
  signal: AbortSignal,
): Promise<MarkedObjects> {
  const served = await discover(client, signal);
  const unread = [...new Set(served.filter(({ fresh }) => !fresh).map(({ group }) => group))].map(
    (group) => `The API group ${group} does not answer, so its objects are not known.`,
  );
  const forbidden: string[] = [];
  const byUid = new Map<string, Marked>();
  await inParallel(kindsOf(served), AT_ONCE, async (kind) => {
    const namespaces = kind.info.namespaced && allowNamespaces.length > 0 ? allowNamespaces : [''];
    try {
      for (const namespace of namespaces)
        for (const object of await listKind(client, kind, namespace, signal)) byUid.set(object.uid, object);
    } catch (error) {
      signal.throwIfAborted();
      if (isNotListable(error)) return;
      if (hasCode(error, 'FORBIDDEN')) forbidden.push(resourceOf(kind));
      else unread.push(`${resourceOf(kind)} could not be listed: ${asWeavefluxError(error).message}`);
    }
  });
  const where = allowNamespaces.length === 0 ? '' : ` (what is in namespaces: in ${allowNamespaces.join(', ')})`;
  if (forbidden.length > 0) unread.push(`You may not list these${where}: ${forbidden.sort().join(', ')}.`);
  return { objects: [...byUid.values()].sort(byName), unread: unread.sort() };
}

/** One object as read, metadata only. */
export function markedOf(id: ObjectId, kind: KindInfo, object: JsonObject): Marked {
  return {
    id,
    kind,
    uid: stringAt(object, ['metadata', 'uid']) ?? '',
    resourceVersion: stringAt(object, ['metadata', 'resourceVersion']) ?? '',
    mark: stringAt(object, ['metadata', 'labels', MARK_LABEL]) ?? '',
    environment: stringAt(object, ['metadata', 'labels', ENVIRONMENT_LABEL]),
    owned: listAt(object, ['metadata', 'ownerReferences']).length > 0,
    deleting: stringAt(object, ['metadata', 'deletionTimestamp']) !== undefined,
  };
}

async function discover(client: KubernetesClient, signal: AbortSignal): Promise<ServedVersion[]> {
  const roots = ['/api', '/apis'].map(async (path) => {
    const { body } = await client.request({ method: 'GET', path, accept: DISCOVERY.join(','), signal });
    return readAggregated(body);
  });
  return (await Promise.all(roots)).flat();
}

/** Each kind once, at the version that the cluster prefers. */
function kindsOf(served: readonly ServedVersion[]): ListedKind[] {
  const kinds = new Map<string, ListedKind>();
  for (const { group, version, kinds: inVersion } of served) {
    const apiVersion = group === '' ? version : `${group}/${version}`;
    for (const { kind, plural, namespaced } of inVersion) {
      const key = `${group}/${kind}`;
      if (!kinds.has(key)) kinds.set(key, { group, kind, info: { apiVersion, plural, namespaced } });
    }
  }
  return [...kinds.values()];
}

/** As RBAC names it. */
function resourceOf({ group, info }: ListedKind): string {
  return group === '' ? info.plural : `${info.plural}.${group}`;
}

async function listKind(
  client: KubernetesClient,
  { group, kind, info }: ListedKind,
  namespace: string,
  signal: AbortSignal,
): Promise<Marked[]> {
  const found: Marked[] = [];
  const request = {
    path: collectionPath(info, namespace),
    query: { labelSelector: MARK_LABEL },
    accept: PARTIAL_LIST,
    about: { resource: info.plural, group, namespace, verb: 'list' },
    signal,
  };
  for await (const body of listPages(client, request)) {
    for (const item of listAt(body, ['items'])) {
      if (!isObject(item)) continue;
      const name = stringAt(item, ['metadata', 'name']) ?? '';
      const id = { group, kind, namespace: stringAt(item, ['metadata', 'namespace']) ?? '', name };
      found.push(markedOf(id, info, item));
    }
  }
  return found;
}

/** Some kinds can be patched and not listed; and a CRD may go while we look. */
function isNotListable(error: unknown): boolean {
  return failureOf(error)?.status === 405 || hasCode(error, 'UNKNOWN_KIND') || hasCode(error, 'NOT_FOUND');
}

function byName(a: Marked, b: Marked): number {
  const order = [a, b].map(({ id }) => `${id.namespace}\n${id.group}\n${id.kind}\n${id.name}`) as [string, string];
  return order[0].localeCompare(order[1]);
}
