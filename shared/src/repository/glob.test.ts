import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { matchesGlob } from './glob.ts';

describe('matchesGlob', () => {
  const cases: [string, string, boolean][] = [
    ['*.json', 'a/b/c.json', true],
    ['*.json', 'a/b/c.yaml', false],
    ['node_modules', 'a/node_modules/x.yaml', true],
    ['apps/*.yaml', 'apps/a.yaml', true],
    ['apps/*.yaml', 'apps/b/a.yaml', false],
    ['apps/*.yaml', 'x/apps/a.yaml', false],
    ['apps/**', 'apps/b/a.yaml', true],
    ['apps/**/a.yaml', 'apps/a.yaml', true],
    ['apps/**/a.yaml', 'apps/b/c/a.yaml', true],
    ['**/test/*', 'a/test/b.yaml', true],
    ['apps/old', 'apps/old/a.yaml', true],
    ['apps/old/', 'apps/old/a.yaml', true],
    ['apps/old', 'apps/older/a.yaml', false],
    ['/top.yaml', 'top.yaml', true],
    ['/top.yaml', 'a/top.yaml', false],
    ['a?c.yaml', 'abc.yaml', true],
    ['a.c', 'abc', false],
    ['./a/b', 'a/b/c', true],
  ];
  for (const [glob, path, expected] of cases)
    it(`${glob} ${expected ? 'takes' : 'leaves'} ${path}`, () => assert.equal(matchesGlob(glob, path), expected));

  it('ends whatever the glob', () => {
    // With backtracking, neither would end before the run is given up.
    assert.equal(matchesGlob(`${'*a'.repeat(200)}b`, 'a'.repeat(5_000)), false);
    assert.equal(matchesGlob(`${'**/'.repeat(200)}b`, 'a/'.repeat(500)), false);
  });
});
