import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filterIgnored } from './pointers.ts';

const CASES: readonly [pointer: string, path: string, ignored: boolean][] = [
  ['/spec/replicas', '/spec/replicas', true],
  ['/spec/template', '/spec/template/spec/containers/0/image', true],
  ['/spec/rep', '/spec/replicas', false],
  ['/spec/replicas', '/spec', false],
  ['/data/a~1b', '/data/a~1b', true],
  ['', '/spec/replicas', true],
];

for (const [pointer, path, ignored] of CASES) {
  test(`ignore-fields ${pointer || '(all)'} ${ignored ? 'covers' : 'does not cover'} ${path}`, () => {
    assert.equal(filterIgnored([{ path }], [pointer]).length, ignored ? 0 : 1);
  });
}

test('ignore-fields: one of several is enough, none ignores nothing', () => {
  const differences = [{ path: '/a' }, { path: '/b' }, { path: '/c' }];
  assert.deepEqual(filterIgnored(differences, ['/c', '/a']), [{ path: '/b' }]);
  assert.deepEqual(filterIgnored(differences, []), differences);
});
