import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type EnvironmentStatus, environmentStatusSchema, type Status } from '@weaveflux/shared';
import { environmentStatusOf } from './environment-status.ts';
import { createSteady } from './steady.ts';
import { errorOf, HEAD, OLD, objectOf, statusOf } from './testing.ts';

function shown(status: Status, before?: EnvironmentStatus, now = new Date(0)): EnvironmentStatus {
  const made = environmentStatusOf(status, { now, holder: 'pod-1', generation: 2, handled: 'once', before });
  return environmentStatusSchema.parse(made);
}

test('the status of the Environment says what the agent knows, in counts', () => {
  const drift = { mode: 'reported' as const, differences: [] };
  const status = shown(
    statusOf({
      objects: [
        objectOf('a', 'healthy'),
        objectOf('b', 'suspended'),
        objectOf('c', 'progressing', { drift }),
        objectOf('d', 'failed'),
        objectOf('e', 'healthy', { action: 'failed' }),
        objectOf('f', 'unknown', { action: 'skipped' }),
      ],
      prune: { revision: HEAD, reason: 'too much', objects: ['a', 'b'] },
      repository: { deployKey: 'ssh-ed25519 AAAA weaveflux' },
    }),
  );
  assert.deepEqual(status.objects, { total: 6, healthy: 2, progressing: 1, failed: 2, drifted: 1 });
  assert.deepEqual(status.pruneWaiting, { revision: HEAD, reason: 'too much', count: 2 });
  assert.equal(status.shortRevision, 'aaaaaaa');
  assert.equal(status.lastHandledReconcileAt, 'once');
  assert.equal(status.holder, 'pod-1');
  assert.equal(status.deployKey, 'ssh-ed25519 AAAA weaveflux');
  assert.equal('problems' in status, false, 'what there is nothing of is left out');
});

test('problems come from Git first and errors before warnings, are named as people do and no more than the list holds', () => {
  const warnings = Array.from({ length: 30 }, () => ({ ...errorOf('REGISTRY_FAILED'), severity: 'warning' as const }));
  const error = { ...errorOf('FORBIDDEN', 'x'.repeat(5000)), object: 'apps/Deployment/shop/web', line: 0 };
  const { problems = [] } = shown(
    statusOf({ repository: { problem: errorOf('GIT_UNREACHABLE') }, sync: { problems: [...warnings, error] } }),
  );
  assert.equal(problems.length, 20);
  assert.deepEqual(
    problems.slice(0, 3).map(({ code }) => code),
    ['GIT_UNREACHABLE', 'FORBIDDEN', 'REGISTRY_FAILED'],
  );
  assert.equal(problems[1]?.object, 'shop:deployment/web');
  assert.equal(problems[1]?.line, undefined);
  assert.equal(problems[1]?.message.length, 1024);
});

test('times that a person wrote by hand and that are none do not make the API refuse the status', () => {
  const { suspensions = [] } = shown(
    statusOf({ suspensions: [{ reason: 'r', by: 'b', since: 'yesterday', until: 'tomorrow' }] }),
  );
  assert.deepEqual(suspensions, [{ reason: 'r', by: 'b', since: '1970-01-01T00:00:00Z' }]);
});

test('what passes in a moment is no change: the same revision delivered again, a later look', () => {
  const steady = createSteady();
  const before = shown(steady(statusOf({ repository: { checkedAt: '2026-01-01T00:00:00Z' } })));
  const again = statusOf({
    sync: { state: 'applying', problems: [] },
    repository: { checkedAt: '2026-02-02T00:00:00Z' },
  });
  assert.deepEqual(shown(steady(again), before, new Date(99_000)), before);
  const next = statusOf({ sync: { state: 'applying', revision: OLD } });
  assert.notDeepEqual(shown(steady(next), before), before, 'another revision is');
});
