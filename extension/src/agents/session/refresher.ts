import type { Part } from '../../model/agent/event-parts.ts';

/** Reads parts of an agent again, at once but never more than four times a second. */
export interface Refresher {
  /** These parts may be others now. */
  touch(parts: readonly Part[]): void;
  /** Touches in so many milliseconds; the last call counts. */
  touchLater(parts: readonly Part[], milliseconds: number): void;
  stop(): void;
}

/** Milliseconds from the beginning of one reading to the next. */
const GAP = 250;

/**
 * The first touch reads at once; what comes during a reading, or soon after, is read together. `read` must not throw. `now`:
 * milliseconds of a clock that only goes forward.
 */
export function createRefresher(read: (parts: ReadonlySet<Part>) => Promise<void>, now: () => number): Refresher {
  let waiting = new Set<Part>();
  let began = Number.NEGATIVE_INFINITY;
  let isReading = false;
  let isStopped = false;
  let soon: NodeJS.Timeout | undefined;
  let later: NodeJS.Timeout | undefined;

  function plan(): void {
    if (isStopped || isReading || soon !== undefined || waiting.size === 0) return;
    const rest = began + GAP - now();
    if (rest <= 0) void begin();
    else {
      soon = setTimeout(() => {
        soon = undefined;
        plan();
      }, rest);
    }
  }

  async function begin(): Promise<void> {
    const parts = waiting;
    waiting = new Set();
    began = now();
    isReading = true;
    await read(parts);
    isReading = false;
    plan();
  }

  function touch(parts: readonly Part[]): void {
    for (const part of parts) waiting.add(part);
    plan();
  }

  return {
    touch,
    touchLater(parts, milliseconds) {
      clearTimeout(later);
      if (!isStopped) later = setTimeout(() => touch(parts), milliseconds);
    },
    stop() {
      isStopped = true;
      clearTimeout(soon);
      clearTimeout(later);
    },
  };
}
