import assert from 'node:assert/strict';
import { test } from 'node:test';
import { versionsLike } from './versions-like.ts';

const TAGS = ['1.4.2', '1.10.0', '1.10', 'v1.5.0', '1.6.0-alpine', '1.7.0-rc.1', '20260101', 'latest', 'main'];

const CASES: readonly (readonly [tag: string, alike: readonly string[] | undefined])[] = [
  ['1.4.2', ['1.4.2', '1.10.0']],
  ['1.9', ['1.10']],
  ['v1.4.2', ['v1.5.0']],
  ['1.4.2-alpine', ['1.6.0-alpine']],
  ['1.4.2-rc.1', undefined],
  ['20251231', undefined],
  ['main', undefined],
  ['latest', undefined],
  ['', undefined],
];

for (const [tag, alike] of CASES) {
  test(`${tag === '' ? 'no tag' : tag} is compared with ${alike?.join(', ') ?? 'nothing by its name'}`, () => {
    const policy = versionsLike(tag);
    assert.deepEqual(policy && TAGS.filter((other) => policy.admits(other)), alike);
  });
}

test('versions alike are compared by their numbers', () => {
  const compare = versionsLike('1.4.2')?.compare({ tag: '1.10.0' }, { tag: '1.9.9' });
  assert.ok(compare !== undefined && compare > 0);
});
