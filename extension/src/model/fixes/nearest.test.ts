import assert from 'node:assert/strict';
import { test } from 'node:test';
import { editDistance, nearest } from './nearest.ts';

const distances: [string, string, number][] = [
  ['', '', 0],
  ['tag', 'tag', 0],
  ['tga', 'tag', 1],
  ['tg', 'tag', 1],
  ['tagg', 'tag', 1],
  ['', 'tag', 3],
  ['semvr', 'semver', 1],
  ['drift', 'prune', 4],
];

for (const [a, b, expected] of distances) {
  test(`"${a}" is ${expected} from "${b}"`, () => {
    assert.equal(editDistance(a, b), expected);
    assert.equal(editDistance(b, a), expected);
  });
}

test('only what is near is offered, the nearest first', () => {
  assert.deepEqual(nearest('Semvr', ['glob', 'semver', 'newest']), ['semver']);
  assert.deepEqual(nearest('lockd_msg', ['locked', 'locked_msg', 'locked_user']), ['locked_msg']);
  assert.deepEqual(nearest('x', ['web', 'db']), []);
});
