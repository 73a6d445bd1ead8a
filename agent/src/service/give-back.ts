import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Milliseconds of quiet after which it is worth it. */
const QUIET = 3_000;
/** Bytes more than after the last time. */
const WORTH = 16 * 1024 * 1024;

/** Gives memory back that a large delivery needed. */
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
  collect: () => void = createCollect(),
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

/** Node has no call for it, but V8 has one that its flag makes visible to a new context. */
function createCollect(): () => void {
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('globalThis.gc');
  return () => {
    if (typeof gc === 'function') gc({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  };
}
