import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type EnvironmentCondition, environmentConditionSchema, type Status } from '@weaveflux/shared';
import { conditionsOf } from './conditions.ts';
import { errorOf, HEAD, OLD, objectOf, statusOf } from './testing.ts';

const WHOLE = { reason: 'a fire', by: 'Ann', since: '2026-01-01T00:00:00Z' };
const PRUNE = { revision: HEAD, reason: 'too much', objects: ['a', 'b'] };

interface Case {
  readonly name: string;
  readonly status: Status;
  /** Ready, its reason, and which others are True. */
  readonly expect: readonly [string, string, ...string[]];
  readonly says?: RegExp;
}

const CASES: readonly Case[] = [
  { name: 'all is well', status: statusOf(), expect: ['True', 'Healthy'], says: /^aaaaaaa is applied and healthy\.$/ },
  {
    name: 'a prune waits',
    status: statusOf({ prune: PRUNE }),
    expect: ['True', 'Healthy'],
    says: /; 2 objects wait to be pruned/,
  },
  {
    name: 'nothing was read yet',
    status: statusOf({ repository: { head: undefined }, sync: { state: 'pending', revision: undefined } }),
    expect: ['Unknown', 'RepositoryNotRead', 'Reconciling'],
  },
  {
    name: 'the key is not let in',
    status: statusOf({ repository: { head: undefined, problem: errorOf('GIT_AUTH', 'No access.') } }),
    expect: ['False', 'GitAuth', 'Stalled'],
    says: /^No access\.$/,
  },
  {
    name: 'Git was never reached',
    status: statusOf({ repository: { head: undefined, problem: errorOf('GIT_UNREACHABLE') } }),
    expect: ['False', 'GitUnreachable', 'Reconciling'],
  },
  {
    name: 'Git is away for a moment: what was seen last still holds',
    status: statusOf({ repository: { problem: errorOf('GIT_UNREACHABLE') } }),
    expect: ['True', 'Healthy'],
  },
  {
    name: 'Git is away for long: nobody knows what the head is',
    status: statusOf({ ready: false, repository: { problem: errorOf('GIT_UNREACHABLE') } }),
    expect: ['False', 'GitUnreachable', 'Reconciling'],
  },
  {
    name: 'a new head that no delivery has begun with',
    status: statusOf({ sync: { revision: OLD, appliedRevision: OLD, healthyRevision: OLD } }),
    expect: ['False', 'Applying', 'Reconciling'],
  },
  {
    name: 'the head is being applied',
    status: statusOf({ sync: { state: 'applying', appliedRevision: OLD, healthyRevision: OLD } }),
    expect: ['False', 'Applying', 'Reconciling'],
  },
  {
    name: 'health is awaited',
    status: statusOf({
      sync: { state: 'applied', healthyRevision: OLD },
      objects: [objectOf('a', 'healthy'), objectOf('b', 'progressing'), objectOf('c', 'failed', { action: 'skipped' })],
    }),
    expect: ['False', 'Progressing', 'Reconciling'],
    says: /1 of 3 objects are not healthy yet/,
  },
  {
    name: 'a pod starts anew after all was healthy',
    status: statusOf({ sync: { state: 'applied' }, objects: [objectOf('a', 'progressing')] }),
    expect: ['False', 'Progressing', 'Reconciling'],
  },
  {
    name: 'an object will not become healthy',
    status: statusOf({ sync: { state: 'failed', healthyRevision: OLD }, objects: [objectOf('a', 'failed')] }),
    expect: ['False', 'Unhealthy', 'Stalled'],
    says: /shop:deployment\/a \(crashes\)/,
  },
  {
    name: 'only a person mends it',
    status: statusOf({ sync: { state: 'failed', problems: [errorOf('INVALID_YAML', 'a.yaml is odd.')] } }),
    expect: ['False', 'InvalidYaml', 'Stalled'],
    says: /^aaaaaaa has one error: a\.yaml is odd\.$/,
  },
  {
    name: 'one of the errors passes by itself',
    status: statusOf({ sync: { state: 'failed', problems: [errorOf('INVALID_YAML'), errorOf('CONFLICT')] } }),
    expect: ['False', 'InvalidYaml', 'Reconciling'],
    says: /2 errors, the first: /,
  },
  {
    name: 'an error beside a healthy revision',
    status: statusOf({ sync: { problems: [errorOf('EDIT_CONFLICT')] } }),
    expect: ['False', 'EditConflict', 'Stalled'],
  },
  {
    name: 'a warning is no error',
    status: statusOf({ sync: { problems: [{ ...errorOf('REGISTRY_FAILED'), severity: 'warning' }] } }),
    expect: ['True', 'Healthy'],
  },
  {
    name: 'suspended as it was',
    status: statusOf({ suspensions: [WHOLE], sync: { state: 'pending' } }),
    expect: ['True', 'Healthy', 'Suspended'],
  },
  {
    name: 'suspended, and a new head is held back',
    status: statusOf({
      suspensions: [WHOLE],
      sync: { state: 'pending', appliedRevision: OLD, healthyRevision: OLD },
    }),
    expect: ['False', 'Suspended', 'Suspended'],
    says: /held back.*Ann/,
  },
  {
    name: 'a new head waits for its window',
    status: statusOf({
      sync: {
        state: 'pending',
        appliedRevision: OLD,
        healthyRevision: OLD,
        waits: { reason: 'aaaaaaa waits for the window hours until 2026-12-01T09:00 (Europe/Berlin)' },
      },
    }),
    expect: ['False', 'OutsideWindow', 'Reconciling'],
    says: /^aaaaaaa waits for the window hours until .*\.$/,
  },
  {
    name: 'one workload suspended is not all',
    status: statusOf({ suspensions: [{ ...WHOLE, object: 'apps/Deployment/shop/web' }] }),
    expect: ['True', 'Healthy'],
  },
];

for (const { name, status, expect, says } of CASES) {
  test(`conditions: ${name}`, () => {
    const conditions = conditionsOf(status, { now: new Date(0), generation: 3, before: [] });
    const [ready, ...others] = conditions;
    const on = others.filter((each) => each.status === 'True').map(({ type }) => type);
    assert.deepEqual([ready?.status, ready?.reason, ...on], expect, JSON.stringify(conditions, null, 2));
    if (says !== undefined) assert.match(ready?.message ?? '', says);
    for (const { reason, message, observedGeneration } of conditions) {
      assert.match(reason, /^[A-Z][A-Za-z]+$/);
      assert.ok(message.length > 0);
      assert.equal(observedGeneration, 3);
    }
  });
}

test('conditions: no words of others make one longer than the API takes', () => {
  const wordy = { health: { state: 'failed' as const, message: `${'x'.repeat(1_000)}😀${'y'.repeat(32_000)}` } };
  const objects = ['a', 'b'].map((name) => objectOf(name, 'failed', wordy));
  const failed = statusOf({ sync: { state: 'failed', healthyRevision: OLD }, objects });
  const suspended = statusOf({ suspensions: [{ ...WHOLE, reason: 'z'.repeat(40_000) }] });
  for (const status of [failed, suspended])
    for (const condition of conditionsOf(status, { now: new Date(0), generation: 1, before: [] })) {
      assert.ok(condition.message.length <= 1_024, condition.type);
      assert.doesNotThrow(() => environmentConditionSchema.parse(condition));
    }
  const [ready] = conditionsOf(failed, { now: new Date(0), generation: 1, before: [] });
  assert.match(ready?.message ?? '', /^aaaaaaa is not healthy: shop:deployment\/a \(xxx.*…$/);
});

test('conditions: the time is that of the last change of the status, not of the words', () => {
  const at = (day: number) => new Date(Date.UTC(2026, 0, day, 1, 2, 3, 456));
  const first = conditionsOf(statusOf(), { now: at(1), generation: 1, before: [] });
  assert.equal(timeOf(first, 'Ready'), '2026-01-01T01:02:03Z', 'as the API writes times');
  const second = conditionsOf(statusOf({ prune: PRUNE }), { now: at(2), generation: 1, before: first });
  assert.notEqual(second[0]?.message, first[0]?.message);
  assert.equal(timeOf(second, 'Ready'), timeOf(first, 'Ready'));
  const third = conditionsOf(statusOf({ sync: { state: 'applied' } }), { now: at(3), generation: 1, before: second });
  assert.equal(timeOf(third, 'Ready'), '2026-01-03T01:02:03Z');
  assert.equal(timeOf(third, 'Suspended'), timeOf(first, 'Suspended'));
});

function timeOf(conditions: readonly EnvironmentCondition[], type: string): string | undefined {
  return conditions.find((each) => each.type === type)?.lastTransitionTime;
}
