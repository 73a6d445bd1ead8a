import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Part } from '../../model/agent/event-parts.ts';
import { createRefresher } from './refresher.ts';

/** A refresher whose readings take so many milliseconds of a time that passes only when it is told to. */
function recorded({ mock }: TestContext, takes = 0) {
  mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const readings: string[] = [];
  const refresher = createRefresher(async (parts: ReadonlySet<Part>) => {
    readings.push([...parts].sort().join());
    if (takes > 0) await new Promise((resolve) => setTimeout(resolve, takes));
  }, Date.now);
  async function pass(milliseconds: number): Promise<void> {
    for (let passed = 0; passed < milliseconds; passed += 1) {
      mock.timers.tick(1);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  return { readings, refresher, pass };
}

test('the first change is read at once', (context) => {
  const { readings, refresher } = recorded(context);
  refresher.touch(['status']);
  assert.deepEqual(readings, ['status']);
  refresher.stop();
});

test('a burst costs two readings, the second a quarter of a second later with all that was touched', async (context) => {
  const { readings, refresher, pass } = recorded(context);
  for (let count = 0; count < 100; count += 1) refresher.touch(count % 2 === 0 ? ['status'] : ['images']);
  await pass(249);
  assert.deepEqual(readings, ['status']);
  await pass(1);
  assert.deepEqual(readings, ['status', 'images,status']);
  await pass(1_000);
  assert.equal(readings.length, 2);
  refresher.stop();
});

test('what is touched during a slow reading is read after it, one reading at a time', async (context) => {
  const { readings, refresher, pass } = recorded(context, 300);
  refresher.touch(['status']);
  await pass(1);
  refresher.touch(['status']);
  await pass(298);
  assert.equal(readings.length, 1);
  await pass(1);
  assert.equal(readings.length, 2);
  refresher.stop();
});

test('later is later, the last call counts, and nothing is read after the end', async (context) => {
  const { readings, refresher, pass } = recorded(context);
  refresher.touchLater(['images'], 5);
  refresher.touchLater(['status'], 10);
  await pass(9);
  assert.deepEqual(readings, []);
  await pass(1);
  assert.deepEqual(readings, ['status']);
  refresher.touch(['images']);
  refresher.touchLater(['images'], 0);
  refresher.stop();
  await pass(300);
  assert.deepEqual(readings, ['status']);
});
