import { isDeepStrictEqual } from 'node:util';
import { type EnvironmentSuspend, isRetryable, type Suspension, WeavefluxError } from '@weaveflux/shared';
import { Queue } from '../concurrency/queue.ts';
import { hasCode } from '../targets/kubernetes/objects.ts';
import type { Inventory } from '../targets/kubernetes/types.ts';
import type { Known, OwnEnvironment } from './own-environment.ts';

/** Where suspensions are kept: in the spec of the Environment, and beside the inventory. */
export interface SuspensionStore {
  /**
   * All that are written, over ones too. Where the Environment cannot be read, what was last read of it holds. Errors:
   * those of the API, where nothing was ever read.
   */
  read(signal: AbortSignal): Promise<readonly Suspension[]>;
  /** Writes these in the place of all others; gives them as they will be read. */
  write(suspensions: readonly Suspension[], signal: AbortSignal): Promise<readonly Suspension[]>;
}

const LONGEST_NAME = 400;
const UNSEEN = 'Until it can be read, a suspension that stands in it is not seen, and what it holds back is delivered.';

/**
 * The suspension of the whole environment is `spec.suspend` of the Environment, where its kind is served and the agent
 * may; everything else is the annotation on the inventory. One that stands in both counts once.
 */
export function createSuspensionStore(
  inventory: Pick<Inventory, 'load' | 'suspensions' | 'suspend'>,
  own: OwnEnvironment,
  warn: (message: string) => void,
): SuspensionStore {
  // A read beside a write could tell half of it.
  const queue = new Queue();
  let last: Suspension | undefined;
  let warned: string | undefined;

  async function readOwn(signal: AbortSignal): Promise<Suspension | undefined> {
    const isFirst = own.known.state === 'unread';
    try {
      const known = await own.read(signal);
      // What is no longer served cannot be read: that resumes nothing.
      if (known.state !== 'unserved') last = known.state === 'there' ? known.object.suspension : undefined;
    } catch (error) {
      signal.throwIfAborted();
      if (isFirst && passes(error)) throw error;
      warnOnce(error);
    }
    return last;
  }

  function warnOnce(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    if (message === warned || passes(error)) return;
    warned = message;
    warn(last === undefined ? `${message} ${UNSEEN}` : message);
  }

  async function annotate(suspensions: readonly Suspension[], signal: AbortSignal): Promise<void> {
    if (isDeepStrictEqual(await inventory.suspensions(signal), suspensions)) return;
    // Somebody may have written the annotation by hand since the inventory was read.
    await inventory.load(signal);
    await inventory.suspend(suspensions, signal);
  }

  /** What may not be read at all is as if it were not served, unless something is known to stand there. */
  async function readable(signal: AbortSignal): Promise<Known> {
    try {
      return await own.read(signal);
    } catch (error) {
      if (last !== undefined || !hasCode(error, 'FORBIDDEN')) throw error;
      warnOnce(error);
      return { state: 'unserved' };
    }
  }

  /** Writes the environment's own suspension, or none; `undefined` where it must be written elsewhere. */
  async function place(whole: Suspension | undefined, signal: AbortSignal): Promise<Suspension | undefined> {
    let known = await readable(signal);
    if (known.state === 'missing' && whole !== undefined) known = await own.create(signal);
    if (known.state === 'there' && !isDeepStrictEqual(known.object.suspension, whole))
      known = await own.writeSuspend(whole === undefined ? undefined : suspendOf(whole), signal);
    last = known.state === 'there' ? known.object.suspension : undefined;
    return last;
  }

  async function write(suspensions: readonly Suspension[], signal: AbortSignal): Promise<readonly Suspension[]> {
    const whole = suspensions.find(({ object }) => object === undefined);
    const placed = await place(whole, signal).catch((error: unknown) => {
      if (whole === undefined || !hasCode(error, 'FORBIDDEN')) throw error;
      warnOnce(error);
      return undefined;
    });
    const others = suspensions.filter((each) => each !== whole || placed === undefined);
    await annotate(others, signal);
    return mergeSuspensions(others, placed);
  }

  return {
    read: (signal) =>
      queue.run(async () => {
        const [annotated, environment] = await Promise.all([inventory.suspensions(signal), readOwn(signal)]);
        return mergeSuspensions(annotated, environment);
      }),
    write: (suspensions, signal) => queue.run(() => write(suspensions, signal)),
  };
}

/** The suspensions of both places, at most one of them of the whole environment: the one that ends later. */
export function mergeSuspensions(
  annotated: readonly Suspension[],
  environment: Suspension | undefined,
): readonly Suspension[] {
  if (environment === undefined) return annotated;
  const rest = annotated.filter(({ object }) => object !== undefined);
  const whole = annotated
    .filter(({ object }) => object === undefined)
    .reduce((latest, each) => (endOf(each) > endOf(latest) ? each : latest), environment);
  return [whole, ...rest];
}

function endOf({ until }: Suspension): number {
  const end = Date.parse(until ?? '');
  return Number.isNaN(end) ? Number.POSITIVE_INFINITY : end;
}

function suspendOf({ reason, until, by }: Suspension): EnvironmentSuspend {
  return { reason, ...(until === undefined ? {} : { until }), requestedBy: by.slice(0, LONGEST_NAME) };
}

/** Whether it may be read soon without anybody's doing. */
function passes(error: unknown): boolean {
  return error instanceof WeavefluxError && error.code !== 'FORBIDDEN' && isRetryable(error.code);
}
