import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Milliseconds of quiet after which it is worth it. */
const QUIET = 3_000;
/** Bytes more than after the last time. */
const WORTH = 16 * 1024 * 1024;
/** By how much what is in use may grow, in percent, before V8 collects garbage by itself: less than it takes where time is all that counts. */
const GROWTH = 50;

/** Gives memory back that a large delivery or scan needed. */
export interface GiveBack {
  /** Something large may have ended: looks in a moment, unless more follows. */
  soon(): void;
  stop(): void;
}

/**
 * V8 collects garbage as new objects are made, so an agent that has nothing more to do would keep the garbage of its
 * first delivery. One collection, of the kind that also returns what is empty, costs less than a tenth of a second.
 */
export function createGiveBack(
  memory: () => number = process.memoryUsage.rss,
  collect: () => void = createCollector(),
): GiveBack {
  let least = 0;
  let timer: NodeJS.Timeout | undefined;

  function look(): void {
    if (memory() < least + WORTH) return;
    collect();
    least = memory();
  }

  return {
    soon() {
      clearTimeout(timer);
      timer = setTimeout(look, QUIET).unref();
    },
    stop: () => clearTimeout(timer),
  };
}

/**
 * Collects garbage and returns what is empty; from the first time on, the heap grows slowly. Node has no call for it, but V8
 * has one that its flag makes visible to a new context.
 */
export function createCollector(): () => void {
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('globalThis.gc');
  return () => {
    // The start is over, in which speed counted.
    setFlagsFromString(`--heap-growing-percent=${GROWTH}`);
    if (typeof gc === 'function') gc({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  };
}
