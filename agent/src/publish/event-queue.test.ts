import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { createEventQueue } from './event-queue.ts';
import { settled } from './testing.ts';

function queueOf(size = 10) {
  mock.timers.enable({ apis: ['setTimeout'] });
  let now = 1_000_000;
  const written: string[] = [];
  let dropped = 0;
  let held: PromiseWithResolvers<void> | undefined;
  const queue = createEventQueue<string>({
    async write({ value, count }) {
      written.push(`${value} × ${count}`);
      await held?.promise;
      if (value === 'bad') throw new Error('bad');
    },
    size,
    burst: 2,
    interval: 1_000,
    clock: () => now,
    onDropped() {
      dropped += 1;
    },
  });
  return {
    queue,
    written,
    dropped: () => dropped,
    hold() {
      held = Promise.withResolvers<void>();
      return held.resolve;
    },
    async pass(milliseconds: number) {
      now += milliseconds;
      mock.timers.tick(milliseconds);
      await settled();
    },
  };
}

test('Events are written in order, a burst at once and then at a rate', async () => {
  const { queue, written, pass } = queueOf();
  for (const name of ['a', 'b', 'c', 'd']) queue.push(name, name);
  await pass(0);
  assert.deepEqual(written, ['a × 1', 'b × 1']);
  await pass(1_000);
  assert.deepEqual(written, ['a × 1', 'b × 1', 'c × 1']);
  await pass(1_000);
  assert.equal(written.length, 4);
  queue.stop();
  mock.timers.reset();
});

test('the same again is counted while it waits, and one that fails holds up none', async () => {
  const { queue, written, pass } = queueOf();
  queue.push('bad', 'bad');
  queue.push('a', 'a');
  for (let each = 0; each < 5; each++) queue.push('b', 'b');
  await pass(0);
  await pass(1_000);
  assert.deepEqual(written, ['bad × 1', 'a × 1', 'b × 5']);
  queue.stop();
  mock.timers.reset();
});

test('a queue that is full loses the oldest, and says how many', async () => {
  const { queue, written, pass, dropped, hold } = queueOf(2);
  const release = hold();
  for (const name of ['under way', 'lost', 'b', 'c']) queue.push(name, name);
  await pass(0);
  assert.equal(dropped(), 1);
  release();
  await pass(5_000);
  await pass(5_000);
  assert.deepEqual(written, ['under way × 1', 'b × 1', 'c × 1']);
  queue.stop();
  mock.timers.reset();
});
