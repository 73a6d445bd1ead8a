import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keepTags } from './kept-tags.ts';

test('tags come back in their order with all that was known of them', () => {
  const tags = [
    { tag: '1.0.0' },
    { tag: '1.1.0', digest: 'sha256:1', platforms: [] },
    { tag: '0.9', created: '2026-01-01T00:00:00.000Z' },
  ];
  assert.deepEqual(keepTags(tags)(), tags);
  assert.deepEqual(keepTags([])(), []);
});
