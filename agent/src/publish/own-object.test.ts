import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '@weaveflux/shared';
import { readOwnObject } from './own-object.ts';

const owner = (manager: string, time: string, fields: JsonObject, subresource?: string) => ({
  manager,
  time,
  fieldsV1: fields,
  ...(subresource === undefined ? {} : { subresource }),
});
const SUSPEND = { 'f:spec': { 'f:suspend': { 'f:reason': {} } } };

function suspensionOf(suspend: JsonObject | null, managedFields: JsonObject[] = []) {
  const metadata = { uid: 'u', resourceVersion: '7', generation: 2, creationTimestamp: '2026-01-01T00:00:00Z' };
  return readOwnObject({ metadata: { ...metadata, managedFields }, spec: { suspend } }).suspension;
}

test('who suspends is who says so, else the last manager of the field', () => {
  const owners = [
    owner('weaveflux', '2026-01-01T00:00:00Z', SUSPEND),
    owner('kubectl-patch', '2026-01-03T00:00:00Z', SUSPEND),
    owner('kubectl-annotate', '2026-01-04T00:00:00Z', { 'f:metadata': {} }),
  ];
  assert.deepEqual(suspensionOf({ reason: 'a fire', until: '2026-02-01T00:00:00Z' }, owners), {
    reason: 'a fire',
    by: 'kubectl-patch',
    since: '2026-01-03T00:00:00Z',
    until: '2026-02-01T00:00:00Z',
  });
  assert.equal(suspensionOf({ reason: 'a fire', requestedBy: 'Ann' }, owners)?.by, 'Ann');
});

test('whatever stands there suspends, and nothing where nothing stands', () => {
  assert.deepEqual(suspensionOf({}), {
    reason: 'set in spec.suspend',
    by: 'unknown',
    since: '2026-01-01T00:00:00Z',
  });
  assert.equal(suspensionOf(null), undefined);
  assert.equal(readOwnObject({ spec: null, status: { objects: 'odd' } }).suspension, undefined);
  assert.equal(readOwnObject({ status: { objects: 'odd' } }).status, undefined, 'a status of others is no status');
});
