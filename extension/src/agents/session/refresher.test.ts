import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Part } from '../../model/agent/event-parts.ts';
import { createRefresher } from './refresher.ts';

function recorded(takes = 0) {
  const readings: { readonly parts: string; readonly at: number }[] = [];
  const refresher = createRefresher(
    async (parts: ReadonlySet<Part>) => {
      readings.push({ parts: [...parts].sort().join(), at: performance.now() });
      await sleep(takes);
    },
    () => performance.now(),
  );
  return { readings, refresher };
}

/** Turns of the event loop until it is so, at most five seconds. */
async function until(look: () => boolean): Promise<void> {
  for (const end = performance.now() + 5_000; !look(); await sleep(1)) assert.ok(performance.now() < end);
}

test('the first change is read at once', () => {
  const { readings, refresher } = recorded();
  refresher.touch(['status']);
  assert.deepEqual(
    readings.map(({ parts }) => parts),
    ['status'],
  );
  refresher.stop();
});

test('a burst costs two readings, the second a quarter of a second later with all that was touched', async () => {
  const { readings, refresher } = recorded();
  for (let count = 0; count < 100; count += 1) refresher.touch(count % 2 === 0 ? ['status'] : ['images']);
  await until(() => readings.length === 2);
  assert.deepEqual(
    readings.map(({ parts }) => parts),
    ['status', 'images,status'],
  );
  const [first, second] = readings;
  assert.ok((second?.at ?? 0) - (first?.at ?? 0) >= 245);
  refresher.stop();
});

test('what is touched during a slow reading is read after it, one reading at a time', async () => {
  const { readings, refresher } = recorded(300);
  refresher.touch(['status']);
  await sleep(1);
  refresher.touch(['status']);
  await until(() => readings.length === 2);
  const [first, second] = readings;
  assert.ok((second?.at ?? 0) - (first?.at ?? 0) >= 295);
  refresher.stop();
});

test('later is later, the last call counts, and nothing is read after the end', async () => {
  const { readings, refresher } = recorded();
  refresher.touchLater(['images'], 5);
  refresher.touchLater(['status'], 10);
  await until(() => readings.length === 1);
  assert.equal(readings[0]?.parts, 'status');
  refresher.touch(['images']);
  refresher.touchLater(['images'], 0);
  refresher.stop();
  await sleep(300);
  assert.equal(readings.length, 1);
});
