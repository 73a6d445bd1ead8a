import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTroubles } from './troubles.ts';

test('trouble is news once, and tried again ever less often, until it is over', () => {
  const now = new Date('2026-01-01T00:00:00Z');
  const troubles = createTroubles(
    () => now,
    () => 0,
  );
  const note = (message: string) => {
    const { news, retryAt } = troubles.note('key', message);
    return [news, (retryAt.getTime() - now.getTime()) / 1000];
  };
  assert.deepEqual(note('denied'), [true, 5]);
  assert.deepEqual(note('denied'), [false, 10]);
  assert.deepEqual(note('another'), [true, 20]);
  for (let i = 0; i < 10; i++) note('another');
  assert.deepEqual(note('another'), [false, 300]);
  assert.equal(troubles.over('key'), true);
  assert.equal(troubles.over('key'), false);
  assert.deepEqual(note('another'), [true, 5]);
});
