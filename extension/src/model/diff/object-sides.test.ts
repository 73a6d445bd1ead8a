import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type JsonObject, type ObjectDetail, objectKey } from '@weaveflux/shared';
import { type ObjectComparison, objectSides } from './object-sides.ts';
import { liveOf, manifestIn, statusOf } from './testing.ts';

const CONFIG = manifestIn(`apiVersion: v1
kind: ConfigMap
metadata:
  name: web
  creationTimestamp: null
data:
  b: two
  a: one
status: {}
`);
const SECRET = manifestIn(`apiVersion: v1
kind: Secret
metadata:
  name: login
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: '{"stringData":{"password":"hunter2"}}'
stringData:
  password: hunter2
data:
  user: YW5u
`);
const MASKED = { user: '(masked)', password: '(masked)' };

function comparison(manifest: typeof CONFIG, detail: Partial<ObjectDetail> | undefined): ObjectComparison {
  const key = objectKey({ ...manifest.id, namespace: 'shop' });
  const name = `shop:${manifest.id.kind.toLowerCase()}/${manifest.id.name}`;
  return { manifest, name, ...(detail && { detail: { key, name, managed: true, differences: [], ...detail } }) };
}

test('what is as the working copy says is the same text on both sides', () => {
  const live = liveOf(CONFIG, { immutable: false });
  const { left, right } = objectSides(comparison(CONFIG, { live }));
  assert.equal(left, right);
  assert.equal(right, 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n  b: two\n  a: one\n');
});

test('one changed value is one changed line', () => {
  const live = liveOf(CONFIG, { data: { a: 'one', b: 'changed', c: 'by hand' } });
  const { left, right } = objectSides(comparison(CONFIG, { live }));
  assert.equal(left, right.replace('two', 'changed'));
});

test('a label of the agent, and the namespace it chose, are no difference', () => {
  const live = liveOf(CONFIG);
  const metadata = { name: 'web', namespace: 'shop', labels: { 'weaveflux.dev/environment': 'default' } };
  const { left, right } = objectSides(comparison(CONFIG, { live, desired: { ...CONFIG.value, metadata } }));
  assert.equal(left, right);
});

const KEY = '/ConfigMap/shop/web';
const problem = { severity: 'error', code: 'FOREIGN_OBJECT', message: 'It is of the environment other.' } as const;
const ABSENT: readonly { what: string; given: ObjectComparison; left: string }[] = [
  {
    what: 'the agent does not know it',
    given: comparison(CONFIG, undefined),
    left: '# shop:configmap/web is new in the working copy: the agent creates it when it is pushed.\n',
  },
  {
    what: 'the agent does not read its folder',
    given: { ...comparison(CONFIG, undefined), isOutside: true },
    left: '# shop:configmap/web stands in a folder that the agent does not read.\n',
  },
  {
    what: 'it is not in the cluster',
    given: comparison(CONFIG, { desired: CONFIG.value }),
    left: '# shop:configmap/web is not in the cluster.\n',
  },
  {
    what: 'it is of another environment',
    given: { ...comparison(CONFIG, { managed: false }), status: statusOf(KEY, { problem }) },
    left: "# shop:configmap/web is not this environment's, so what the cluster has is not shown.\n# It is of the environment other.\n",
  },
];

for (const { what, given, left } of ABSENT) {
  test(`the left side says that ${what}`, () => {
    const sides = objectSides(given);
    assert.equal(sides.left, left);
    assert.match(sides.right, /^apiVersion: v1\nkind: ConfigMap\n/);
  });
}

const SECRETS: readonly {
  what: string;
  delivered: JsonObject | undefined;
  differing: readonly string[];
  left: readonly string[];
  right: readonly string[];
}[] = [
  {
    what: 'equal where the cluster has what was delivered, and that is what the working copy says',
    delivered: { ...SECRET.value, stringData: {}, data: { user: 'YW5\n  u', password: 'aHVudGVyMg==' } },
    differing: [],
    left: ['user: "<masked: equal>"', 'password: "<masked: equal>"'],
    right: ['user: "<masked: equal>"', 'password: "<masked: equal>"'],
  },
  {
    what: 'differing where the working copy says something new',
    delivered: { ...SECRET.value, stringData: { password: 'before' } },
    differing: [],
    left: ['user: "<masked: equal>"', 'password: <masked: differs> in the cluster'],
    right: ['user: "<masked: equal>"', 'password: <masked: differs> in the working copy'],
  },
  {
    what: 'differing where somebody changed the cluster',
    delivered: SECRET.value,
    differing: ['/data/password'],
    left: ['user: "<masked: equal>"', 'password: <masked: differs> in the cluster'],
    right: ['user: "<masked: equal>"', 'password: <masked: differs> in the working copy'],
  },
  {
    what: 'not compared where both changed',
    delivered: { ...SECRET.value, stringData: { password: 'before' } },
    differing: ['/data/password'],
    left: ['user: "<masked: equal>"', 'password: <masked: not compared> in the cluster'],
    right: ['user: "<masked: equal>"', 'password: <masked: not compared> in the working copy'],
  },
  {
    what: 'not compared where nobody knows what was delivered',
    delivered: undefined,
    differing: [],
    left: ['user: <masked: not compared> in the cluster', 'password: <masked: not compared> in the cluster'],
    right: ['user: <masked: not compared> in the working copy', 'password: <masked: not compared> in the working copy'],
  },
];

for (const { what, delivered, differing, left, right } of SECRETS) {
  test(`a Secret's values are ${what}`, () => {
    const { stringData: _gone, ...live } = liveOf(SECRET, { data: MASKED });
    const differences = differing.map((path) => ({ path, live: 'differs', desired: 'differs' }));
    const sides = objectSides({ ...comparison(SECRET, { live, differences }), delivered });
    assert.deepEqual(values(sides.left), left.map(unquoted));
    assert.deepEqual(values(sides.right), right.map(unquoted));
    for (const secret of ['hunter2', 'YW5u', 'aHVudGVyMg'])
      assert.ok(!`${sides.left}${sides.right}`.includes(secret), secret);
  });
}

test('a Secret whose data is no mapping shows nothing of it', () => {
  const broken = manifestIn(
    'apiVersion: v1\nkind: Secret\nmetadata: { name: login }\ndata: hunter2\nstringData: [hunter2]\n',
  );
  const { left, right } = objectSides(comparison(broken, undefined));
  assert.ok(!`${left}${right}`.includes('hunter2'));
});

function values(text: string): string[] {
  const lines = text.split('\n').map((line) => unquoted(line.trim()));
  return lines.filter((line) => line.includes('<masked'));
}

function unquoted(line: string): string {
  return line.replaceAll('"', '');
}
