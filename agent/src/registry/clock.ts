import { setTimeout as delay } from 'node:timers/promises';

/** Time, as far as the registry side needs it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after this many milliseconds; rejects with the signal's reason when it aborts. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** The machine's time and timers, or others. */
export function systemClock(now: () => number = Date.now, sleep: Clock['sleep'] = timer): Clock {
  return { now, sleep };
}

async function timer(milliseconds: number, signal: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal });
}
