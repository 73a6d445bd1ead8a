import { displayName, type ObjectId, type Outcome, objectKey, type PruneWait } from '@weaveflux/shared';
import { inParallel } from '../concurrency/parallel.ts';
import { deleteWaves } from '../plan/delete-order.ts';
import { ownObjects } from '../plan/own-objects.ts';
import { decidePrune, LEFT_OVER, type PruneDecision } from '../plan/prune.ts';
import { type LivePolicies, stanceOf } from '../plan/stance.ts';
import type { Loaded } from '../render/load.ts';
import type { InventoryEntry, Resolved } from '../targets/kubernetes/types.ts';
import type { Environment } from './environment.ts';
import type { Work } from './loop.ts';
import { forget } from './memory.ts';
import { livePolicies } from './wanted.ts';

/** Reads or deletes in flight at once. */
const AT_ONCE = 8;
/** Milliseconds for taking names out of the inventory, also when the delivery was cancelled. */
const DROP_DEADLINE = 10_000;

/** What pruning needs to know of the delivery that it ends. */
export interface PruneContext {
  readonly loaded: Loaded;
  readonly resolved: Resolved;
  readonly work: Work;
  /** As it was before this revision's names were added. */
  readonly inventory: ReadonlyMap<string, InventoryEntry>;
}

/** Deletes what left the repository, as far as the brakes allow; what is kept or waits is put into the memory. */
export async function prune(env: Environment, context: PruneContext, signal: AbortSignal): Promise<Outcome[]> {
  const live = await readLeftovers(env, context, signal);
  const decision = decide(env, context, live);
  remember(env, decision, [...live.values()].includes('unknown'));
  const outcomes: Outcome[] = [];
  const gone: InventoryEntry[] = [...decision.forget];
  try {
    for (const wave of deleteWaves(decision.remove)) {
      await inParallel(wave, AT_ONCE, async (entry) => {
        const outcome = await remove(env, context.work.revision, entry, signal);
        outcomes.push(outcome);
        if (outcome.result !== 'failed') gone.push(entry);
      });
    }
  } finally {
    await drop(env, gone, AbortSignal.timeout(DROP_DEADLINE));
  }
  return outcomes;
}

/** How the objects stand that the inventory lists and the revision no longer states. */
async function readLeftovers(
  env: Environment,
  { inventory }: PruneContext,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, LivePolicies | 'absent' | 'unknown'>> {
  const left = [...inventory].filter(([key]) => !env.memory.wanted.has(key));
  const states = new Map<string, LivePolicies | 'absent' | 'unknown'>();
  await inParallel(left, AT_ONCE, async ([key, entry]) => {
    states.set(key, await liveState(env, entry, signal));
  });
  return states;
}

async function liveState(
  env: Environment,
  { id, apiVersion }: InventoryEntry,
  signal: AbortSignal,
): Promise<LivePolicies | 'absent' | 'unknown'> {
  try {
    const object = await env.target.get(id, apiVersion, signal);
    return object === undefined ? 'absent' : livePolicies(env.target.summarize(object));
  } catch {
    signal.throwIfAborted();
    return 'unknown';
  }
}

function decide(
  env: Environment,
  { loaded, resolved, work, inventory }: PruneContext,
  live: ReadonlyMap<string, LivePolicies | 'absent' | 'unknown'>,
): PruneDecision {
  const { memory, config } = env;
  const waiting = memory.prune;
  const confirmed = work.confirmPrune !== undefined && work.confirmPrune === waiting?.revision ? waiting : undefined;
  const wanted = memory.wanted;
  const settled = new Set(resolved.desired.map(({ manifest }) => manifest));
  return decidePrune({
    revision: work.revision,
    inventory,
    desired: new Map([...wanted].map(([key, { object }]) => [key, object.id])),
    unsettled: [...loaded.manifests.filter((manifest) => !settled.has(manifest)), ...loaded.withheld].map(
      ({ id }) => id,
    ),
    loaded: {
      readable: !loaded.unreadable,
      brokenFiles: loaded.brokenFiles,
      discoveryComplete: resolved.complete,
    },
    live: (key) => live.get(key) ?? 'unknown',
    left: (key) => leftReason(env, key, live.get(key)),
    own: ownObjects(env.agentNamespace),
    rewritten: memory.repository.rewritten !== undefined,
    limit: loaded.settings.pruneLimit,
    garbageCollection: config.garbageCollection,
    confirmed: confirmed === undefined ? undefined : { ...confirmed, revision: work.revision },
  });
}

/** Why it is left alone now: suspended, also since this delivery began, or by its own annotation. */
function leftReason({ memory, now }: Environment, key: string, live?: LivePolicies | string): string | undefined {
  const policies = typeof live === 'object' ? live : undefined;
  const stance = stanceOf({ key, live: policies, suspensions: memory.suspensions, now: now() });
  return stance.kind === 'leave' ? stance.reason : undefined;
}

function remember(env: Environment, decision: PruneDecision, inDoubt: boolean): void {
  const { memory } = env;
  const told = memory.prune;
  const before = memory.leftovers;
  memory.leftovers = new Map([
    ...decision.keep.map(({ entry, reason }) => [objectKey(entry.id), reason] as const),
    ...decision.leftovers.map(({ id }) => [objectKey(id), LEFT_OVER[env.config.garbageCollection]] as const),
    ...(decision.wait?.objects ?? []).map((key) => [key, `waits: ${decision.wait?.reason}`] as const),
  ]);
  memory.prune = decision.wait === undefined ? undefined : waitOf(decision.wait);
  if (decision.wait === undefined && !inDoubt) memory.repository.rewritten = undefined;
  if (decision.wait !== undefined && JSON.stringify(told) !== JSON.stringify(memory.prune))
    tellWait(env, decision.wait);
  const news = decision.leftovers.filter(({ id }) => !before.has(objectKey(id)));
  for (const { id } of news) tellLeftover(env, id);
}

function waitOf({ revision, reason, objects, confirmable }: NonNullable<PruneDecision['wait']>): PruneWait {
  return { revision, reason, objects, confirmable };
}

function tellLeftover(env: Environment, id: ObjectId): void {
  const message = `${displayName(id)} is not in the repository and stays: ${LEFT_OVER[env.config.garbageCollection]}.`;
  const revision = env.memory.sync.revision;
  env.emit({ type: 'drift-reported', severity: 'warning', revision, object: objectKey(id), message });
}

function tellWait(env: Environment, wait: NonNullable<PruneDecision['wait']>): void {
  const how = wait.confirmable ? ` Allow it with: weaveflux sync --confirm-prune ${wait.revision}` : '';
  env.emit({
    type: 'prune-waiting',
    severity: 'warning',
    revision: wait.revision,
    message: `Pruning ${wait.objects.length === 1 ? 'one object' : `${wait.objects.length} objects`} waits: ${wait.reason}.${how}`,
  });
}

async function remove(
  env: Environment,
  revision: string,
  entry: InventoryEntry,
  signal: AbortSignal,
): Promise<Outcome> {
  const name = displayName(entry.id);
  const key = objectKey(entry.id);
  const result = await env.target.remove(entry, signal);
  const message = result.problem?.message ?? '';
  const { sync } = env.memory;
  if (result.action === 'failed' && result.problem !== undefined) sync.problems = [...sync.problems, result.problem];
  env.emit({
    type: result.action === 'deleted' ? 'object-deleted' : result.action === 'failed' ? 'object-failed' : 'warning',
    severity: result.action === 'deleted' ? 'info' : result.action === 'failed' ? 'error' : 'warning',
    revision,
    object: key,
    message: result.action === 'deleted' ? `${name} deleted: it left the repository.` : `${name}: ${message}`,
  });
  return { subject: key, name, result: result.action, message };
}

/** Takes names out of the inventory. */
async function drop(env: Environment, entries: readonly InventoryEntry[], signal: AbortSignal): Promise<void> {
  if (entries.length === 0) return;
  const keys = entries.map(({ id }) => objectKey(id));
  await env.target.inventory.remove(keys, signal);
  env.memory.inventory = await env.target.inventory.load(signal);
  for (const key of keys) forget(env.memory, key);
}
