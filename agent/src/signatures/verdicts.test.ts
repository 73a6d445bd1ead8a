import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Verdict } from './types.ts';
import { createVerdictStore } from './verdicts.ts';

const UNSIGNED: Verdict = { state: 'unsigned', reason: 'no signature of it was found' };
const DAY = 24 * 60 * 60_000;

test('what nobody asks for any more does not keep another digest from being asked for again', () => {
  const store = createVerdictStore();
  for (const [index, old] of ['a', 'b', 'c', 'd'].entries()) store.note('key', old, UNSIGNED, index);
  store.note('key', 'new', UNSIGNED, DAY);
  assert.ok(store.of('key', DAY).has('new'), 'it was asked for just now');
  assert.ok(!store.of('key', DAY + 1_000).has('new'), 'it is due');
  assert.ok(store.of('key').has('new'), 'where nobody can be asked it is known');
});

test('what is verified is never asked for again', () => {
  const store = createVerdictStore();
  store.note('key', 'a', { state: 'verified' }, 0);
  assert.ok(store.of('key', 365 * DAY).has('a'));
});
