import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPolicies, type Suspension } from '@weaveflux/shared';
import { type LivePolicies, type Stance, type StanceInput, stanceOf } from './stance.ts';
import { nextExpiry, suspensionOf } from './suspensions.ts';

const NOW = new Date('2026-11-23T12:00:00Z');
const PAST = '2026-11-23T11:59:59Z';
const LATER = '2026-11-23T16:00:00Z';
const LIVE: LivePolicies = { ignore: false, pruneDisabled: false };
const KEY = 'apps/Deployment/shop/web';

function suspension(given: Partial<Suspension>): Suspension {
  return { reason: 'incident', by: 'ada', since: '2026-11-23T10:00:00Z', ...given };
}

const CASES: readonly (Partial<StanceInput> & { name: string; is: Stance['kind']; says?: RegExp; until?: string })[] = [
  { name: 'nothing said', is: 'correct' },
  { name: 'stated by no manifest', declared: undefined, is: 'correct' },
  {
    name: 'stated by no manifest and suspended',
    declared: undefined,
    suspensions: [suspension({ object: KEY })],
    is: 'leave',
    says: /incident/,
  },
  { name: 'ignore in the file', declared: { ignore: 'true', driftReport: false }, is: 'leave', says: /manifest/ },
  { name: 'sync_only in the file', declared: { ignore: 'sync_only', driftReport: false }, is: 'correct' },
  { name: 'ignore on the live object', live: { ...LIVE, ignore: 'true' }, is: 'leave', says: /live object/ },
  { name: 'ignore-until ahead', live: { ...LIVE, ignoreUntil: LATER }, is: 'leave', says: /16:00/, until: LATER },
  { name: 'ignore-until passed', live: { ...LIVE, ignoreUntil: PAST }, is: 'correct' },
  { name: 'ignore-until that is no time', live: { ...LIVE, ignoreUntil: 'tomorrow' }, is: 'correct' },
  { name: 'drift: report', declared: { ignore: false, driftReport: true }, is: 'report' },
  {
    name: 'drift: report on the live object only',
    live: readPolicies({ 'weaveflux.dev/drift': 'report' }, []),
    is: 'correct',
  },
  {
    name: 'the environment is suspended',
    suspensions: [suspension({ until: LATER })],
    is: 'leave',
    says: /environment is suspended by ada: incident/,
    until: LATER,
  },
  {
    name: 'the workload is suspended',
    suspensions: [suspension({ object: KEY })],
    is: 'leave',
    says: /^it is suspended/,
  },
  { name: 'another one is suspended', suspensions: [suspension({ object: 'apps/Deployment/shop/db' })], is: 'correct' },
  { name: 'a suspension is over', suspensions: [suspension({ until: PAST })], is: 'correct' },
  { name: 'suspended without end', suspensions: [suspension({ until: 'some day' })], is: 'leave' },
];

for (const { name, is, says, until, ...given } of CASES) {
  test(`stance: ${name} → ${is}`, () => {
    const input = { key: KEY, declared: { ignore: false, driftReport: false } as const, suspensions: [], now: NOW };
    const stance = stanceOf({ ...input, ...given });
    assert.equal(stance.kind, is);
    if (stance.kind !== 'leave') return;
    if (says !== undefined) assert.match(stance.reason, says);
    assert.deepEqual(stance.until, until === undefined ? undefined : new Date(until));
  });
}

test('suspensions: without an object only the one of the environment counts', () => {
  assert.equal(suspensionOf([suspension({ object: KEY })], undefined, NOW), undefined);
  assert.equal(suspensionOf([suspension({ object: KEY }), suspension({ by: 'eve' })], undefined, NOW)?.by, 'eve');
});

test('suspensions: the next end is the earliest one ahead', () => {
  const list = [suspension({}), suspension({ until: PAST }), suspension({ until: '2026-11-24T00:00:00Z' })];
  assert.deepEqual(nextExpiry([...list, suspension({ until: LATER })], NOW), new Date(LATER));
  assert.equal(nextExpiry([suspension({}), suspension({ until: PAST })], NOW), undefined);
});
