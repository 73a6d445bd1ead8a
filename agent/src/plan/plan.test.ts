import assert from 'node:assert/strict';
import { test } from 'node:test';
import { objectKey } from '@weaveflux/shared';
import type { DesiredObject } from '../targets/kubernetes/types.ts';
import { planDelivery } from './plan.ts';

function desired(name: string, hash: string, wave: 0 | 1 = 1): DesiredObject {
  const id = { group: '', kind: wave === 0 ? 'Namespace' : 'ConfigMap', namespace: '', name };
  const value = { apiVersion: 'v1', kind: id.kind, metadata: { name } };
  const manifest = { id, apiVersion: 'v1', value, file: `${name}.yaml`, line: 1, document: 0, at: [] };
  return { id, key: objectKey(id), manifest, body: value, hash, wave };
}

const OBJECTS = [desired('b', '1'), desired('a', '1'), desired('shop', '1', 0), desired('left', '1')];
const APPLIED = new Map([
  ['/ConfigMap//a', { hash: '1' }],
  ['/ConfigMap//b', { hash: '0' }],
  ['/ConfigMap//left', { hash: '0' }],
]);

function plan(force: boolean, applied = APPLIED): Record<string, string[]> {
  const { send, unchanged, skipped } = planDelivery({
    desired: OBJECTS,
    applied,
    force,
    stance: ({ id }) => (id.name === 'left' ? { kind: 'leave', reason: 'says ignore' } : { kind: 'report' }),
  });
  return {
    send: send.map(({ id }) => id.name),
    unchanged: unchanged.map(({ id }) => id.name),
    skipped: skipped.map(({ object, reason }) => `${object.id.name} ${reason}`),
  };
}

test('plan: what has changed or was never sent is sent, namespaces first', () => {
  assert.deepEqual(plan(false), { send: ['shop', 'b'], unchanged: ['a'], skipped: ['left says ignore'] });
});

test('plan: force sends all but what is left alone', () => {
  assert.deepEqual(plan(true), { send: ['shop', 'b', 'a'], unchanged: [], skipped: ['left says ignore'] });
});

test('plan: in a new agent everything is sent', () => {
  assert.deepEqual(plan(false, new Map()).send, ['shop', 'b', 'a']);
});
