import assert from 'node:assert/strict';
import { test } from 'node:test';
import { selectFiles } from '@weaveflux/shared';
import { planRequest, selectOfRevision } from './plan-request.ts';

const PATHS = ['web.yaml', 'bad.yaml', 'overlay/kustomization.yaml', 'overlay/web.yaml', '.github/ci.yaml', 'notes.md'];

test('the agent is given what it would take were it committed, and what it must not prune', () => {
  const selection = selectFiles(
    PATHS.map((path) => ({ path })),
    ['notes.md'],
  );
  const texts = new Map([
    ['web.yaml', 'a: 1'],
    ['overlay/web.yaml', 'b: 2'],
  ]);
  const { request, problems } = planRequest({ selection, texts });
  assert.deepEqual(request, { documents: { 'web.yaml': 'a: 1' }, withheld: { 'overlay/web.yaml': 'b: 2' } });
  assert.deepEqual(
    problems.map(({ code, file }) => [code, file]),
    [
      ['NOT_SUPPORTED', 'overlay/kustomization.yaml'],
      ['UNREADABLE_FILE', 'bad.yaml'],
    ],
  );
});

test('where nothing must be rendered first, nothing is withheld', () => {
  const selection = selectFiles([{ path: 'web.yaml' }], []);
  assert.deepEqual(planRequest({ selection, texts: new Map([['web.yaml', '']]) }), {
    request: { documents: { 'web.yaml': '' } },
    problems: [],
  });
});

const TREE = [
  'a/web.yaml',
  'a/.hidden/x.yaml',
  'ab/web.yaml',
  'b/web.yaml',
  'b/.flux.yaml',
  'c/d/web.yaml',
  'c/.flux.yaml',
];
const REVISIONS: readonly (readonly [
  paths: readonly string[],
  files: readonly string[],
  withheld: readonly string[],
])[] = [
  [[], ['a/web.yaml', 'ab/web.yaml'], ['b/web.yaml', 'c/d/web.yaml']],
  [['./a/'], ['a/web.yaml'], []],
  [['a', 'c/d'], ['a/web.yaml'], ['c/d/web.yaml']],
  [['b/web.yaml'], [], ['b/web.yaml']],
];

for (const [paths, files, withheld] of REVISIONS) {
  test(`of a revision, the agent that reads ${paths.join(' and ') || 'everything'} takes ${files.join(', ') || 'nothing'}`, () => {
    const selection = selectOfRevision(TREE, paths, []);
    assert.deepEqual(
      selection.files.map(({ path }) => path),
      files,
    );
    assert.deepEqual(
      selection.withheldFiles.map(({ path }) => path),
      withheld,
    );
  });
}
