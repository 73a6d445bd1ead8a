import type { Difference } from '@weaveflux/shared';
import { inParallel } from '../concurrency/parallel.ts';
import { FIELD_MANAGER } from '../targets/kubernetes/labels.ts';
import type { DesiredObject, InventoryEntry } from '../targets/kubernetes/types.ts';
import type { Environment } from './environment.ts';
import { stanceToward } from './stance.ts';

/** Dry runs in flight at once. */
const AT_ONCE = 8;

/**
 * Takes as delivered what says `drift: report` and was changed by others while no agent ran: it is to be reported, not
 * written. What the repository changed meanwhile is told from that by its owner: such a field is still ours.
 */
export async function keepReported(
  env: Environment,
  before: ReadonlyMap<string, InventoryEntry>,
  signal: AbortSignal,
): Promise<void> {
  const isReported = (object: DesiredObject): boolean => stanceToward(env, object).kind === 'report';
  await keepMet(env, before, isReported, (_, differences) => areOthers(differences), signal);
}

/**
 * Takes as delivered also what is in the cluster just as the repository says: where a revision waits, that much of it is
 * looked after by an agent that has only started.
 */
export async function keepDelivered(
  env: Environment,
  before: ReadonlyMap<string, InventoryEntry>,
  signal: AbortSignal,
): Promise<void> {
  const isKept = (object: DesiredObject, differences: readonly Difference[]): boolean =>
    differences.length === 0 || (stanceToward(env, object).kind === 'report' && areOthers(differences));
  await keepMet(env, before, () => true, isKept, signal);
}

/** Compares objects that are met for the first time, and takes as delivered those that are to be kept. */
async function keepMet(
  { memory, target }: Environment,
  before: ReadonlyMap<string, InventoryEntry>,
  isCompared: (object: DesiredObject) => boolean,
  isKept: (object: DesiredObject, differences: readonly Difference[]) => boolean,
  signal: AbortSignal,
): Promise<void> {
  const met = [...memory.wanted.values()].filter(
    ({ object }) => before.has(object.key) && !memory.outcomes.has(object.key) && isCompared(object),
  );
  await inParallel(met, AT_ONCE, async ({ object }) => {
    try {
      const live = await target.get(object.id, object.manifest.apiVersion, signal);
      if (live === undefined) return;
      if (isKept(object, await target.differences(object, live, signal)))
        memory.applied.set(object.key, { hash: object.hash });
    } catch {
      // What cannot be compared is sent, and tells by itself what is wrong.
      signal.throwIfAborted();
    }
  });
}

/** Whether all of the differences are of others' making. */
export function areOthers(differences: readonly Difference[]): boolean {
  return (
    differences.length > 0 && differences.every(({ manager }) => manager !== undefined && manager !== FIELD_MANAGER)
  );
}
