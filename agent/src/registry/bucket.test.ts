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
  for (let n = 0; n < 6; n += 1) await bucket.take('lists', signal);
  assert.deepEqual(slept, [100, 200, 300]);
  pass(10_000);
  for (let n = 0; n < 4; n += 1) await bucket.take('lists', signal);
  assert.deepEqual(slept, [100, 200, 300, 100]);
});

test('a pause is waited out up to the patience and refused beyond it', async () => {
  const { clock, slept, pass } = fakeClock();
  const bucket = createBucket({ host: 'r.io', rps: 10, burst: 1, patience: 5000, clock, onWait: () => undefined });
  bucket.pause({ milliseconds: 4000 });
  await bucket.take('lists', signal);
  assert.deepEqual(slept, [4000]);
  bucket.pause({ milliseconds: 60_000 });
  await assert.rejects(bucket.take('lists', signal), {
    code: 'REGISTRY_RATE_LIMIT',
    message: /r\.io allows no more requests until/,
  });
  pass(60_000);
  await bucket.take('lists', signal);
});

function bucketAt(clock: ReturnType<typeof fakeClock>['clock']) {
  return createBucket({ host: 'r.io', rps: 1000, burst: 100, patience: 5000, clock, onWait: () => undefined });
}

test('where little is left requests are spread over the rest of the window, each kind by itself', async () => {
  const { clock, slept, pass } = fakeClock();
  const bucket = bucketAt(clock);
  bucket.heed('images', { limit: 100, remaining: 10, resetIn: 40_000 });
  await bucket.take('images', signal);
  assert.deepEqual(slept, [4000]);
  await assert.rejects(bucket.take('images', signal), { code: 'REGISTRY_RATE_LIMIT' });
  await bucket.take('lists', signal);
  assert.deepEqual(slept, [4000]);
  assert.deepEqual(bucket.spacing('images'), { milliseconds: 4000, until: 1_040_000 });
  pass(40_000);
  assert.equal(bucket.spacing('images'), undefined);
  for (let n = 0; n < 5; n += 1) await bucket.take('images', signal);
  assert.deepEqual(slept, [4000]);
});

test('with nothing left no request goes before there is more, and with plenty again all go', async () => {
  const { clock, slept } = fakeClock();
  const bucket = bucketAt(clock);
  bucket.heed('lists', { limit: 100, remaining: 0, resetIn: 6 * 3600_000 });
  await assert.rejects(bucket.take('lists', signal), { message: /r\.io allows no more requests until 00:32 UTC/ });
  bucket.heed('lists', { limit: 100, remaining: 90, resetIn: 6 * 3600_000 });
  await bucket.take('lists', signal);
  assert.deepEqual(slept, []);
});

test('a pause of ages is capped, which the problem says', async () => {
  const { clock } = fakeClock();
  const bucket = bucketAt(clock);
  bucket.pause({ milliseconds: 900_000, asked: 1e12 });
  await assert.rejects(bucket.take('lists', signal), { message: /asked for 1000000000 s.*at most 15 minutes/ });
});
