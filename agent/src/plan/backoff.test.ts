import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DELIVERY_BACKOFF, retryDelay } from './backoff.ts';

const CASES: readonly [attempt: number, random: number, atLeast: number, delay: number][] = [
  [1, 0, 0, 5_000],
  [2, 0, 0, 10_000],
  [3, 0, 0, 20_000],
  [3, 0.5, 0, 18_000],
  [7, 0, 0, 300_000],
  [5_000, 0, 0, 300_000],
  [5_000, 0.999999, 0, 240_000],
  [0, 0, 0, 5_000],
  [1, 0, 60_000, 60_000],
];

for (const [attempt, random, atLeast, delay] of CASES) {
  test(`backoff: try ${attempt} by chance ${random}, at least ${atLeast} → ${delay} ms`, () => {
    assert.equal(
      retryDelay(attempt, DELIVERY_BACKOFF, () => random, atLeast),
      delay,
    );
  });
}
