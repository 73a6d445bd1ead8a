import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Status } from '@weaveflux/shared';
import { UNKNOWN_STATE } from '../agent/state.ts';
import { type DashboardOptions, dashboardOf } from './dashboard-of.ts';
import { type Standing, snapshotSchema } from './snapshot.ts';
import { change, eventLog, HOUR, image, MINUTE, object, START, state, status } from './testing.ts';

const OPTIONS: DashboardOptions = { now: new Date(START + HOUR), name: 'production', releaseMode: 'edit' };

function environmentOf(given: Partial<Status>, objects = given.objects ?? []) {
  const snapshot = dashboardOf(state({ status: status(objects, given) }), [], OPTIONS);
  assert.ok(snapshot.environment);
  return snapshot.environment;
}

test('a snapshot of a rich environment is what the page understands, also as JSON', () => {
  const event = eventLog();
  const objects = [
    object('cart', { drift: { mode: 'contested', differences: [{ path: '/spec/replicas', manager: 'kubectl' }] } }),
    object('search', { health: { state: 'failed', message: 'CrashLoopBackOff', ready: 0, desired: 2 } }),
  ];
  const images = [image('cart', { state: 'update', chosen: { tag: '1.1.0', created: '2026-03-01T00:00:00Z' } })];
  const events = [event(0, 'agent-started'), event(MINUTE, 'interference', { object: objects[0]?.key })];
  const given = state({ status: status(objects), images, events, agent: 'production in namespace weaveflux' });
  const snapshot = dashboardOf(given, [change('abc', MINUTE, 'cart')], OPTIONS);
  assert.deepEqual(snapshotSchema.parse(JSON.parse(JSON.stringify(snapshot))), JSON.parse(JSON.stringify(snapshot)));
});

test('nothing is made up before the agent has answered', () => {
  const snapshot = dashboardOf(UNKNOWN_STATE, [], { ...OPTIONS, branch: 'main' });
  assert.equal(snapshot.environment, undefined);
  assert.equal(snapshot.branch, 'main');
  assert.equal(snapshot.connection.kind, 'connecting');
});

const CONNECTIONS = [
  [undefined, 'closed', []],
  [{ kind: 'restricted' }, 'restricted', ['trust']],
  [{ kind: 'lost', message: 'gone' }, 'lost', ['reconnect', 'showLog']],
  [{ kind: 'not-found', message: 'none' }, 'not-found', ['chooseContext', 'reconnect', 'setToken']],
  [{ kind: 'ambiguous', names: ['a', 'b'] }, 'ambiguous', ['chooseEnvironment']],
  [{ kind: 'no-permission', message: 'ask for weaveflux-view' }, 'no-permission', ['reconnect', 'chooseContext']],
] as const;

for (const [connection, kind, commands] of CONNECTIONS) {
  test(`a connection that is ${kind} offers what mends it`, () => {
    const snapshot = dashboardOf(connection && state({ connection }), [], OPTIONS);
    assert.equal(snapshot.connection.kind, kind);
    assert.deepEqual(
      snapshot.connection.actions.map(({ command }) => command),
      commands,
    );
  });
}

test('what was last known stays while the agent is away, but nobody may act', () => {
  const lost = state({ status: status([object('cart')]), connection: { kind: 'lost', message: 'gone' } });
  const { environment } = dashboardOf(lost, [], OPTIONS);
  assert.equal(environment?.services.length, 1);
  assert.equal(environment?.rights.mayAct, false);
});

test('a person who may not act is told why', () => {
  const denied = state({ status: status(), rights: { kind: 'denied', reason: 'ask for weaveflux-operate' } });
  const { environment } = dashboardOf(denied, [], { ...OPTIONS, releaseMode: 'agent' });
  assert.deepEqual(environment?.rights, { mayAct: false, releaseActs: true, reason: 'ask for weaveflux-operate' });
});

test('a commit that is not applied yet is shown beside the applied one, whose subject the history knows', () => {
  const sync = { ...status().sync, appliedRevision: 'old' };
  const history = [change('old', 0, 'cart')];
  const { environment } = dashboardOf(state({ status: status([], { sync }) }), history, OPTIONS);
  assert.equal(environment?.applied?.subject, 'Release old');
  assert.equal(environment?.waiting?.revision, 'abc');
});

const failing = object('cart', { health: { state: 'failed', message: 'CrashLoopBackOff', ready: 0, desired: 2 } });
const rolling = object('cart', { health: { state: 'progressing', message: '', ready: 1, desired: 2 } });
const suspension = { reason: 'migration', by: 'Ann', since: '2026-03-02T00:00:00Z' };
const problem = { severity: 'error', code: 'INVALID_YAML', message: 'shop/a.yaml:3 is no YAML.' } as const;

const STANDINGS: readonly (readonly [string, Partial<Status>, Standing])[] = [
  ['all run', { objects: [object('cart'), object('search')] }, { kind: 'healthy', total: 2 }],
  ['one rolls out', { objects: [rolling, object('b')] }, { kind: 'progressing', of: 'services', ready: 1, total: 2 }],
  [
    'all run, and a volume is waited for',
    {
      objects: [object('cart'), { ...rolling, key: '/PersistentVolumeClaim/shop/data' }].map(withoutImages),
      sync: { ...status().sync, state: 'applied' },
    },
    { kind: 'progressing', of: 'objects', ready: 1, total: 2 },
  ],
  ['nothing was applied yet', { sync: { ...status().sync, state: 'pending' } }, { kind: 'pending' }],
  ['a service fails', { objects: [failing] }, { kind: 'failing', reason: 'cart: CrashLoopBackOff', more: 0 }],
  [
    'a file and a service fail',
    { objects: [failing], sync: { ...status().sync, state: 'failed', problems: [problem] } },
    { kind: 'failing', reason: problem.message, more: 1 },
  ],
  [
    'it failed without a reason',
    { sync: { ...status().sync, state: 'failed' } },
    { kind: 'failing', reason: '', more: 0 },
  ],
  [
    'it is suspended, whatever fails',
    { objects: [failing], suspensions: [suspension] },
    { kind: 'suspended', by: 'Ann', reason: 'migration' },
  ],
  [
    'one workload is suspended only',
    { objects: [object('cart')], suspensions: [{ ...suspension, object: 'apps/Deployment/shop/cart' }] },
    { kind: 'healthy', total: 1 },
  ],
];

for (const [name, given, standing] of STANDINGS) {
  test(`where ${name} it stands as ${standing.kind}`, () => {
    assert.deepEqual(environmentOf(given).standing, standing);
  });
}

test('the same reason is told once', () => {
  const broken = { ...failing, problem: { ...problem, object: failing.key } };
  const sync = { ...status().sync, state: 'failed' as const, problems: [{ ...problem, object: failing.key }] };
  assert.deepEqual(environmentOf({ objects: [broken], sync }).standing, {
    kind: 'failing',
    reason: problem.message,
    more: 0,
  });
});

function withoutImages<T extends { key: string; images?: unknown }>(each: T): T {
  const { images: _, ...others } = each;
  return each.key.startsWith('apps/') ? each : (others as T);
}
