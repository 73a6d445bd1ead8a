/** How long to wait between tries, in milliseconds. */
export interface BackoffSchedule {
  /** The wait before the second try. */
  readonly first: number;
  /** No wait is longer, but one that a server asks for. */
  readonly cap: number;
}

/** Deliveries that failed: 5 s, doubling up to 5 minutes. */
export const DELIVERY_BACKOFF: BackoffSchedule = { first: 5_000, cap: 300_000 };

/**
 * Milliseconds before the nth try again (n from 1): doubles up to the cap, less up to a fifth by chance so that
 * many do not come back at once. `random` gives 0 ≤ x < 1; `atLeast` is what the server asked for (Retry-After).
 */
export function retryDelay(attempt: number, schedule: BackoffSchedule, random: () => number, atLeast = 0): number {
  const doubled = schedule.first * 2 ** Math.min(Math.max(attempt, 1) - 1, 30);
  const spread = Math.min(doubled, schedule.cap) * (1 - 0.2 * random());
  return Math.max(Math.round(spread), atLeast);
}
