import assert from 'node:assert/strict';
import { test } from 'node:test';
import { displayName, type ObjectId, PLACE_GROUP } from '../manifests/identity.ts';
import { workloadsMeant } from './meant.ts';

const ids: ObjectId[] = [
  { group: PLACE_GROUP, kind: 'Service', namespace: '', name: 'compose.yaml/cart' },
  { group: PLACE_GROUP, kind: 'File', namespace: '', name: 'a/values.yaml' },
  { group: PLACE_GROUP, kind: 'File', namespace: '', name: 'b/values.yaml' },
  { group: 'helm.fluxcd.io', kind: 'HelmRelease', namespace: 'shop', name: 'cart' },
  { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'cart' },
];

const cases: [text: string, meant: string[]][] = [
  ['cart', ['shop:deployment/cart']],
  ['helmrelease/cart', ['shop:helmrelease/cart']],
  ['compose.yaml/cart', ['service:compose.yaml/cart']],
  ['values.yaml', ['file:a/values.yaml', 'file:b/values.yaml']],
  ['b/values.yaml', ['file:b/values.yaml']],
  ['nothing', []],
];
for (const [text, meant] of cases) {
  test(`"${text}" means ${meant.join(' or ') || 'nothing'}`, () => {
    assert.deepEqual(workloadsMeant(ids, text).map(displayName), meant);
  });
}
