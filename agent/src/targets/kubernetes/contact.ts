import { asWeavefluxError, type JsonObject, listAt, objectKey, stringAt, type WeavefluxError } from '@weaveflux/shared';
import { inParallel } from '../../concurrency/parallel.ts';
import { collectionPath } from './api-path.ts';
import { PARTIAL_LIST } from './client.ts';
import type { Cluster } from './cluster.ts';
import { listPages } from './list-pages.ts';
import { getObject, hasCode } from './objects.ts';
import type { DesiredObject, KindInfo } from './types.ts';

/** An object on its way, with its kind. */
export interface Outgoing {
  readonly object: DesiredObject;
  readonly kind: KindInfo;
  /** A CRD of the same delivery defines it, so it may be served a moment late. */
  readonly fresh: boolean;
}

/** Up to so many objects of a kind are asked for one by one, more by a list; up to so many namespaces are listed each. */
const FEW = 4;

/**
 * Learns which of these objects carry a label of an environment or annotations for us, before anything is sent: so a
 * foreign one, or one that a person wants left alone, is not touched, and it is known afterwards whether an apply changed
 * anything. Asks only about what is not known to carry a label.
 * Returns, by key, why an object could not be asked about: it must not be sent.
 */
export async function meet(
  cluster: Cluster,
  outgoing: readonly Outgoing[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, WeavefluxError>> {
  const failed = new Map<string, WeavefluxError>();
  const strangers = outgoing.filter(({ object }) => cluster.known.get(object.key)?.environment === undefined);
  const groups = Map.groupBy(strangers, ({ kind }) => collectionPath(kind));
  await inParallel([...groups.values()], 8, async (group) => {
    if (group.length > FEW && (await meetByList(cluster, group, signal))) return;
    await inParallel(group, 8, async ({ object, kind }) => {
      const error = await meetOne(cluster, object, kind, signal);
      if (error !== undefined) failed.set(object.key, error);
    });
  });
  return failed;
}

/** False where a list does not serve; one by one then, each with its own error. */
async function meetByList(cluster: Cluster, group: readonly Outgoing[], signal: AbortSignal): Promise<boolean> {
  const first = group[0];
  if (first === undefined) return true;
  const namespaces = [...new Set(group.map(({ object }) => object.id.namespace))];
  const everywhere = first.kind.namespaced && namespaces.length > FEW && cluster.allowNamespaces.length === 0;
  const scopes = everywhere ? [[''], namespaces] : [namespaces];
  for (const scope of scopes) {
    try {
      await inParallel(scope, FEW, (namespace) => listMetadata(cluster, first, namespace, signal));
      return true;
    } catch {
      signal.throwIfAborted();
    }
  }
  return false;
}

/** Not by label: what a person annotated before we came has none. */
async function listMetadata(
  cluster: Cluster,
  { object, kind }: Outgoing,
  namespace: string,
  signal: AbortSignal,
): Promise<void> {
  const request = {
    path: collectionPath(kind, namespace),
    accept: PARTIAL_LIST,
    about: { resource: kind.plural, group: object.id.group, namespace, verb: 'list' },
    signal,
  };
  for await (const body of listPages(cluster.client, request)) {
    for (const item of listAt(body, ['items'])) {
      const name = stringAt(item, ['metadata', 'name']) ?? '';
      const inside = stringAt(item, ['metadata', 'namespace']) ?? '';
      const key = objectKey({ group: object.id.group, kind: object.id.kind, namespace: inside, name });
      cluster.known.see(key, item as JsonObject);
    }
  }
}

async function meetOne(
  cluster: Cluster,
  object: DesiredObject,
  kind: KindInfo,
  signal: AbortSignal,
): Promise<WeavefluxError | undefined> {
  try {
    const found = await getObject(cluster.client, { id: object.id, kind }, signal, 'metadata');
    if (found !== undefined) cluster.known.see(object.key, found);
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    // A kind that is being established has no objects yet.
    return hasCode(error, 'UNKNOWN_KIND') ? undefined : asWeavefluxError(error);
  }
}
