import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Place } from './places.ts';
import { createSharedSearches } from './shared-search.ts';

const NOTHING = { agents: [], obstacles: [] };

function counted() {
  let time = 0;
  let count = 0;
  const closing = new AbortController();
  const searches = createSharedSearches(() => time, closing.signal);
  const place: Place = {
    kind: 'cluster',
    async search(signal) {
      count += 1;
      if (signal.aborted) throw signal.reason;
      return NOTHING;
    },
  };
  return {
    search: (key = 'dev', signal = new AbortController().signal) => searches.place(key, () => place).search(signal),
    forget: searches.forget,
    pass: (milliseconds: number) => {
      time += milliseconds;
    },
    count: () => count,
  };
}

test('many folders ask a place once', async () => {
  const { search, count } = counted();
  await Promise.all(Array.from({ length: 20 }, () => search()));
  assert.equal(count(), 1);
  await search('live');
  assert.equal(count(), 2);
});

test('a finding is believed for a moment, and not once it is to be forgotten', async () => {
  const { search, pass, forget, count } = counted();
  await search();
  pass(2_999);
  await search();
  assert.equal(count(), 1);
  pass(1);
  await search();
  assert.equal(count(), 2);
  forget();
  await search();
  assert.equal(count(), 3);
});

test('who leaves does not end what others wait for', async () => {
  const { search, count } = counted();
  const leaving = new AbortController();
  const left = search('dev', leaving.signal);
  const waiting = search();
  leaving.abort(new Error('left'));
  await assert.rejects(left, /left/);
  assert.deepEqual(await waiting, NOTHING);
  assert.equal(count(), 1);
});
