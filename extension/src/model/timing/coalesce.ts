import type { Timers } from './timers.ts';

/** Lets something be done soon, but not too often: many wishes within the pause are one. */
export interface Coalesced {
  /** Now, where nothing was done within the pause; else once when that is over. */
  ask(): void;
  dispose(): void;
}

/** Does `act` at most once in `pause` milliseconds. */
export function coalesced(act: () => void, pause: number, timers: Timers): Coalesced {
  let last = Number.NEGATIVE_INFINITY;
  let cancel: (() => void) | undefined;

  function run(): void {
    cancel = undefined;
    last = timers.now();
    act();
  }

  return {
    ask() {
      if (cancel !== undefined) return;
      const left = last + pause - timers.now();
      if (left <= 0) run();
      else cancel = timers.wait(left, run);
    },
    dispose() {
      cancel?.();
      cancel = undefined;
    },
  };
}
