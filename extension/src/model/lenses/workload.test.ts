import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ObjectStatus } from '@weaveflux/shared';
import { type AgentState, type Connection, UNKNOWN_STATE } from '../agent/state.ts';
import { connected, deployment, objectStatus } from '../testing/source.ts';
import { HEAD, know, lenses, line, RUNS, SETTLED } from './testing.ts';

const suspendedBy = (until?: string) => ({
  ...know({}),
  status: {
    ...connected({ ...SETTLED, objects: [objectStatus(RUNS)] }).status,
    suspensions: [{ reason: 'audit', by: 'ann <ann@x.org>', since: '2030-01-01T00:00:00Z', ...(until && { until }) }],
  } as NonNullable<AgentState['status']>,
});

describe('lenses over a workload', () => {
  const drift = (mode: NonNullable<ObjectStatus['drift']>['mode'], manager?: string): Partial<ObjectStatus> => ({
    drift: { mode, differences: [{ path: '/spec/replicas', desired: '3', live: '5', ...(manager && { manager }) }] },
  });
  const unhealthy = (state: ObjectStatus['health']['state'], message = ''): Partial<ObjectStatus> => ({
    health: { state, message, ready: 1, desired: 3 },
  });
  const forbidden = {
    severity: 'error',
    code: 'FORBIDDEN',
    message: 'web.yaml line 1: may not patch deployments.',
  } as const;
  const cases: [name: string, state: AgentState, title: string, text?: string][] = [
    ['healthy', know({}), '$(pass) healthy 3/3 · synced a1b2c3d'],
    ['progressing', know(unhealthy('progressing', '1 of 3 is ready.')), '$(sync) progressing 1/3 · synced a1b2c3d'],
    [
      'failing',
      know(unhealthy('failed', 'ImagePullBackOff')),
      '$(error) failed 1/3: ImagePullBackOff · synced a1b2c3d',
    ],
    ['suspended by itself', know(unhealthy('suspended')), '$(debug-pause) suspended 1/3 · synced a1b2c3d'],
    ['missing', know({ health: { state: 'missing', message: '' } }), '$(circle-slash) missing · synced a1b2c3d'],
    [
      'of unknown health',
      know({ health: { state: 'unknown', message: '' } }),
      '$(question) health unknown · synced a1b2c3d',
    ],
    [
      'refused by the cluster',
      know({ action: 'failed', problem: forbidden }),
      '$(error) failed: web.yaml line 1: may not patch deployments.',
    ],
    ['skipped', know({ action: 'skipped' }), '$(pass) healthy 3/3 · skipped'],
    [
      'drifted',
      know(drift('reported', 'kubectl-edit')),
      '$(warning) drifted by kubectl-edit · healthy 3/3 · synced a1b2c3d',
    ],
    [
      'being corrected',
      know(drift('correcting')),
      '$(warning) drifted, being corrected · healthy 3/3 · synced a1b2c3d',
    ],
    [
      'left alone',
      know(drift('ignored', 'x')),
      '$(circle-slash) drifted by x, left alone · healthy 3/3 · synced a1b2c3d',
    ],
    [
      'contested',
      know(drift('contested', 'kubectl $(edit)')),
      '$(warning) contested by kubectl \\$(edit) · healthy 3/3 · synced a1b2c3d',
    ],
    ['suspended', suspendedBy(), '$(debug-pause) suspended by ann: audit · healthy 3/3'],
    [
      'suspended until later',
      suspendedBy('2030-01-03T00:00:00Z'),
      '$(debug-pause) suspended by ann: audit · healthy 3/3',
    ],
    ['suspended no longer', suspendedBy('2030-01-01T12:00:00Z'), '$(pass) healthy 3/3 · synced a1b2c3d'],
    ['not yet applied', connected(SETTLED), '$(circle-outline) not applied yet'],
    [
      'in a file that the agent could not read',
      connected({ sync: { problems: [{ ...forbidden, code: 'INVALID_YAML', file: 'web.yaml' }] } }),
      '$(error) failed: web.yaml line 1: may not patch deployments.',
    ],
    [
      'of a revision that is applied',
      know(
        {},
        {
          sync: { state: 'applying', revision: HEAD.revision, appliedRevision: '0000000aa' },
          repository: { head: HEAD },
        },
      ),
      '$(pass) healthy 3/3 · synced 0000000 · applying a1b2c3d',
    ],
    [
      'behind',
      know({}, { sync: { state: 'pending', appliedRevision: '0000000aa' }, repository: { head: HEAD } }),
      '$(pass) healthy 3/3 · synced 0000000 · behind a1b2c3d',
    ],
    [
      'before the first sync',
      know({}, { sync: { state: 'pending' }, repository: { head: HEAD } }),
      '$(pass) healthy 3/3 · not synced yet · behind a1b2c3d',
    ],
    ['ignored by its annotation', know({}), '$(circle-slash) ignored', deployment(['weaveflux.dev/ignore: "true"'])],
    [
      'of a lost agent',
      { ...know({}), connection: { kind: 'lost', message: 'Gone.' } },
      '$(pass) healthy 3/3 · synced a1b2c3d · last known',
    ],
  ];
  for (const [name, state, title, text] of cases) {
    it(`say that it is ${name}`, () => {
      const specs = lenses({ state, ...(text === undefined ? {} : { text }) });
      assert.equal(line(specs, 'workload'), `${title} | Diff with Cluster | History`);
    });
  }

  const connections: [connection: Connection, line: string][] = [
    [{ kind: 'idle' }, '$(search) looking for the agent | Diff with Cluster | History'],
    [{ kind: 'searching' }, '$(search) looking for the agent | Diff with Cluster | History'],
    [{ kind: 'connected' }, '$(sync) reading its status | Diff with Cluster | History'],
    [{ kind: 'restricted' }, '$(shield) no status in Restricted Mode'],
    [{ kind: 'no-kubeconfig', message: 'None.' }, '$(debug-disconnect) no kubeconfig | Diff with Cluster | History'],
    [{ kind: 'not-found', message: 'None.' }, '$(circle-slash) no agent found | Diff with Cluster | History'],
    [{ kind: 'no-permission', message: 'No.' }, '$(lock) no permission to see the agent | Diff with Cluster | History'],
    [{ kind: 'ambiguous', names: ['a', 'b'] }, '$(question) several agents; choose one | Diff with Cluster | History'],
    [{ kind: 'lost', message: 'Gone.' }, '$(debug-disconnect) agent lost | Diff with Cluster | History'],
  ];
  for (const [connection, expected] of connections) {
    it(`stand from the file alone where the agent is ${connection.kind}`, () => {
      const specs = lenses({
        state: { ...UNKNOWN_STATE, connection },
        text: deployment(['weaveflux.dev/tag.web: semver:~1']),
      });
      assert.equal(line(specs, 'workload'), expected);
      assert.equal(line(specs, 'image'), '1.4.2 · semver ~1 | Release… | Pin… | Automate…');
    });
  }

  it('say that a file is of no environment, or not of this agent', () => {
    assert.equal(
      line(lenses({ options: { environment: undefined } }), 'workload'),
      '$(circle-slash) in no Git repository',
    );
    const state = know({}, { repository: { paths: ['production'] } });
    assert.equal(
      line(lenses({ state, path: 'staging/web.yaml' }), 'workload'),
      "$(circle-slash) outside the agent's paths",
    );
  });

  it('lead to what tells more, with what it is about', () => {
    const target = { environment: 'env', workload: 'apps/Deployment/shop/web', file: 'web.yaml', line: 1 };
    const commands = (state: AgentState) =>
      lenses({ state })
        .slice(0, 3)
        .map(({ command }) => [command?.id, command?.label]);
    assert.deepEqual(lenses({ state: know({}) })[0]?.command?.arguments, [target]);
    assert.deepEqual(commands(know({})), [
      ['weaveflux.explain', 'Explain'],
      ['weaveflux.diffWithCluster', 'Diff with Cluster'],
      ['weaveflux.history', 'Show History'],
    ]);
    assert.deepEqual(commands(know(drift('reported')))[0], ['weaveflux.showDrift', 'Show Drift']);
  });

  it('tell all of a long reason in the tooltip', () => {
    const message = `quota ${'x'.repeat(80)} exceeded`;
    const [lens] = lenses({ state: know({ health: { state: 'failed', message } }) });
    assert.equal(lens?.title, `$(error) failed: quota ${'x'.repeat(53)}… · synced a1b2c3d`);
    assert.equal(lens?.tooltip, message);
  });

  it('stand over workloads only', () => {
    assert.deepEqual(lenses({ text: 'apiVersion: v1\nkind: Service\nmetadata: {name: web}\n' }), []);
    assert.equal(lenses({ text: 'apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: web}\n' }).length, 3);
  });
});
