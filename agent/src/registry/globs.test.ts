import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchesGlob } from './globs.ts';

const cases: [glob: string, name: string, fits: boolean][] = [
  ['k8s.gcr.io/*', 'k8s.gcr.io/pause', true],
  ['k8s.gcr.io/*', 'k8s.gcr.io/a/b', true],
  ['k8s.gcr.io/*', 'xk8s.gcr.io/a', false],
  ['k8s.gcr.io/*', 'k8sXgcr.io/a', false],
  ['*', '', true],
  ['*/app', 'r.io/app', true],
  ['r.io/*/app', 'r.io/app', false],
  ['r.io/*a*b', 'r.io/xaxb', true],
  ['r.io/*ab*b', 'r.io/ab', false],
  ['exact', 'exact', true],
  ['exact', 'exactly', false],
  ['', '', true],
];

for (const [glob, name, fits] of cases) {
  test(`${glob} ${fits ? 'fits' : 'does not fit'} ${name}`, () => assert.equal(matchesGlob(glob, name), fits));
}
