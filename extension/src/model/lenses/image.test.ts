import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AgentState } from '../agent/state.ts';
import { connected, deployment, imageStatus, objectStatus, sourceOf } from '../testing/source.ts';
import { lensesOf } from './lenses-of.ts';
import { decided, lenses, line, lines, NOW, SETTLED } from './testing.ts';

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
      'no release that is in the branch already and only not pulled',
      deployment(automated),
      decided(
        { ...policy, image: 'r.io/web:1.5.0', tag: '1.5.0', chosen: { tag: '1.5.0' } },
        { images: { web: 'r.io/web:1.5.0' } },
      ),
      '1.4.2 here, 1.5.0 runs · semver ~1 | Release… | Pin… | Automated',
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
      'newer versions without a policy, whose images nobody read',
      deployment(),
      decided({ state: 'not-automated', chosen: { tag: '1.5.0' }, available: [{ tag: '1.5.0' }, { tag: '1.4.2' }] }),
      '1.4.2 runs · 1.5.0 available | Release 1.5.0… | Pin… | Automate…',
    ],
    [
      'no older version without a policy',
      deployment(),
      decided({ state: 'not-automated', chosen: { tag: '1.3.9' }, available: [{ tag: '1.3.9' }] }),
      '1.4.2 runs | Release… | Pin… | Automate…',
    ],
    [
      'a pin without a policy, and what it holds back',
      deployment(pinned),
      decided({ state: 'pinned', chosen: { tag: '1.5.0' }, available: [{ tag: '1.5.0' }] }),
      '1.4.2 runs · Pinned by ann: not before the audit · 1.5.0 available | Release 1.5.0… | Unpin | Automate…',
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
      'a tag that waits for a window',
      deployment(automated),
      decided({ ...newer, state: 'outside-window' }),
      '1.4.2 runs · 1.5.0 waits for its window (semver ~1) | Release 1.5.0… | Pin… | Automated',
    ],
    [
      'a tag that is not signed as it must be is told, and not offered',
      deployment(automated),
      decided({ ...newer, state: 'not-verified' }),
      '1.4.2 runs · 1.5.0 is not signed as it must be (semver ~1) | Release… | Pin… | Automated',
    ],
    [
      'a tag that was pushed again and is not signed as it must be',
      deployment(automated),
      decided({ ...newer, state: 'not-verified', chosen: { tag: '1.4.2' } }),
      '1.4.2 runs · 1.4.2 is not signed as it must be (semver ~1) | Release… | Pin… | Automated',
    ],
    [
      'a tag that waits for approval',
      deployment(automated),
      decided({ ...newer, state: 'needs-approval' }),
      '1.4.2 runs · 1.5.0 waits for approval (semver ~1) | Approve | Pin… | Automated',
    ],
    [
      'a tag that waits to be merged',
      deployment(automated),
      decided({ ...newer, proposed: { branch: 'weaveflux/images', commit: 'c0ffee' } }),
      '1.4.2 runs · 1.5.0 waits to be merged (semver ~1) | Release 1.5.0… | Pin… | Automated',
    ],
    [
      'a digest that waits for approval',
      deployment(automated),
      decided({ ...newer, state: 'needs-approval', chosen: { tag: '1.4.2' } }),
      '1.4.2 runs · 1.4.2 waits for approval (semver ~1) | Approve | Pin… | Automated',
    ],
    [
      'a release of its own where the file is no longer what waits',
      deployment(automated, 'r.io/web:1.4.3'),
      decided({ ...newer, state: 'needs-approval' }),
      '1.4.3 here, 1.4.2 runs · 1.5.0 available (semver ~1) | Release 1.5.0… | Pin… | Automated',
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
    ['that none is written yet', deployment(automated, ''), decided(newer), 'No image'],
    ['that none is written, in quotes', deployment(automated, '""'), connected({}), 'No image'],
    ['a Job, which cannot take another image', job, connected({}), '1.4.2 | Release… | Pin…'],
  ];
  for (const [name, text, state, expected] of cases) {
    it(`tell ${name}`, () => assert.equal(line(lenses({ text, state }), 'image'), expected));
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

  it('tell why no tags are known, though nothing is automated, in the tooltip', () => {
    const reason = 'The workload is not automated.';
    const problem = { code: 'REGISTRY_AUTH', message: 'r.io refuses.', severity: 'error' } as const;
    const specs = lenses({ state: decided({ state: 'not-automated', reason, problem }) });
    const lens = specs.find(({ title }) => title.startsWith('1.4.2 runs'));
    assert.equal(lens?.tooltip, `r.io/web:1.4.2\n${reason}\nr.io refuses.`);
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
