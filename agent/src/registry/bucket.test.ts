import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBucket } from './bucket.ts';

/** A clock whose sleepers are all awake at once, and which notes how long they wanted to sleep. */
function fakeClock() {
  const slept: number[] = [];
  let time = 1_000_000;
  const clock = {
    now: () => time,
    sleep: async (milliseconds: number) => {
      slept.push(milliseconds);
    },
  };
  function pass(milliseconds: number): void {
    time += milliseconds;
  }
  return { clock, slept, pass };
}

const { signal } = new AbortController();

test('a burst goes at once, then one every 1/rps second, and rest gives the burst back', async () => {
  const { clock, slept, pass } = fakeClock();
  const bucket = createBucket({ host: 'r', rps: 10, burst: 3, patience: 0, clock, onWait: () => undefined });
  for (let n = 0; n < 6; n += 1) await bucket.take(signal);
  assert.deepEqual(slept, [100, 200, 300]);
  pass(10_000);
  for (let n = 0; n < 4; n += 1) await bucket.take(signal);
  assert.deepEqual(slept, [100, 200, 300, 100]);
});

test('a pause is waited out up to the patience and refused beyond it', async () => {
  const { clock, slept, pass } = fakeClock();
  const bucket = createBucket({ host: 'r.io', rps: 10, burst: 1, patience: 5000, clock, onWait: () => undefined });
  bucket.pause(4000);
  await bucket.take(signal);
  assert.deepEqual(slept, [4000]);
  bucket.pause(60_000);
  await assert.rejects(bucket.take(signal), {
    code: 'REGISTRY_RATE_LIMIT',
    message: /r\.io allows no more requests until/,
  });
  pass(60_000);
  await bucket.take(signal);
});
