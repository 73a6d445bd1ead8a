import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foldersAbove, isSameScope, standingOf } from './scope.ts';

const standings: { path: string; marks?: string[]; paths?: string[]; ignore?: string[]; expected: string }[] = [
  { path: 'web.yaml', expected: 'manifests' },
  { path: 'shop/web.json', expected: 'manifests' },
  { path: '.github/workflows/ci.yaml', expected: 'ignored' },
  { path: 'chart/templates/web.yaml', marks: ['chart/Chart.yaml'], expected: 'ignored' },
  { path: 'base/web.yaml', marks: ['base/kustomization.yaml'], expected: 'rendered' },
  { path: 'a/b/web.yaml', marks: ['.flux.yaml'], expected: 'rendered' },
  { path: 'a/web.yaml', marks: ['b/Chart.yaml'], expected: 'manifests' },
  { path: 'docs/web.yaml', ignore: ['docs/'], expected: 'ignored' },
  { path: '.env/web.yaml', paths: ['.env'], expected: 'manifests' },
  { path: 'live/web.yaml', paths: ['./live/'], marks: ['Chart.yaml'], expected: 'manifests' },
  { path: 'live/web.yaml', paths: ['live'], marks: ['.flux.yaml'], expected: 'rendered' },
  { path: 'staging/web.yaml', paths: ['live'], expected: 'manifests' },
];

for (const { path, marks = [], paths, ignore = [], expected } of standings) {
  test(`${path} beside ${marks.join(', ') || 'nothing'}, paths ${paths?.join() ?? 'not known'}: ${expected}`, () => {
    assert.equal(standingOf(path, marks, { paths, ignore }), expected);
  });
}

test('folders above a file, from the root', () => {
  assert.deepEqual(foldersAbove('a/b/c.yaml'), ['', 'a', 'a/b']);
  assert.deepEqual(foldersAbove('c.yaml'), ['']);
});

test('files are compared where one agent reads both; where none is known, in one folder at the root', () => {
  assert.equal(isSameScope('live/a.yaml', 'live/x/b.yaml', undefined), true);
  assert.equal(isSameScope('live/a.yaml', 'staging/b.yaml', undefined), false);
  assert.equal(isSameScope('live/a.yaml', 'staging/b.yaml', []), true);
  assert.equal(isSameScope('live/a.yaml', 'staging/b.yaml', ['live']), false);
  assert.equal(isSameScope('live/a.yaml', 'more/b.yaml', ['live', 'more/']), true);
});
