import { hasCode } from './objects.ts';
import { pauseAfter } from './watch-pause.ts';
import { isGone, type WatchFrom } from './watch-requests.ts';

/** A stream that ends sooner than this, in milliseconds, counts as a failure: it would be asked for all the time. */
const TOO_SHORT = 1_000;

/** One watch, until the server ends it. */
export type OneWatch = (from: WatchFrom) => Promise<void>;

/**
 * Watches on and on from a version, and goes on where a stream ended or broke. Ends with the signal; throws what needs
 * a new list (410) or a person first.
 */
export async function watchOn(
  resourceVersion: string,
  once: OneWatch,
  random: () => number,
  signal: AbortSignal,
): Promise<void> {
  let version = resourceVersion;
  const onVersion = (passed: string) => {
    if (passed !== '') version = passed;
  };
  let failures = 0;
  while (!signal.aborted) {
    const began = performance.now();
    try {
      const timeoutSeconds = Math.round(240 + random() * 60);
      await once({ resourceVersion: version, timeoutSeconds, onVersion });
      if (performance.now() - began < TOO_SHORT) throw new Error('the watch ended at once');
      failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      if (isGone(error) || isForPeople(error)) throw error;
      failures = performance.now() - began > TOO_SHORT ? 1 : failures + 1;
      await pauseAfter(error, failures, random(), signal);
    }
  }
}

/** Whether only a person ends what a watch fails with. */
export function isForPeople(error: unknown): boolean {
  return hasCode(error, 'FORBIDDEN') || hasCode(error, 'UNKNOWN_KIND');
}
