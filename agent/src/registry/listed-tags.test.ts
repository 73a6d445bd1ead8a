import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ListedTags, NOTHING } from './listed-tags.ts';

const FACTS = { digest: `sha256:${'1'.repeat(64)}` };

test('tags are listed in their order, with what is known of each', () => {
  const listed = new ListedTags();
  listed.replaceNames(new Set(['1.10.0', '1.1', '1.1.0']));
  listed.learn('1.1', FACTS);
  assert.deepEqual(
    [...listed],
    [
      ['1.10.0', NOTHING],
      ['1.1', FACTS],
      ['1.1.0', NOTHING],
    ],
  );
  assert.deepEqual([listed.size, listed.get('1.1'), listed.get('1.10.0')], [3, FACTS, NOTHING]);
});

test('a part of a name is no tag', () => {
  const listed = new ListedTags();
  listed.replaceNames(new Set(['1.10.0', '2']));
  const isListed = ['1.10', '10.0', '', '2'].map((tag) => listed.has(tag));
  assert.deepEqual(isListed, [false, false, false, true]);
});

test('other tags take with them what was known of those that are gone', () => {
  const listed = new ListedTags();
  listed.replaceNames(new Set(['a', 'b']));
  for (const tag of ['a', 'b']) listed.learn(tag, FACTS);
  const before = listed.asOfNow();
  listed.replaceNames(new Set(['b', 'c']));
  assert.deepEqual(
    [...listed],
    [
      ['b', FACTS],
      ['c', NOTHING],
    ],
  );
  assert.deepEqual(
    before.map((tag) => tag),
    ['a', 'b'],
  );
});

test('a tag that was set is listed last, and once', () => {
  const listed = new ListedTags();
  for (const tag of ['a', 'b', 'a']) listed.set(tag, FACTS);
  assert.deepEqual(listed.names(), ['a', 'b']);
  listed.replaceNames(new Set());
  assert.deepEqual([listed.size, listed.names()], [0, []]);
});
