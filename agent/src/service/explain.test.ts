import assert from 'node:assert/strict';
import { test } from 'node:test';
import { displayName, type ImageStatus, type Manifest, objectKey, PLACE_GROUP } from '@weaveflux/shared';
import { createMemory } from '../delivery/memory.ts';
import type { DesiredObject } from '../targets/kubernetes/types.ts';
import { explain } from './explain.ts';

const KEY = '/ConfigMap/shop/settings';
const ID = { group: '', kind: 'ConfigMap', namespace: 'shop', name: 'settings' };

function memory() {
  const manifest: Partial<Manifest> = { file: 'shop/settings.yaml', line: 7 };
  const object: Partial<DesiredObject> = { id: ID, key: KEY, manifest: manifest as Manifest, body: {} };
  const made = createMemory();
  made.wanted = new Map([[KEY, { object, policies: {} }]]) as unknown as typeof made.wanted;
  return made;
}

test('an object is explained by its place, its last outcome, its health and how it differs', () => {
  const known = memory();
  known.outcomes.set(KEY, { action: 'skipped', revision: 'a', reason: 'the live object says ignore' });
  known.drift.set(KEY, {
    mode: 'ignored',
    differences: [{ path: '/data/a', desired: '"b"', live: '"c"', manager: 'kubectl-edit' }],
  });
  const text = explain('settings', known, []).lines.join('\n');
  assert.match(text, /skipped: the live object says ignore/);
  assert.match(text, /shop\/settings\.yaml, line 7/);
  assert.match(text, /\/data\/a is "c", the repository says "b" \(by kubectl-edit\)/);
});

test('what is wrong is said, a leftover is told as one, and a stranger not at all', () => {
  const known = memory();
  known.outcomes.set(KEY, {
    action: 'failed',
    revision: 'a',
    problem: { code: 'FORBIDDEN', severity: 'error', message: 'may not patch' },
  });
  known.leftovers = new Map([['/ConfigMap/shop/old', 'garbage collection is off']]);
  assert.match(explain('configmap/settings', known, []).lines.join('\n'), /may not patch/);
  assert.match(
    explain('old', known, []).lines.join('\n'),
    /It is not in the repository[\s\S]*garbage collection is off/,
  );
  assert.deepEqual(explain('nobody', known, []).lines, []);
});

test('where a workload and a service of Compose have one name, the workload is explained', () => {
  const known = memory();
  const id = { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'cart' };
  const place = { group: PLACE_GROUP, kind: 'Service', namespace: '', name: 'compose.yaml/cart' };
  const manifest: Partial<Manifest> = { file: 'shop/cart.yaml', line: 1 };
  const object = { id, key: objectKey(id), manifest, body: {} };
  known.wanted = new Map([[object.key, { object, policies: {} }]]) as unknown as typeof known.wanted;
  known.places = [{ object: { id: place } }] as unknown as typeof known.places;
  const images = [id, place].map((of) => {
    const image: Partial<ImageStatus> = { object: objectKey(of), name: displayName(of), container: 'cart' };
    return { ...image, image: 'r.io/cart:1', repository: 'r.io/cart', state: 'current', reason: '' } as ImageStatus;
  });
  const starts = (subject: string) => explain(subject, known, images).lines.map((line) => line.split(' ')[0]);
  assert.deepEqual(starts('cart'), ['shop:deployment/cart', 'shop:deployment/cart']);
  assert.deepEqual(starts('compose.yaml/cart'), ['service:compose.yaml/cart']);
  assert.deepEqual(starts('r.io/cart'), ['shop:deployment/cart', 'service:compose.yaml/cart']);
});
