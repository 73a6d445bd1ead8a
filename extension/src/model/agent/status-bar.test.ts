import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { connected, imageStatus, objectStatus } from '../testing/source.ts';
import { type AgentState, type Connection, UNKNOWN_STATE } from './state.ts';
import { type ShownEnvironment, statusBarOf } from './status-bar.ts';

const HEALTHY = connected({ objects: [objectStatus()], sync: { healthyRevision: 'a1b2c3d4e5f6' } });
const FAILED = connected({
  objects: [
    objectStatus({ health: { state: 'failed', message: 'It crashes.' } }),
    objectStatus({ name: 'shop:deployment/cart', action: 'failed' }),
  ],
});
const UPDATES: AgentState = {
  ...HEALTHY,
  images: [
    imageStatus({ state: 'update', chosen: { tag: '1.5.0' } }),
    imageStatus({ container: 'other', state: 'needs-release', chosen: { tag: '1.5.0' } }),
  ],
};
const of = (connection: Connection, state: AgentState = UNKNOWN_STATE): AgentState => ({ ...state, connection });
const suspended: AgentState = {
  ...HEALTHY,
  ...(HEALTHY.status === undefined
    ? {}
    : { status: { ...HEALTHY.status, suspensions: [{ reason: 'audit', by: 'Ann', since: '2030-01-01T00:00:00Z' }] } }),
};

describe('the status bar shows of one environment', () => {
  const cases: readonly [string, AgentState, string, RegExp, string][] = [
    [
      'that it is healthy',
      HEALTHY,
      '$(pass) production',
      /production: healthy at a1b2c3d$/,
      'weaveflux.environments.focus',
    ],
    [
      'what failed',
      FAILED,
      '$(warning) production: 2 failed',
      /shop:deployment\/web and 1 more failed: It crashes\./,
      'weaveflux.environments.focus',
    ],
    [
      'updates',
      UPDATES,
      '$(cloud-upload) production: 2 updates',
      /healthy at a1b2c3d, 2 updates/,
      'weaveflux.updates.focus',
    ],
    [
      'that images cannot be read, beside what is known',
      { ...UPDATES, imagesProblem: 'The agent answered 500.' },
      '$(cloud-upload) production: 2 updates',
      /healthy at a1b2c3d, images could not be read: The agent answered 500\., 2 updates/,
      'weaveflux.updates.focus',
    ],
    [
      'that it is suspended',
      suspended,
      '$(debug-pause) production: suspended',
      /suspended by Ann: audit/,
      'weaveflux.environments.focus',
    ],
    [
      'that something is under way',
      connected({ sync: { state: 'applying' } }),
      '$(sync~spin) production',
      /syncing/,
      'weaveflux.environments.focus',
    ],
    [
      'a problem of the repository',
      connected({ repository: { problem: { severity: 'error', code: 'GIT_AUTH', message: 'The key is refused.' } } }),
      '$(warning) production: sync failed',
      /The key is refused\./,
      'weaveflux.environments.focus',
    ],
    [
      'that it is looked for',
      of({ kind: 'searching' }),
      '$(sync~spin) production',
      /looking for the agent/,
      'weaveflux.environments.focus',
    ],
    [
      'that it is lost, whatever was known',
      of({ kind: 'lost', message: 'The pod is gone.' }, FAILED),
      '$(debug-disconnect) production',
      /connection lost: The pod is gone\./,
      'weaveflux.showConnection',
    ],
    [
      'that there is none',
      of({ kind: 'not-found', message: 'No agent.' }),
      '$(debug-disconnect) production: no agent',
      /No agent\./,
      'weaveflux.showConnection',
    ],
    [
      'that a right is missing',
      of({ kind: 'no-permission', message: 'Ask for the role weaveflux-view.' }),
      '$(lock) production: no permission',
      /weaveflux-view/,
      'weaveflux.showConnection',
    ],
    [
      'that one must be chosen',
      of({ kind: 'ambiguous', names: ['a', 'b'] }),
      '$(question) production: choose',
      /several agents fit: a, b/,
      'weaveflux.chooseEnvironment',
    ],
  ];
  for (const [name, state, text, tooltip, command] of cases) {
    test(name, () => {
      const shown = statusBarOf([{ name: 'production', state }]) ?? assert.fail();
      assert.deepEqual([shown.text, shown.command], [text, command]);
      assert.match(shown.tooltip, tooltip);
      assert.match(shown.label, tooltip);
      assert.equal(shown.severity, /failed/.test(text) ? 'warning' : 'none');
    });
  }
});

describe('the status bar sums up several', () => {
  const shown = (...states: AgentState[]): readonly ShownEnvironment[] =>
    states.map((state, index) => ({ name: ['live', 'staging', 'test'][index] ?? '', state }));
  const cases: readonly [string, readonly ShownEnvironment[], string | undefined][] = [
    ['none', [], undefined],
    ['all alike', shown(HEALTHY, HEALTHY, HEALTHY), '$(pass) 3 environments'],
    ['the most pressing first', shown(HEALTHY, FAILED), '$(warning) staging and 1 more: 2 failed'],
    [
      'a lost one goes before updates',
      shown(UPDATES, of({ kind: 'lost', message: 'Away.' })),
      '$(debug-disconnect) staging and 1 more',
    ],
  ];
  const active = (...states: AgentState[]) =>
    shown(...states).map((each, index) => (index === 0 ? { ...each, isActive: true } : each));
  const lost = of({ kind: 'lost', message: 'Away.' }, HEALTHY);
  const following: typeof cases = [
    ['the one of the active file', active(HEALTHY, UPDATES), '$(pass) live'],
    [
      'beside it one that fails',
      active(UPDATES, FAILED),
      '$(cloud-upload) live: 2 updates · $(warning) staging: 2 failed',
    ],
    ['beside it one that is lost', active(HEALTHY, lost), '$(pass) live · $(debug-disconnect) staging'],
    ['the one of the active file alone where that is worse', active(FAILED, lost), '$(warning) live: 2 failed'],
  ];
  for (const [name, environments, expected] of [...cases, ...following])
    test(name, () => assert.equal(statusBarOf(environments)?.text, expected));

  test('as a warning wherever one fails', () => {
    assert.equal(statusBarOf(active(HEALTHY, FAILED))?.severity, 'warning');
    assert.equal(statusBarOf(active(HEALTHY, lost))?.severity, 'none');
  });

  test('with a line for each', () => {
    assert.equal(
      statusBarOf(shown(HEALTHY, UPDATES))?.tooltip,
      'Weaveflux\nstaging: healthy at a1b2c3d, 2 updates\nlive: healthy at a1b2c3d',
    );
  });
});
