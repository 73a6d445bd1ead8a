import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoff, pauseAfter } from './retry.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const cases: [retryAfter: string | undefined, refusals: number, expected: number][] = [
  ['7', 0, 7000],
  ['0', 3, 0],
  [' 2 ', 0, 2000],
  ['1000000000', 0, 900_000],
  ['9'.repeat(400), 0, 900_000],
  ['Thu, 01 Jan 2026 00:00:30 GMT', 0, 30_000],
  ['Wed, 31 Dec 2025 00:00:00 GMT', 0, 0],
  [undefined, 0, 1000],
  [undefined, 3, 8000],
  [undefined, 5000, 900_000],
  ['soon', 1, 2000],
  ['-5', 0, 0],
];

for (const [retryAfter, refusals, expected] of cases) {
  test(`Retry-After ${retryAfter?.slice(0, 40)} after ${refusals} refusals is ${expected} ms`, () => {
    assert.equal(pauseAfter(retryAfter, refusals, NOW).milliseconds, expected);
  });
}

test('each repetition waits longer', () => {
  assert.ok(backoff(1, 0.99) < backoff(2, 0));
});

test('a pause that nobody waits for is capped, and what was asked for is told', () => {
  assert.deepEqual(pauseAfter('1000000000', 0, NOW), { milliseconds: 900_000, asked: 1e12 });
  assert.deepEqual(pauseAfter('900', 0, NOW), { milliseconds: 900_000 });
});
