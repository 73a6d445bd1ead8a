import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Lease, leaseSpec, mayTake, readLease, sight } from './lease.ts';

const LEASE: Lease = {
  holder: 'a',
  duration: 10_000,
  renewedAt: '2026-11-25T08:00:00.000000Z',
  acquiredAt: '2026-11-25T07:00:00.000000Z',
  transitions: 3,
  resourceVersion: '7',
};
const NOW = new Date('2026-11-25T09:00:00.123Z');

test('a Lease of the API is read as it is, an empty one belongs to nobody', () => {
  const spec = {
    holderIdentity: 'a',
    leaseDurationSeconds: 10,
    renewTime: LEASE.renewedAt,
    acquireTime: LEASE.acquiredAt,
    leaseTransitions: 3,
  };
  assert.deepEqual(readLease({ metadata: { resourceVersion: '7' }, spec }), LEASE);
  assert.equal(readLease({ metadata: {} }).holder, '');
});

const written: [string, Lease | undefined, string, Record<string, unknown>][] = [
  [
    'the first',
    undefined,
    'b',
    { holderIdentity: 'b', leaseTransitions: 0, acquireTime: '2026-11-25T09:00:00.123000Z' },
  ],
  ['renewed', LEASE, 'a', { holderIdentity: 'a', leaseTransitions: 3, acquireTime: LEASE.acquiredAt }],
  ['taken from another', LEASE, 'b', { leaseTransitions: 4, acquireTime: '2026-11-25T09:00:00.123000Z' }],
  ['given back', LEASE, '', { holderIdentity: '', leaseTransitions: 3 }],
];
for (const [name, before, holder, expected] of written) {
  test(`what is written of a Lease: ${name}`, () => {
    const spec = leaseSpec(before, holder, 10_000, NOW);
    const { leaseDurationSeconds, renewTime } = spec;
    assert.deepEqual([leaseDurationSeconds, renewTime], [10, '2026-11-25T09:00:00.123000Z']);
    for (const [key, value] of Object.entries(expected)) assert.deepEqual(spec[key], value, key);
  });
}

test('an unchanged Lease is as old as it was first seen, a renewed one is new', () => {
  const first = sight(undefined, LEASE, 100);
  assert.equal(sight(first, { ...LEASE, resourceVersion: '8' }, 5_000).at, 100);
  assert.equal(sight(first, { ...LEASE, renewedAt: 'later' }, 5_000).at, 5_000);
  assert.equal(sight(first, { ...LEASE, holder: 'b' }, 5_000).at, 5_000);
});

const takes: [string, Partial<Lease>, number, boolean][] = [
  ["another's, just seen", {}, 0, false],
  ["another's, not renewed for less than its duration", {}, 9_999, false],
  ["another's, not renewed for its duration", {}, 10_000, true],
  ["nobody's", { holder: '' }, 0, true],
  ['its own from before a restart', { holder: 'b' }, 0, true],
];
for (const [name, change, age, expected] of takes) {
  test(`whether a Lease may be taken: ${name}`, () => {
    assert.equal(mayTake({ lease: { ...LEASE, ...change }, at: 500 }, 'b', 500 + age), expected);
  });
}
