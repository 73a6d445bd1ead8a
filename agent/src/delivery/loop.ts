import { asWeavefluxError, type Outcome, type Problem, type WeavefluxError } from '@weaveflux/shared';
import type { Head } from '../git/repository.ts';

/** One delivery to make. */
export interface Work {
  readonly revision: string;
  /** Send every object again, also those that have not changed. */
  readonly force: boolean;
  /** The revision whose listed prune a person allows. */
  readonly confirmPrune?: string | undefined;
}

/** What came of a delivery. */
export interface DeliveryReport {
  readonly revision: string;
  readonly outcomes: readonly Outcome[];
  readonly problems: readonly Problem[];
  /** Something failed that may succeed later without a change by a person. */
  readonly retry: boolean;
}

/** What the loop drives. */
export interface LoopSteps {
  look(signal: AbortSignal): Promise<Head>;
  onHead(head: Head): Promise<void>;
  onLookFailed(error: WeavefluxError): void;
  deliver(work: Work, signal: AbortSignal): Promise<DeliveryReport>;
  onDeliverFailed(error: WeavefluxError): void;
}

export interface LoopTimes {
  /** Milliseconds between looks. */
  readonly poll: number;
  /** Milliseconds after which a delivery is made again without news. */
  readonly sync: number;
  /** Milliseconds before the nth try again (n from 1) of what failed. */
  retry(attempt: number): number;
}

/** Looks at the remote and delivers what it finds; a new revision pre-empts a delivery that is under way. */
export interface Loop {
  start(): void;
  /** Looks now; resolves when the look has ended, whatever it found. */
  lookNow(): Promise<void>;
  /**
   * Looks, delivers the head and tells what came of it: where the look brings news, the delivery of that; else the head
   * once more.
   */
  sync(options: { force: boolean; confirmPrune?: string | undefined }): Promise<DeliveryReport>;
  /** Delivers the known head again, soon: after a resume, or to try again. */
  again(): void;
  /** How many deliveries wait for the one under way; what waits folds into one. */
  waiting(): number;
  /** Since when the loop has finished no step, for the readiness probe (milliseconds since the epoch). */
  readonly lastProgress: () => number;
  /** Stops after the current step; at the latest when the deadline (milliseconds) is over. */
  stop(deadline: number): Promise<void>;
}

interface Pending {
  work: Work;
  waiters: PromiseWithResolvers<DeliveryReport>[];
}

/** A loop that is not started yet. */
export function createLoop(steps: LoopSteps, times: LoopTimes, now: () => Date): Loop {
  const stopping = new AbortController();
  const timers = { poll: undefined as Timer, sync: undefined as Timer, retry: undefined as Timer };
  let head: Head | undefined;
  let looking: Promise<void> | undefined;
  let pending: Pending | undefined;
  let current: (Pending & { since: number; abort: AbortController; ended: Promise<void> }) | undefined;
  let stopped = false;
  let attempts = 0;
  let progress = now().getTime();

  function lookNow(): Promise<void> {
    looking ??= look().finally(() => {
      looking = undefined;
      progress = now().getTime();
      timers.poll = schedule(timers.poll, times.poll, () => void lookNow());
    });
    return looking;
  }

  async function look(): Promise<void> {
    try {
      const found = await steps.look(stopping.signal);
      await steps.onHead(found);
      const moved = found.revision !== head?.revision;
      head = found;
      if (!moved) return;
      attempts = 0;
      enqueue({ revision: found.revision, force: false });
    } catch (error) {
      if (!stopping.signal.aborted) steps.onLookFailed(asWeavefluxError(error));
    }
  }

  function enqueue(work: Work, waiter?: PromiseWithResolvers<DeliveryReport>): void {
    if (stopped) {
      waiter?.reject(asWeavefluxError(new Error('the agent stops')));
      return;
    }
    const waiters = [...(pending?.waiters ?? []), ...(waiter === undefined ? [] : [waiter])];
    pending = { work: merge(pending?.work, work), waiters };
    if (current !== undefined && current.work.revision !== work.revision)
      current.abort.abort(new Error('a newer revision'));
    void next();
  }

  async function next(): Promise<void> {
    if (current !== undefined || pending === undefined) return;
    const { work, waiters } = pending;
    pending = undefined;
    const abort = new AbortController();
    const ended = run(work, waiters, AbortSignal.any([abort.signal, stopping.signal]));
    current = { work, waiters, since: now().getTime(), abort, ended };
    await ended;
    current = undefined;
    progress = now().getTime();
    void next();
  }

  async function run(work: Work, waiters: Pending['waiters'], signal: AbortSignal): Promise<void> {
    clearTimeout(timers.retry);
    try {
      const report = await steps.deliver(work, signal);
      for (const waiter of waiters) waiter.resolve(report);
      if (report.retry) retryLater();
      else attempts = 0;
    } catch (error) {
      if (signal.aborted && pending !== undefined) {
        pending.waiters.push(...waiters);
        pending.work = merge(work, pending.work);
        return;
      }
      const reason = asWeavefluxError(error);
      for (const waiter of waiters) waiter.reject(reason);
      if (stopped) return;
      steps.onDeliverFailed(reason);
      retryLater();
    }
    timers.sync = schedule(timers.sync, times.sync, again);
  }

  function retryLater(): void {
    attempts += 1;
    timers.retry = schedule(timers.retry, times.retry(attempts), again);
  }

  function again(): void {
    if (head !== undefined) enqueue({ revision: head.revision, force: false });
  }

  async function sync(options: { force: boolean; confirmPrune?: string | undefined }): Promise<DeliveryReport> {
    // A look that is under way may have asked the remote before the push that the caller means.
    await looking;
    const before = head?.revision;
    await lookNow();
    if (head === undefined) throw asWeavefluxError(new Error('the repository could not be read yet; see the status'));
    const waiter = Promise.withResolvers<DeliveryReport>();
    const begun = [pending, current].find((each) => each?.work.revision === head?.revision);
    if (head.revision !== before && begun !== undefined && options.confirmPrune === undefined) {
      begun.waiters.push(waiter);
      return waiter.promise;
    }
    enqueue({ revision: head.revision, ...options }, waiter);
    return waiter.promise;
  }

  async function stop(deadline: number): Promise<void> {
    stopped = true;
    for (const timer of Object.values(timers)) clearTimeout(timer);
    const ended = current?.ended ?? Promise.resolve();
    const over = Promise.withResolvers<void>();
    const timeout = setTimeout(over.resolve, deadline);
    for (const waiter of pending?.waiters ?? []) waiter.reject(asWeavefluxError(new Error('the agent stops')));
    pending = undefined;
    await Promise.race([ended, over.promise]);
    clearTimeout(timeout);
    stopping.abort(new Error('the agent stops'));
    for (const timer of Object.values(timers)) clearTimeout(timer);
  }

  function schedule(timer: Timer, delay: number, then: () => void): Timer {
    clearTimeout(timer);
    return stopped ? undefined : setTimeout(then, delay);
  }

  return {
    start: () => void lookNow(),
    lookNow,
    sync,
    again,
    waiting: () => (pending === undefined ? 0 : 1),
    lastProgress: () => Math.min(progress, current?.since ?? progress),
    stop,
  };
}

type Timer = NodeJS.Timeout | undefined;

function merge(earlier: Work | undefined, later: Work): Work {
  if (earlier === undefined) return later;
  return {
    revision: later.revision,
    force: earlier.force || later.force,
    confirmPrune: later.confirmPrune ?? earlier.confirmPrune,
  };
}
