import { setTimeout as sleep } from 'node:timers/promises';
import { asWeavefluxError } from '@weaveflux/shared';
import { failureOf } from './api-error.ts';

const SHORTEST = 200;
/** Milliseconds: an API server that comes back is to be heard of soon. */
const LONGEST = 5_000;
/** What a person has to change first is asked for less often. */
const LONGEST_FORBIDDEN = 120_000;

/** How long to wait after the n-th failure in a row (from 1), in milliseconds; `random` is in [0, 1). */
export function pauseLength(error: unknown, attempt: number, random: number): number {
  const { code } = asWeavefluxError(error);
  const longest = code === 'FORBIDDEN' ? LONGEST_FORBIDDEN : LONGEST;
  const grown = Math.min(SHORTEST * 2 ** Math.min(attempt - 1, 20), longest);
  return Math.max(failureOf(error)?.retryAfter ?? 0, grown * (0.5 + random / 2));
}

/** Waits so long, or until the signal; never throws. */
export async function pauseAfter(error: unknown, attempt: number, random: number, signal: AbortSignal): Promise<void> {
  await sleep(pauseLength(error, attempt, random), undefined, { signal, ref: false }).catch(() => {});
}
