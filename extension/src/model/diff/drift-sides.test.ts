import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Difference } from '@weaveflux/shared';
import { drifted, driftSides } from './drift-sides.ts';
import { statusOf } from './testing.ts';

const KEY = 'apps/Deployment/shop/web';
const NAME = 'shop:deployment/web';

function sides(...differences: Difference[]) {
  return driftSides(NAME, statusOf(KEY, { drift: { mode: 'reported', differences } }));
}

test('what differs is shown as the manifest it is part of, with who changed it and when', () => {
  const time = '2026-03-01T12:00:00Z';
  const { left, right } = sides(
    { path: '/spec/replicas', live: '5', desired: '2', manager: 'kubectl-edit', time },
    { path: '/metadata/annotations/example.com~1note', live: '"by hand"', manager: 'kubectl' },
    { path: '/spec/template/spec/containers/0/image', live: '"web:2"', desired: '"web:1"' },
  );
  assert.equal(
    left,
    `kind: Deployment
metadata:
  namespace: shop
  name: web
  annotations:
    example.com/note: by hand # by kubectl
spec:
  replicas: 5 # by kubectl-edit at 2026-03-01T12:00:00Z
  template:
    spec:
      containers:
        - image: web:2
`,
  );
  assert.equal(
    right,
    `kind: Deployment
metadata:
  namespace: shop
  name: web
spec:
  replicas: 2
  template:
    spec:
      containers:
        - image: web:1
`,
  );
});

test('items of lists are said by their index where those before them are not shown', () => {
  const { left } = sides(
    { path: '/spec/template/spec/containers/2/args/1', live: '"-v"', desired: '"-q"', manager: 'kubectl' },
    { path: '/spec/template/spec/containers/0/image', live: '"a"', desired: '"b"' },
  );
  assert.match(left, /containers:\n {8}- image: a\n {8}# item 2\n {8}- args:\n {12}- "-v" # item 1, by kubectl\n/);
});

test('a value that is a mapping has the words above what it holds', () => {
  const { left, right } = sides({ path: '/spec/selector', live: '{"a":"b"}', manager: 'kubectl' });
  assert.match(left, /selector:\n {4}# by kubectl\n {4}a: b\n/);
  assert.ok(!right.includes('selector'));
});

test('a number is a name where people choose the names', () => {
  const { left } = sides({ path: '/data/80', live: '"x"', desired: '"y"' });
  assert.match(left, /data:\n {2}"80": x\n/);
});

test('what the agent cut, and what it masked, is shown as it was told', () => {
  const { left, right } = sides(
    { path: '/data/long', live: '"abc…', desired: '"abd…' },
    { path: '/data/password', live: 'differs', desired: 'differs' },
  );
  assert.match(left, /long: "abc…"\n {2}password: "<masked: differs> in the cluster"\n/);
  assert.match(right, /password: "<masked: differs> in the repository"\n/);
});

test('what was deleted from the cluster is on the side of the repository only', () => {
  const { left, right } = sides({ path: '', live: '(deleted)' });
  assert.equal(left, '# shop:deployment/web was deleted from the cluster.\n');
  assert.equal(right, 'kind: Deployment\nmetadata:\n  namespace: shop\n  name: web\n');
});

test('what left the repository is on the side of the cluster only', () => {
  const live = 'not in the repository: garbage collection is off';
  const { file: _none, ...status } = statusOf(KEY, { drift: { mode: 'reported', differences: [{ path: '', live }] } });
  const { left, right } = driftSides(NAME, status);
  assert.match(left, /^kind: Deployment\n/);
  assert.equal(right, `# shop:deployment/web is ${live}.\n`);
});

test('what differs no longer is said on both sides', () => {
  const { left, right } = driftSides(NAME, statusOf(KEY));
  assert.equal(left, '# shop:deployment/web is as the repository says.\n');
  assert.equal(right, left);
});

test('all that drifted is found, in the order of names', () => {
  const drift = { mode: 'reported', differences: [] } as const;
  const objects = [statusOf('/A/n/b', { drift: { ...drift, differences: [] } }), statusOf('/A/n/c')];
  objects.push(statusOf('/A/n/a', { drift: { ...drift, differences: [] } }));
  assert.deepEqual(
    drifted(objects).map(({ key }) => key),
    ['/A/n/a', '/A/n/b'],
  );
});
