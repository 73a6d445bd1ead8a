import type { Timers } from './timers.ts';

/** Something that is done once things have been quiet for a while. */
export interface Debounced {
  /** It has to be done (again). */
  ask(): void;
  /** What was asked for is not done any more. */
  cancel(): void;
}

/** Runs after so many milliseconds without another wish. */
export function debounced(run: () => void, milliseconds: number, timers: Pick<Timers, 'wait'>): Debounced {
  let end: (() => void) | undefined;
  const cancel = () => {
    end?.();
    end = undefined;
  };
  return {
    ask() {
      cancel();
      end = timers.wait(milliseconds, run);
    },
    cancel,
  };
}
