import { displayName, type ObjectId, objectKey, type PruneLimit, type PruneWait } from '@weaveflux/shared';
import type { InventoryEntry } from '../targets/kubernetes/types.ts';
import { compareDeletes } from './delete-order.ts';
import { holdsDesired } from './holds-desired.ts';
import { doubtOf, type Loaded, stopOf } from './prune-brakes.ts';
import type { LivePolicies } from './stance.ts';

/** What pruning is decided from. */
export interface PruneInput {
  readonly revision: string;
  /** By `objectKey`, as loaded before this revision's names were added. */
  readonly inventory: ReadonlyMap<string, InventoryEntry>;
  /** What the revision states, its namespaces settled; also what it says to ignore. */
  readonly desired: ReadonlyMap<string, ObjectId>;
  /** Manifests that could not be settled (kind unknown, refused) or lie in folders that are not applied: as written, perhaps without namespace. */
  readonly unsettled: readonly ObjectId[];
  readonly loaded: Loaded;
  /** Of the live object: its policies, `absent` where the cluster answered that there is none, `unknown` where it did not answer. */
  readonly live: (key: string) => LivePolicies | 'absent' | 'unknown';
  /** Why an object is left alone now (suspended, `ignore-until`), or `undefined`. */
  readonly left?: (key: string) => string | undefined;
  readonly own: (id: ObjectId) => boolean;
  /** History was rewritten since pruning was last free of doubt; holds until nothing waits or a person confirmed. */
  readonly rewritten: boolean;
  /** The limit in force before this revision: a commit cannot lift the limit for itself. */
  readonly limit: PruneLimit;
  readonly garbageCollection: 'on' | 'dry' | 'off';
  /** What a person has allowed: exactly the objects that were listed for the revision. */
  readonly confirmed?: { readonly revision: string; readonly objects: readonly string[] } | undefined;
}

/** What is done about objects of the inventory that the revision no longer states. */
export interface PruneDecision {
  /** To delete, in this order. */
  readonly remove: readonly InventoryEntry[];
  /** Gone from the cluster already: only their names leave the inventory. */
  readonly forget: readonly InventoryEntry[];
  /** What stopped at a brake. `confirmable` is false where a confirmation cannot help: the cause must go first. */
  readonly wait?: PruneWait & { readonly confirmable: boolean };
  /** Not deleted though no longer stated, with the reason for people. */
  readonly keep: readonly { readonly entry: InventoryEntry; readonly reason: string }[];
  /** What would be deleted if garbage collection were on; to be shown as a difference. */
  readonly leftovers: readonly InventoryEntry[];
}

/** Why a leftover stays, by what `--sync-garbage-collection` and its dry form say. */
export const LEFT_OVER: Readonly<Record<PruneInput['garbageCollection'], string>> = {
  on: 'it is not deleted yet',
  dry: 'it would be deleted, but garbage collection is dry',
  off: 'garbage collection is off',
};

/** Kinds whose deletion takes data or other objects with it; as `group/kind`. */
const ALWAYS_WAIT = new Set([
  '/Namespace',
  '/PersistentVolume',
  '/PersistentVolumeClaim',
  'apiextensions.k8s.io/CustomResourceDefinition',
]);

/**
 * Decides what is pruned. Doubt about what the repository or the cluster says stops all of it; an empty set, rewritten
 * history and the limit stop all that a person has not confirmed; Namespaces, CRDs, PVCs and PVs wait by themselves
 * while the rest goes on (they count for the limit all the same).
 */
export function decidePrune(input: PruneInput): PruneDecision {
  const { forget, keep, candidates } = sort(input);
  const nothing = { remove: [], forget: [], keep, leftovers: [] };
  const doubt = doubtOf(input.loaded);
  if (input.garbageCollection !== 'on') return { ...nothing, leftovers: doubt === undefined ? candidates : [] };
  if (doubt === undefined) return { ...nothing, forget, ...brake(input, candidates) };
  if (candidates.length === 0) return nothing;
  return { ...nothing, wait: { ...waiting(input.revision, doubt, candidates), confirmable: false } };
}

function brake(input: PruneInput, candidates: readonly InventoryEntry[]): Pick<PruneDecision, 'remove' | 'wait'> {
  const { confirmed, revision, inventory, desired, rewritten, limit } = input;
  const allowed = new Set(confirmed?.revision === revision ? confirmed.objects : []);
  const isAllowed = ({ id }: InventoryEntry): boolean => allowed.has(objectKey(id));
  const going = candidates.filter((entry) => !isAllowed(entry)).length;
  const stop = stopOf({ rewritten, limit, going, inventory: inventory.size, desired: desired.size });
  const goes = (entry: InventoryEntry): boolean => isAllowed(entry) || (stop === undefined && !alwaysWaits(entry));
  const remove = candidates.filter(goes);
  if (remove.length === candidates.length) return { remove };
  const stopped = candidates.filter((entry) => !goes(entry));
  const reason = stop ?? 'Namespaces, CRDs, PVCs and PVs are deleted only when a person confirms it';
  return { remove, wait: { ...waiting(revision, reason, stopped), confirmable: true } };
}

function sort(input: PruneInput): Pick<PruneDecision, 'keep' | 'forget'> & { candidates: InventoryEntry[] } {
  const forget: InventoryEntry[] = [];
  const keep: { entry: InventoryEntry; reason: string }[] = [];
  const candidates: InventoryEntry[] = [];
  const stated = [...input.desired.values(), ...input.unsettled];
  for (const [key, entry] of input.inventory) {
    if (input.desired.has(key)) continue;
    const reason = keepReason(input, stated, key, entry);
    if (reason !== undefined) keep.push({ entry, reason });
    else if (input.live(key) === 'absent') forget.push(entry);
    else candidates.push(entry);
  }
  return { forget, keep, candidates: candidates.sort((a, b) => compareDeletes(a.id, b.id)) };
}

function keepReason(
  input: PruneInput,
  stated: readonly ObjectId[],
  key: string,
  { id }: InventoryEntry,
): string | undefined {
  if (input.own(id)) return 'it is part of the agent';
  if (input.unsettled.some((written) => mayBe(written, id)))
    return 'the repository states it but it is not applied now';
  const held = holdsDesired(id, stated);
  if (held !== undefined) return `${displayName(held)} of the repository would go with it`;
  const left = input.left?.(key);
  if (left !== undefined) return left;
  const live = input.live(key);
  if (live === 'absent') return undefined;
  if (live === 'unknown') return 'the cluster did not say how it stands';
  if (live.pruneDisabled) return 'it says prune: disabled';
  if (live.ignore !== false) return `it says ignore: ${live.ignore}`;
  return undefined;
}

function mayBe(written: ObjectId, id: ObjectId): boolean {
  if (written.group !== id.group || written.kind !== id.kind || written.name !== id.name) return false;
  return written.namespace === '' || id.namespace === '' || written.namespace === id.namespace;
}

function alwaysWaits({ id }: InventoryEntry): boolean {
  return ALWAYS_WAIT.has(`${id.group}/${id.kind}`);
}

function waiting(revision: string, reason: string, entries: readonly InventoryEntry[]): PruneWait {
  return { revision, reason, objects: entries.map(({ id }) => objectKey(id)) };
}
