/** The longest that a host is left alone because it asks for it, in milliseconds. */
export const MAX_PAUSE = 15 * 60_000;
const FIRST_PAUSE = 1000;
const FIRST_BACKOFF = 250;

/** A pause that a host wants. */
export interface Pause {
  readonly milliseconds: number;
  /** What the host asked for where that is more than anybody waits, in milliseconds. */
  readonly asked?: number;
}

/** How long to stay away after `429 Too Many Requests`: what the host says, else longer with each refusal; at most 15 minutes. */
export function pauseAfter(retryAfter: string | undefined, refusals: number, now: number): Pause {
  const asked = readRetryAfter(retryAfter, now);
  const pause = asked ?? FIRST_PAUSE * 2 ** Math.min(refusals, 20);
  const milliseconds = Math.min(MAX_PAUSE, Math.max(0, pause));
  return asked !== undefined && asked > MAX_PAUSE ? { milliseconds, asked } : { milliseconds };
}

/** Milliseconds before attempt `attempt` (1 = the first repetition), spread by `random` in [0, 1). */
export function backoff(attempt: number, random: number): number {
  return FIRST_BACKOFF * 4 ** (attempt - 1) * (0.5 + random);
}

/** A `Retry-After` (RFC 9110, 10.2.3) in milliseconds from now. */
function readRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\s*\d+\s*$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : date - now;
}
