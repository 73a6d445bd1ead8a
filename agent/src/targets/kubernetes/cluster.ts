import { groupOf, type Health, type JsonObject, type ObjectId, WeavefluxError } from '@weaveflux/shared';
import type { KubernetesClient } from './client.ts';
import type { Discovery } from './discovery.ts';
import type { ConfigMapInventory } from './inventory.ts';
import type { KnownObjects } from './known.ts';
import type { OwnWrites } from './own-writes.ts';
import type { KindInfo } from './types.ts';

/** What the parts of the target share. */
export interface Cluster {
  /** Speaks for the repository: as the account that is impersonated, where one is. */
  readonly client: KubernetesClient;
  /** Speaks for the agent itself, about what it keeps for itself. */
  readonly own: KubernetesClient;
  readonly discovery: Discovery;
  readonly inventory: ConfigMapInventory;
  readonly known: KnownObjects;
  readonly ownWrites: OwnWrites;
  /** The value of our label. */
  readonly owner: string;
  /** Empty = every namespace. */
  readonly allowNamespaces: readonly string[];
  /** Milliseconds to wait for what the API only promised: a CRD established, an object gone. */
  readonly patience: number;
  readonly healthOf: (object: JsonObject) => Health;
}

/** How a kind is reached at this version, else at any that is served. Looks again before it says UNKNOWN_KIND. */
export async function findKind(
  cluster: Cluster,
  id: Pick<ObjectId, 'group' | 'kind'>,
  apiVersion: string,
  signal: AbortSignal,
): Promise<KindInfo | undefined> {
  const find = (catalog: Awaited<ReturnType<Discovery['known']>>) =>
    catalog.find(apiVersion, id.kind) ?? catalog.versionsOf(id.group, id.kind)[0];
  return find(await cluster.discovery.known(signal)) ?? find(await cluster.discovery.refresh(signal));
}

/** Like `findKind`; UNKNOWN_KIND where nothing serves it. */
export async function needKind(
  cluster: Cluster,
  id: Pick<ObjectId, 'group' | 'kind'>,
  apiVersion: string,
  signal: AbortSignal,
): Promise<KindInfo> {
  const kind = await findKind(cluster, id, apiVersion, signal);
  if (kind !== undefined) return kind;
  throw new WeavefluxError('UNKNOWN_KIND', `The cluster does not serve ${id.kind} of ${groupOf(apiVersion) || 'v1'}.`);
}
