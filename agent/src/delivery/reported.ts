import type { Difference } from '@weaveflux/shared';
import { inParallel } from '../concurrency/parallel.ts';
import { FIELD_MANAGER } from '../targets/kubernetes/labels.ts';
import type { DesiredObject, InventoryEntry } from '../targets/kubernetes/types.ts';
import type { DeliverySteps } from './deliver.ts';
import type { Environment } from './environment.ts';
import { stanceToward } from './stance.ts';

/** Dry runs in flight at once. */
const AT_ONCE = 8;

/**
 * Takes as delivered what says `drift: report` and was changed by others while no agent ran, or while one that has only
 * started left it alone: it is to be reported, not written. What the repository changed meanwhile is told from that by its
 * owner: such a field is still ours.
 */
export async function keepReported(
  env: Environment,
  steps: Pick<DeliverySteps, 'overtaken'>,
  before: ReadonlyMap<string, InventoryEntry>,
  signal: AbortSignal,
): Promise<void> {
  const isReported = (object: DesiredObject): boolean => stanceToward(env, object).kind === 'report';
  await keepMet(env, steps, before, isReported, (_, differences) => areOthers(differences), signal);
}

/**
 * Takes as delivered also what is in the cluster just as the repository says: where a revision waits, that much of it is
 * looked after by an agent that has only started.
 */
export async function keepDelivered(
  env: Environment,
  steps: Pick<DeliverySteps, 'overtaken'>,
  before: ReadonlyMap<string, InventoryEntry>,
  signal: AbortSignal,
): Promise<void> {
  const { outcomes, sync } = env.memory;
  // What a wait has skipped was compared when that began; what a suspension has skipped never was.
  const isNew = ({ key }: DesiredObject): boolean => sync.waits === undefined || !outcomes.has(key);
  const isKept = (object: DesiredObject, differences: readonly Difference[]): boolean =>
    differences.length === 0 || (stanceToward(env, object).kind === 'report' && areOthers(differences));
  await keepMet(env, steps, before, isNew, isKept, signal);
}

/** Compares objects that this agent has neither sent nor compared yet, and takes as delivered those that are to be kept. */
async function keepMet(
  { memory, target }: Environment,
  { overtaken }: Pick<DeliverySteps, 'overtaken'>,
  before: ReadonlyMap<string, InventoryEntry>,
  isCompared: (object: DesiredObject) => boolean,
  isKept: (object: DesiredObject, differences: readonly Difference[]) => boolean,
  signal: AbortSignal,
): Promise<void> {
  const { applied, outcomes } = memory;
  const isMet = ({ key }: DesiredObject): boolean =>
    before.has(key) && !applied.has(key) && (outcomes.get(key)?.action ?? 'skipped') === 'skipped';
  const met = [...memory.wanted.values()].filter(({ object }) => isMet(object) && isCompared(object));
  await inParallel(met, AT_ONCE, async ({ object }) => {
    try {
      const live = await target.get(object.id, object.manifest.apiVersion, signal);
      if (live === undefined) return;
      const differences = await target.differences(object, live, signal);
      if (!isKept(object, differences)) return;
      memory.applied.set(object.key, { hash: object.hash });
      // What is watched already was passed over as long as it was not delivered, and need not be told of again.
      if (differences.length > 0 && memory.live.has(object.key)) overtaken(object.key);
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
