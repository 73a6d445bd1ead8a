import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownerOf, parseOwner } from './labels.ts';
import { readSuspensions } from './suspensions.ts';

test('an owner is the namespace and the environment, and can be read back', () => {
  assert.equal(ownerOf('weaveflux', 'eu.production'), 'weaveflux.eu.production');
  assert.deepEqual(parseOwner('weaveflux.eu.production'), { namespace: 'weaveflux', environment: 'eu.production' });
  for (const none of ['weaveflux', '.default', 'weaveflux.']) assert.equal(parseOwner(none), undefined);
});

for (const environment of ['', 'UPPER', 'a b', 'x'.repeat(60), 'ends-']) {
  test(`an environment that makes no label is refused: "${environment}"`, () => {
    assert.throws(() => ownerOf('weaveflux', environment), { code: 'INVALID_FLAG' });
  });
}

test('suspensions are read, and a text of a person suspends too', () => {
  const suspension = { reason: 'an incident', by: 'Ada', since: '2026-01-01T00:00:00Z' };
  assert.deepEqual(readSuspensions(JSON.stringify([suspension])), [suspension]);
  for (const none of [undefined, '', 'false', '[]']) assert.deepEqual(readSuspensions(none), []);
  assert.equal(readSuspensions('maintenance')[0]?.reason, 'maintenance');
  assert.equal(readSuspensions('true').length, 1);
});
