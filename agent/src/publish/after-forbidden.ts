const FIRST = 10_000;
const LONGEST = 600_000;

/**
 * Milliseconds until what was forbidden is tried again, after the n-th refusal in a row (from 1). Soon at first: an API server that
 * has just started knows nobody's rights for a moment.
 */
export function afterForbidden(times: number): number {
  return Math.min(FIRST * 2 ** (times - 1), LONGEST);
}
