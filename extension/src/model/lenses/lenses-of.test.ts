import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ImageStatus, ObjectStatus } from '@weaveflux/shared';
import { type AgentState, type Connection, UNKNOWN_STATE } from '../agent/state.ts';
import { connected, deployment, imageStatus, objectStatus, sourceOf } from '../testing/source.ts';
import type { LensOptions, LensSpec } from './lens.ts';
import { lensesOf } from './lenses-of.ts';

const HEAD = { revision: 'a1b2c3d4e5', subject: 's', author: 'a', time: '2030-01-01T00:00:00Z' };
const NOW = new Date('2030-01-02T00:00:00Z');
const SETTLED = { sync: { state: 'healthy', revision: HEAD.revision }, repository: { head: HEAD } } as const;
const HEALTHY = { state: 'healthy', message: '', ready: 3, desired: 3 } as const;
const RUNS: Partial<ObjectStatus> = { health: HEALTHY, images: { web: 'r.io/web:1.4.2' } };

interface Case {
  readonly text?: string;
  readonly state?: AgentState;
  readonly options?: Partial<LensOptions>;
  readonly path?: string;
}

function lenses({ text = deployment(), state = UNKNOWN_STATE, options = {}, path = 'web.yaml' }: Case): LensSpec[] {
  const defaults: LensOptions = { settings: { releaseMode: 'edit' }, environment: 'env', now: NOW };
  return lensesOf(sourceOf(path, text), state, { ...defaults, ...options });
}

/** The lenses by line, as an editor joins them. */
function lines(specs: readonly LensSpec[]): string[] {
  const byLine = Map.groupBy(specs, ({ range }) => range.startLine + 1);
  return [...byLine].map(([line, own]) => `${line}: ${own.map(({ title }) => title).join(' | ')}`);
}

/** The lenses of a line, without its number. */
function line(specs: readonly LensSpec[], which: 'workload' | 'image'): string {
  return (lines(specs)[which === 'workload' ? 0 : 1] ?? '').replace(/^\d+: /, '');
}

function know(object: Partial<ObjectStatus>, more: Parameters<typeof connected>[0] = {}): AgentState {
  return connected({ ...SETTLED, objects: [objectStatus({ ...RUNS, ...object })], ...more });
}

function decided(image: Partial<ImageStatus>, object: Partial<ObjectStatus> = {}): AgentState {
  return know(object, { images: [imageStatus(image)] });
}

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

describe('lenses over an image', () => {
  const tilde = ['weaveflux.dev/tag.web: semver:~1'];
  const automated = ['weaveflux.dev/automated: "true"', ...tilde];
  const policy = { policy: 'semver:~1' };
  const newer = { ...policy, state: 'update', chosen: { tag: '1.5.0' } } as const;
  const pinned = [
    'weaveflux.dev/locked: "true"',
    'weaveflux.dev/locked_user: ann <ann@x.org>',
    'weaveflux.dev/locked_msg: not before the audit',
  ];
  const job =
    'apiVersion: batch/v1\nkind: Job\nmetadata: {name: web, namespace: shop}\nspec:\n  template: {spec: {containers: [{name: web, image: r.io/web:1.4.2}]}}\n';
  const cases: [name: string, text: string, state: AgentState, line: string][] = [
    [
      'what runs, and what is newer',
      deployment(tilde),
      decided({ ...newer, state: 'not-automated' }),
      '1.4.2 runs · 1.5.0 available (semver ~1) | Release 1.5.0… | Pin… | Automate…',
    ],
    [
      'that it is released by policy',
      deployment(automated),
      decided(newer),
      '1.4.2 runs · 1.5.0 available (semver ~1) | Release 1.5.0… | Pin… | Automated',
    ],
    [
      'that nothing is newer',
      deployment(automated),
      decided({ ...policy, chosen: { tag: '1.4.2' } }),
      '1.4.2 runs · up to date (semver ~1) | Release… | Pin… | Automated',
    ],
    [
      'not what is older',
      deployment(tilde),
      decided({ ...policy, state: 'not-automated', chosen: { tag: '1.3.9' } }),
      '1.4.2 runs · semver ~1 | Release… | Pin… | Automate…',
    ],
    [
      'newer tags also without a policy',
      deployment(),
      decided({
        state: 'not-automated',
        chosen: { tag: '9', created: '2030-01-02T00:00:00Z' },
        available: [{ tag: '1.4.2', created: '2030-01-01T00:00:00Z' }],
      }),
      '1.4.2 runs · 9 available | Release 9… | Pin… | Automate…',
    ],
    [
      'a pin, and what it holds back',
      deployment([...automated, ...pinned]),
      decided({ ...newer, state: 'pinned' }),
      '1.4.2 runs · Pinned by ann: not before the audit · 1.5.0 available | Release 1.5.0… | Unpin | Automated',
    ],
    [
      'a pin of nobody',
      deployment(['weaveflux.dev/locked.web: "true"']),
      decided({ state: 'pinned' }),
      '1.4.2 runs · Pinned | Release… | Unpin | Automate…',
    ],
    [
      'a pin that is gone from the file',
      deployment(automated),
      decided({ ...newer, state: 'pinned', pin: {} }),
      '1.4.2 runs · 1.5.0 available (semver ~1) | Release 1.5.0… | Pin… | Automated',
    ],
    [
      'a hold',
      deployment(automated),
      decided({ ...newer, state: 'held', held: ['1.5.0'] }),
      '1.4.2 runs · Held after a revert: 1.5.0 (semver ~1) | Release anyway | Pin… | Automated',
    ],
    [
      'a digest that is held',
      deployment(automated),
      decided({ ...newer, state: 'held', chosen: { tag: '1.4.2' } }),
      '1.4.2 runs · Held after a revert: 1.4.2 (semver ~1) | Release anyway | Pin… | Automated',
    ],
    [
      'a tag that waits',
      deployment(automated),
      decided({ ...newer, state: 'held' }),
      '1.4.2 runs · 1.5.0 waits for its age (semver ~1) | Release 1.5.0… | Pin… | Automated',
    ],
    [
      'a tag that was pushed again',
      deployment(automated),
      decided({ ...newer, chosen: { tag: '1.4.2' } }),
      '1.4.2 runs · 1.4.2 was pushed again (semver ~1) | Release 1.4.2… | Pin… | Automated',
    ],
    [
      'what only a person can decide',
      deployment(automated, 'r.io/web:dev'),
      decided(
        { ...newer, state: 'needs-release', tag: 'dev', image: 'r.io/web:dev' },
        { images: { web: 'r.io/web:dev' } },
      ),
      'dev runs · 1.5.0 needs a release (semver ~1) | Release 1.5.0… | Pin… | Automated',
    ],
    [
      'what only a person can choose',
      deployment(automated),
      decided({ ...policy, state: 'needs-release' }),
      '1.4.2 runs · needs a release (semver ~1) | Release… | Pin… | Automated',
    ],
    [
      'a policy that is none',
      deployment(['weaveflux.dev/automated: "true"', 'weaveflux.dev/tag.web: "semver:none!"']),
      decided({ ...newer }),
      '1.4.2 runs · its policy cannot be understood | Release… | Pin… | Set Policy…',
    ],
    [
      'a policy that is not yet committed',
      deployment(['weaveflux.dev/tag.web: glob:2.*']),
      decided(newer),
      '1.4.2 runs · glob 2.* once committed | Release… | Pin… | Automate…',
    ],
    [
      'a policy whose end is not yet committed',
      deployment(),
      decided(newer),
      '1.4.2 runs · no policy once committed | Release… | Pin… | Automate…',
    ],
    [
      'that nothing fits',
      deployment(automated),
      decided({ ...policy, state: 'no-match' }),
      '1.4.2 runs · no tag fits (semver ~1) | Release… | Pin… | Automated',
    ],
    [
      'that it was not scanned',
      deployment(automated),
      decided({ ...policy, state: 'not-scanned' }),
      '1.4.2 runs · not scanned yet (semver ~1) | Release… | Pin… | Automated',
    ],
    [
      'that it cannot be scanned',
      deployment(automated),
      decided({
        ...policy,
        state: 'not-scanned',
        problem: { severity: 'warning', code: 'REGISTRY_AUTH', message: 'No.' },
      }),
      '1.4.2 runs · its registry cannot be read (semver ~1) | Release… | Pin… | Automated',
    ],
    [
      'that it is ignored',
      deployment(['weaveflux.dev/ignore: "true"']),
      decided({ state: 'ignored' }),
      '1.4.2 runs · ignored',
    ],
    [
      'what is edited and not committed',
      deployment(automated, 'r.io/web:1.5.0'),
      decided(newer),
      '1.5.0 here, 1.4.2 runs · semver ~1 | Release… | Pin… | Automated',
    ],
    [
      'what is newer than an edit',
      deployment(automated, 'r.io/web:1.4.3'),
      decided(newer),
      '1.4.3 here, 1.4.2 runs · 1.5.0 available (semver ~1) | Release 1.5.0… | Pin… | Automated',
    ],
    [
      'another image',
      deployment([], 'r.io/shop:1.4.2'),
      decided({ state: 'not-automated' }),
      'shop:1.4.2 here, web:1.4.2 runs | Release… | Pin… | Automate…',
    ],
    [
      'the same image from elsewhere',
      deployment([], 'x.io/web:1.4.2'),
      decided({ state: 'not-automated' }),
      'x.io/web:1.4.2 here, r.io/web:1.4.2 runs | Release… | Pin… | Automate…',
    ],
    [
      'what is applied and not yet healthy',
      deployment(),
      decided({ state: 'not-automated' }, { health: { state: 'progressing', message: '' } }),
      '1.4.2 applied | Release… | Pin… | Automate…',
    ],
    [
      'what could not be applied',
      deployment(),
      decided({ state: 'not-automated' }, { action: 'failed' }),
      '1.4.2 not applied | Release… | Pin… | Automate…',
    ],
    ['an image without a tag', deployment([], 'r.io/web'), connected({}), 'latest | Release… | Pin… | Automate…'],
    [
      'an image by digest',
      deployment([], `r.io/web@sha256:${'0123456789abcdef'.repeat(4)}`),
      connected({}),
      '0123456789ab | Release… | Pin… | Automate…',
    ],
    ['what is no image', deployment([], '"r.io/Web:::"'), connected({}), 'no image reference'],
    ['a Job, which cannot take another image', job, connected({}), '1.4.2 | Release… | Pin…'],
  ];
  for (const [name, text, state, expected] of cases) {
    it(`tell ${name}`, () => assert.equal(line(lenses({ text, state }), 'image'), expected));
  }

  const release = (options: Partial<LensOptions>, state = decided(newer)): LensSpec => {
    const found = lenses({ text: deployment(automated), state, options }).find(({ title }) =>
      title.startsWith('Release'),
    );
    assert.ok(found);
    return found;
  };
  const byAgent: Partial<LensOptions> = { settings: { releaseMode: 'agent' } };

  it('say who makes the commit', () => {
    const target = {
      environment: 'env',
      workload: 'apps/Deployment/shop/web',
      container: 'web',
      tag: '1.5.0',
      file: 'web.yaml',
      line: 14,
    };
    const edit = release({});
    assert.deepEqual([edit.title, edit.tooltip], ['Release 1.5.0…', 'Edits this file, then offers to commit.']);
    assert.deepEqual(edit.command, { id: 'weaveflux.release', label: 'Release 1.5.0…', arguments: [target] });
    const agent = release(byAgent);
    assert.deepEqual(
      [agent.title, agent.tooltip],
      ['Release 1.5.0 by the agent…', 'The agent commits it, in your name.'],
    );
    const held = decided({ ...newer, state: 'held', held: ['1.5.0'] });
    assert.equal(release(byAgent, held).title, 'Release anyway by the agent');
    assert.equal(release({}, held).command?.id, 'weaveflux.releaseHeld');
  });

  const refusals: [name: string, state: AgentState, title: string, reason: RegExp, options?: Partial<LensOptions>][] = [
    [
      'lacks the right',
      { ...decided(newer), rights: { kind: 'denied', reason: 'Ask for weaveflux-operate.' } },
      'Release… (no permission)',
      /weaveflux-operate/,
    ],
    ['asks an agent that only reads', readOnly(decided(newer)), 'Release… (the agent is read-only)', /git-readonly/],
    [
      'has lost the agent',
      { ...decided(newer), connection: { kind: 'lost', message: 'Gone.' } },
      'Release… (no agent)',
      /Gone/,
    ],
    ['has no repository', UNKNOWN_STATE, 'Release… (no agent)', /no Git repository/, { environment: undefined }],
  ];
  for (const [name, state, title, reason, options = {}] of refusals) {
    it(`say why the agent cannot be asked by who ${name}`, () => {
      const lens = release({ ...byAgent, ...options }, state);
      assert.deepEqual([lens.title, lens.command], [title, undefined]);
      assert.match(lens.refused?.reason ?? '', reason);
      assert.equal(lens.tooltip, lens.refused?.reason);
      if (name === 'lacks the right') assert.ok(release({}, state).command);
    });
  }

  it('stay where they were while the file cannot be read', () => {
    const text = deployment(automated);
    const broken = sourceOf('web.yaml', text, text.replace('kind: Deployment', 'kind: [\n'));
    const specs = lensesOf(broken, decided(newer), { settings: { releaseMode: 'edit' }, environment: 'env', now: NOW });
    assert.deepEqual(
      lines(specs).map((it) => it.split(':')[0]),
      ['1', '15'],
    );
  });

  it('leave releases of marked images to their ImagePolicy, and pin them with their object', () => {
    const text = `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web, namespace: shop}
spec:
  values:
    image:
      tag: 1.4.2 # {"$imagepolicy": "flux:web:tag"}
`;
    const key = 'helm.toolkit.fluxcd.io/HelmRelease/shop/web';
    const image = imageStatus({ ...newer, object: key, container: 'flux:web' });
    const state = connected({
      ...SETTLED,
      images: [image],
      objects: [objectStatus({ key, health: { state: 'healthy', message: '' } })],
    });
    const specs = lenses({ text, state });
    assert.deepEqual(lines(specs), [
      '1: $(pass) healthy · synced a1b2c3d | Diff with Cluster | History',
      '7: 1.4.2 runs · 1.5.0 available (semver ~1) | Release 1.5.0… | Pin… | Automated',
    ]);
    const [, , , , , pin] = specs;
    assert.equal(pin?.command?.arguments[0].container, undefined);
  });
});

function readOnly(state: AgentState): AgentState {
  return { ...state, ...(state.status && { status: { ...state.status, readOnly: true } }) };
}
