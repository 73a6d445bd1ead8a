import { setTimeout as delay } from 'node:timers/promises';

/** Time, as far as the registry side needs it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after this many milliseconds; rejects with the signal's reason when it aborts. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** The machine's time, or another `now` with the machine's timers. */
export function systemClock(now: () => number = Date.now): Clock {
  return {
    now,
    async sleep(milliseconds, signal) {
      await delay(milliseconds, undefined, { signal });
    },
  };
}
