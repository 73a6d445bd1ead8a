import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settleReplicas } from './replicas.ts';

const body = { spec: { replicas: 2, paused: true } };
const live = (manager: string, subresource?: string) => ({
  spec: { replicas: 7 },
  metadata: { managedFields: [{ manager, subresource, fieldsV1: { 'f:spec': { 'f:replicas': {} } } }] },
});

test('the live value is sent while nobody else owns it, and none once another does', () => {
  assert.deepEqual(settleReplicas(body, live('weaveflux')), { spec: { replicas: 7, paused: true } });
  assert.deepEqual(settleReplicas(body, live('kube-controller-manager', 'scale')), { spec: { paused: true } });
  assert.deepEqual(settleReplicas(body, { spec: {} }), { spec: { paused: true } });
});
