import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AgentState } from '../agent/state.ts';
import { changesBetween } from './changes.ts';
import { dashboardOf } from './dashboard-of.ts';
import { change, HOUR, object, START, state, status } from './testing.ts';

const OPTIONS = { now: new Date(START + HOUR), name: 'production', releaseMode: 'edit' } as const;
const failed = object('cart', { health: { state: 'failed', message: 'CrashLoopBackOff' } });

function told(before: AgentState, after: AgentState, histories: readonly [string[], string[]] = [[], []]) {
  const [old, now] = histories.map((revisions) => revisions.map((revision) => change(revision, 0, 'cart')));
  return changesBetween(dashboardOf(before, old ?? [], OPTIONS), dashboardOf(after, now ?? [], OPTIONS));
}

const healthyState = state({ status: status([object('cart')]) });
const failedState = state({ status: status([failed]) });

test('nothing is told where nothing has changed', () => assert.deepEqual(told(healthyState, healthyState), []));

test('a failure and its end are told with the service', () => {
  assert.deepEqual(
    told(healthyState, failedState).map((each) => [each.kind, 'services' in each ? each.services : undefined]),
    [
      ['standing', undefined],
      ['failed', ['cart']],
    ],
  );
  assert.deepEqual(
    told(failedState, healthyState).map(({ kind }) => kind),
    ['standing', 'recovered'],
  );
});

test('that the agent is away is told', () => {
  const lost = { ...healthyState, connection: { kind: 'lost', message: 'gone' } } as const;
  assert.deepEqual(told(healthyState, lost), [{ kind: 'connection', to: 'lost' }]);
});

test('a new release is told, but not those that a first read finds', () => {
  assert.deepEqual(told(healthyState, healthyState, [['a'], ['b', 'a']]), [{ kind: 'released', title: 'Release b' }]);
  assert.deepEqual(told(healthyState, healthyState, [[], ['b', 'a']]), []);
});
