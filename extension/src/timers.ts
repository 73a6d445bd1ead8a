import type { Timers } from './model/timing/timers.ts';

/** Time as it passes, by a clock that only goes forward. */
export const TIMERS: Timers = {
  now: () => performance.now(),
  wait(milliseconds, then) {
    const timer = setTimeout(then, milliseconds);
    return () => clearTimeout(timer);
  },
};
