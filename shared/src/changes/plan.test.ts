import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tag } from '../api/images.ts';
import type { Change } from '../api/requests.ts';
import { manifestsOf } from '../manifests/load.ts';
import { parseFile } from '../yaml/documents.ts';
import { findMarkers } from '../yaml/markers.ts';
import { applyChanges, imageEdits } from './apply.ts';
import type { ChangeRequest } from './context.ts';
import { markedImages } from './markers.ts';
import { type ChangePlan, planChanges } from './plan.ts';

const FILE = 'shop/app.yaml';
const DIGEST = `sha256:${'d'.repeat(64)}`;
const OTHER = `sha256:${'e'.repeat(64)}`;

function deployment(annotations: string, containers: string, kind = 'Deployment'): string {
  const api = kind === 'Job' ? 'batch/v1' : 'apps/v1';
  return `apiVersion: ${api} # kept
kind: ${kind}
metadata:
  name: app
  namespace: shop
${annotations}spec:
  template:
    spec:
      containers:
${containers}`;
}

const one = '        - name: app\n          image: r.io/app:1.0 # the app\n';
const two = `${one}        - name: side\n          image: "r.io/side:7"\n`;
const flux = '  annotations:\n    fluxcd.io/automated: "true"\n    fluxcd.io/tag.app: semver:~1\n';

const tags: Record<string, Tag[]> = {
  'r.io/app': [{ tag: '1.0' }, { tag: '1.1', digest: OTHER }, { tag: '0.9' }],
  'r.io/side': [{ tag: '7' }, { tag: '8' }],
};

function plan(text: string, changes: Change[], more: Partial<ChangeRequest> = {}): ChangePlan & { text: string } {
  const { manifests } = manifestsOf(parseFile(FILE, text));
  const planned = planChanges({
    manifests,
    changes,
    requestedBy: { name: 'Ada', email: 'ada@example.org' },
    tagsFor: (repository) => tags[repository],
    previousTag: (_, container) => (container === 'app' ? '0.9' : undefined),
    chosenTag: (object, container) =>
      object === 'apps/Deployment/shop/app' && container === 'app' ? { tag: '1.1' } : undefined,
    ...more,
  });
  return { ...planned, text: applyChanges(new Map([[FILE, text]]), planned.edits).get(FILE) ?? text };
}

/** The lines that differ, `-` before and `+` after. */
function differing(before: string, after: string): string[] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  return [
    ...old.filter((line) => !now.includes(line)).map((line) => `-${line.trim()}`),
    ...now.filter((line) => !old.includes(line)).map((line) => `+${line.trim()}`),
  ];
}

const workload = 'shop:deployment/app';
const done: { name: string; text: string; changes: Change[]; lines: string[]; images?: string[] }[] = [
  {
    name: 'a release changes the bytes of the image alone',
    text: deployment('', one),
    changes: [{ kind: 'release', workload, tag: '1.1' }],
    lines: ['-image: r.io/app:1.0 # the app', '+image: r.io/app:1.1 # the app'],
    images: ['app r.io/app 1.0 -> 1.1'],
  },
  {
    name: 'a release without a tag takes what the policy chooses',
    text: deployment(flux, one),
    changes: [{ kind: 'release', workload: 'app' }],
    lines: ['-image: r.io/app:1.0 # the app', '+image: r.io/app:1.1 # the app'],
    images: ['app r.io/app 1.0 -> 1.1'],
  },
  {
    name: 'a release of another container',
    text: deployment('', two),
    changes: [{ kind: 'release', workload, container: 'side', tag: '8' }],
    lines: ['-image: "r.io/side:7"', '+image: "r.io/side:8"'],
    images: ['side r.io/side 7 -> 8'],
  },
  {
    name: 'a digest goes with its tag',
    text: deployment('', one.replace('1.0', `1.0@${DIGEST}`)),
    changes: [{ kind: 'release', workload, tag: '1.1' }],
    lines: [`-image: r.io/app:1.0@${DIGEST} # the app`, `+image: r.io/app:1.1@${OTHER} # the app`],
  },
  {
    name: 'a pin passed by force',
    text: deployment('  annotations:\n    weaveflux.dev/locked: "true"\n', one),
    changes: [{ kind: 'release', workload, tag: '1.1', force: true }],
    lines: ['-image: r.io/app:1.0 # the app', '+image: r.io/app:1.1 # the app'],
  },
  {
    name: 'a rollback to the previous tag',
    text: deployment('', two),
    changes: [{ kind: 'rollback', workload }],
    lines: ['-image: r.io/app:1.0 # the app', '+image: r.io/app:0.9 # the app'],
    images: ['app r.io/app 1.0 -> 0.9'],
  },
  {
    name: 'a pin, where there were no annotations',
    text: deployment('', one),
    changes: [{ kind: 'pin', workload, reason: 'wait\nfor it' }],
    lines: [
      '+annotations:',
      '+weaveflux.dev/locked: "true"',
      '+weaveflux.dev/locked_user: "Ada <ada@example.org>"',
      '+weaveflux.dev/locked_msg: wait for it',
    ],
  },
  {
    name: "a pin at a tag, in Flux v1's spelling",
    text: deployment(flux, one),
    changes: [{ kind: 'pin', workload, tag: '0.9' }],
    lines: [
      '-image: r.io/app:1.0 # the app',
      '+fluxcd.io/locked: "true"',
      '+fluxcd.io/locked_user: "Ada <ada@example.org>"',
      '+image: r.io/app:0.9 # the app',
    ],
    images: ['app r.io/app 1.0 -> 0.9'],
  },
  {
    name: 'a pin of one container',
    text: deployment('', two),
    changes: [{ kind: 'pin', workload, container: 'side' }],
    lines: [
      '+annotations:',
      '+weaveflux.dev/locked.side: "true"',
      '+weaveflux.dev/locked_user: "Ada <ada@example.org>"',
    ],
  },
  {
    name: 'an unpin takes who and why with it',
    text: deployment(
      '  annotations:\n    keep: me\n    fluxcd.io/locked: "true"\n    fluxcd.io/locked_user: x\n    fluxcd.io/locked_msg: y\n',
      one,
    ),
    changes: [{ kind: 'unpin', workload }],
    lines: ['-fluxcd.io/locked: "true"', '-fluxcd.io/locked_user: x', '-fluxcd.io/locked_msg: y'],
  },
  {
    name: 'an unpin of one container leaves the others pinned',
    text: deployment(
      '  annotations:\n    weaveflux.dev/locked.app: "true"\n    weaveflux.dev/locked.side: "true"\n    weaveflux.dev/locked_msg: y\n',
      two,
    ),
    changes: [{ kind: 'unpin', workload, container: 'app' }],
    lines: ['-weaveflux.dev/locked.app: "true"'],
  },
  {
    name: 'automate',
    text: deployment('  annotations:\n    keep: me\n', one),
    changes: [{ kind: 'automate', workload }],
    lines: ['+weaveflux.dev/automated: "true"'],
  },
  {
    name: 'automate from now takes what the policies choose, whatever its order',
    text: deployment('  annotations:\n    keep: me\n', two.replace('1.0', 'placeholder')),
    changes: [{ kind: 'automate', workload, fromNow: true }],
    lines: [
      '-image: r.io/app:placeholder # the app',
      '+weaveflux.dev/automated: "true"',
      '+image: r.io/app:1.1 # the app',
    ],
    images: ['app r.io/app placeholder -> 1.1'],
  },
  {
    name: 'deautomate',
    text: deployment(flux, one),
    changes: [{ kind: 'deautomate', workload }],
    lines: ['-fluxcd.io/automated: "true"'],
  },
  {
    name: 'a policy keeps its spelling',
    text: deployment(flux, one),
    changes: [{ kind: 'policy', workload, container: 'app', policy: 'semver:>=1.0 <2' }],
    lines: ['-fluxcd.io/tag.app: semver:~1', '+fluxcd.io/tag.app: "semver:>=1.0 <2"'],
  },
  {
    name: 'a policy is removed in every spelling',
    text: deployment(`${flux}    filter.fluxcd.io/app: glob:*\n`, one),
    changes: [{ kind: 'policy', workload, container: 'app' }],
    lines: ['-fluxcd.io/tag.app: semver:~1', '-filter.fluxcd.io/app: glob:*'],
  },
  {
    name: 'one change builds upon the other',
    text: deployment('  annotations:\n    keep: me\n    weaveflux.dev/locked: "true"\n', one),
    changes: [
      { kind: 'unpin', workload },
      { kind: 'release', workload, tag: '0.9' },
      { kind: 'release', workload, tag: '1.1' },
    ],
    lines: ['-weaveflux.dev/locked: "true"', '-image: r.io/app:1.0 # the app', '+image: r.io/app:1.1 # the app'],
    images: ['app r.io/app 1.0 -> 1.1'],
  },
  {
    name: 'an object in a List',
    text: 'apiVersion: v1\nkind: List\nitems:\n- apiVersion: apps/v1\n  kind: Deployment\n  metadata: {name: app, namespace: shop}\n  spec: {template: {spec: {containers: [{name: app, image: "r.io/app:1.0"}]}}}\n',
    changes: [{ kind: 'release', workload, tag: '1.1' }],
    lines: [
      '-spec: {template: {spec: {containers: [{name: app, image: "r.io/app:1.0"}]}}}',
      '+spec: {template: {spec: {containers: [{name: app, image: "r.io/app:1.1"}]}}}',
    ],
  },
];

for (const { name, text, changes, lines, images } of done) {
  test(name, () => {
    const planned = plan(text, changes);
    assert.deepEqual(planned.problems, []);
    assert.deepEqual(
      planned.outcomes.map(({ result }) => result),
      changes.map(() => 'configured'),
    );
    assert.deepEqual(differing(text, planned.text), lines);
    const told = planned.images.map(
      ({ place, repository, from, to }) => `${place.container} ${repository} ${from} -> ${to}`,
    );
    assert.deepEqual(told, images ?? told);
    if (images === undefined && !lines.some((line) => line.includes('image:') || line.includes('image')))
      assert.deepEqual(told, []);
    assert.equal(
      planned.rollback,
      changes.some(({ kind }) => kind === 'rollback'),
    );
  });
}

const still: [name: string, text: string, change: Change][] = [
  ['the tag is there', deployment('', one), { kind: 'release', workload, tag: '1.0' }],
  [
    'it is pinned so',
    deployment(
      '  annotations:\n    weaveflux.dev/locked: "true"\n    weaveflux.dev/locked_user: Ada <ada@example.org>\n',
      one,
    ),
    { kind: 'pin', workload },
  ],
  ['nothing is pinned', deployment('', one), { kind: 'unpin', workload }],
  ['it is automated', deployment(flux, one), { kind: 'automate', workload }],
  ['it is not automated', deployment('', one), { kind: 'deautomate', workload }],
  ['the policy is there', deployment(flux, one), { kind: 'policy', workload, container: 'app', policy: 'semver:~1' }],
  ['there is no policy', deployment('', one), { kind: 'policy', workload, container: 'app' }],
];

for (const [name, text, change] of still) {
  test(`${change.kind} changes nothing where ${name}`, () => {
    const planned = plan(text, [change]);
    assert.deepEqual(
      planned.outcomes.map(({ result }) => result),
      ['unchanged'],
    );
    assert.equal(planned.edits.size, 0);
    assert.deepEqual(planned.images, []);
  });
}

const locked = deployment('  annotations:\n    fluxcd.io/locked: "true"\n    fluxcd.io/locked_msg: the fix\n', one);
const refused: [name: string, text: string, change: Change, code: string, says: RegExp][] = [
  [
    'no such workload',
    deployment('', one),
    { kind: 'release', workload: 'nope', tag: '1' },
    'NOT_FOUND',
    /No workload .* "nope"/,
  ],
  [
    'no such container',
    deployment('', one),
    { kind: 'unpin', workload, container: 'x' },
    'NOT_FOUND',
    /no container "x"; it has app/,
  ],
  [
    'no such tag',
    deployment('', one),
    { kind: 'release', workload, tag: '3' },
    'NOT_FOUND',
    /r.io\/app has no such tag/,
  ],
  [
    'no tag chosen',
    deployment('', two),
    { kind: 'release', workload, container: 'side' },
    'NOT_FOUND',
    /say which with --tag/,
  ],
  [
    'which container',
    deployment('', two),
    { kind: 'release', workload, tag: '8' },
    'INVALID_REQUEST',
    /say which with --container/,
  ],
  [
    'a pin',
    locked,
    { kind: 'release', workload, tag: '1.1' },
    'INVALID_REQUEST',
    /is pinned \(the fix\); unpin it first/,
  ],
  ['a pin', locked, { kind: 'rollback', workload }, 'INVALID_REQUEST', /is pinned/],
  [
    'nothing before',
    deployment('', two),
    { kind: 'rollback', workload, container: 'side' },
    'NOT_FOUND',
    /no earlier tag/,
  ],
  ['a deleted tag', deployment('', one), { kind: 'rollback', workload, to: '0.1' }, 'NOT_FOUND', /no such tag/],
  ['pinned as a whole', locked, { kind: 'unpin', workload, container: 'app' }, 'INVALID_REQUEST', /pinned as a whole/],
  [
    'a bad policy',
    deployment(flux, one),
    { kind: 'policy', workload, container: 'app', policy: 'semver:?' },
    'INVALID_POLICY',
    /keeps its policy.*no version range/,
  ],
  [
    'a bad policy in the file',
    deployment(flux.replace('~1', '?'), one),
    { kind: 'release', workload },
    'INVALID_POLICY',
    /without a usable policy/,
  ],
  [
    'a Job',
    deployment('', one, 'Job'),
    { kind: 'automate', workload: 'app' },
    'NOT_SUPPORTED',
    /weaveflux.dev\/recreate/,
  ],
  [
    'an unknown digest',
    deployment('', one.replace('1.0', `1.0@${DIGEST}`)),
    { kind: 'release', workload, tag: '0.9' },
    'NEEDS_RELEASE',
    /by digest/,
  ],
  [
    'nothing to begin with',
    deployment('', two),
    { kind: 'automate', workload: 'app', fromNow: true },
    'NOT_FOUND',
    /no tag to begin with/,
  ],
];

for (const [name, text, change, code, says] of refused) {
  test(`${change.kind} is refused for ${name}`, () => {
    const planned = plan(text, [change], name === 'nothing to begin with' ? { chosenTag: () => undefined } : {});
    assert.equal(planned.outcomes[0]?.result, 'failed');
    assert.equal(planned.problems[0]?.code, code);
    assert.match(planned.problems[0]?.message ?? '', says);
    assert.equal(planned.text, text, 'nothing is changed');
  });
}

test('a pin by nobody known tells of nobody, also where somebody pinned it before', () => {
  const pinned = deployment('  annotations:\n    weaveflux.dev/locked_user: Ann\n', one);
  const { text } = plan(pinned, [{ kind: 'pin', workload }], { requestedBy: { name: '' } });
  assert.deepEqual(differing(pinned, text), ['-weaveflux.dev/locked_user: Ann', '+weaveflux.dev/locked: "true"']);
});

test('a refused change leaves the others standing', () => {
  const planned = plan(deployment('', one), [
    { kind: 'release', workload: 'nope', tag: '1' },
    { kind: 'release', workload, tag: '1.1' },
  ]);
  assert.deepEqual(
    planned.outcomes.map(({ result }) => result),
    ['failed', 'configured'],
  );
  assert.deepEqual(planned.objects, [undefined, 'apps/Deployment/shop/app']);
  assert.match(planned.text, /r\.io\/app:1\.1/);
});

test('a name that may mean several workloads is asked about', () => {
  const text = `${deployment('', one)}---\n${deployment('', one).replace('namespace: shop', 'namespace: bank')}`;
  const planned = plan(text, [{ kind: 'automate', workload: 'deployment/app' }]);
  assert.match(planned.problems[0]?.message ?? '', /may mean shop:deployment\/app, bank:deployment\/app; say which/);
});

test('tags are believed where the registry is not known', () => {
  const planned = plan(deployment('', one), [{ kind: 'release', workload, tag: 'any' }], { tagsFor: () => undefined });
  assert.match(planned.text, /r\.io\/app:any/);
});

test("the automation's own proposals become the same edits", () => {
  const text = deployment('', one);
  const { images } = plan(text, [{ kind: 'release', workload, tag: '1.1' }]);
  const changed = applyChanges(new Map([[FILE, text]]), imageEdits(images));
  assert.equal(changed.get(FILE), text.replace('app:1.0', 'app:1.1'));
  assert.throws(() => applyChanges(new Map(), imageEdits(images)), { code: 'NOT_FOUND' });
});

const flux2 = `apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata: {name: app, namespace: flux-system}
spec: {imageRepositoryRef: {name: app}, policy: {semver: {range: ~1}}}
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageRepository
metadata: {name: app, namespace: flux-system}
spec: {image: r.io/app}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: app
  namespace: shop
spec:
  values:
    image:
      tag: "1.0" # {"$imagepolicy": "flux-system:app:tag"}
      digest: ${DIGEST} # {"$imagepolicy": "flux-system:app:digest"}
`;

function planMarked(changes: Change[]): ReturnType<typeof plan> {
  const parsed = parseFile(FILE, flux2);
  const { manifests } = manifestsOf(parsed);
  return plan(flux2, changes, { marked: markedImages(FILE, findMarkers(FILE, flux2, parsed), manifests).images });
}

test('what markers tell of is released, and its fields change together', () => {
  const planned = planMarked([{ kind: 'release', workload: 'helmrelease/app', tag: '1.1' }]);
  assert.deepEqual(planned.problems, []);
  assert.deepEqual(differing(flux2, planned.text), [
    '-tag: "1.0" # {"$imagepolicy": "flux-system:app:tag"}',
    `-digest: ${DIGEST} # {"$imagepolicy": "flux-system:app:digest"}`,
    '+tag: "1.1" # {"$imagepolicy": "flux-system:app:tag"}',
    `+digest: ${OTHER} # {"$imagepolicy": "flux-system:app:digest"}`,
  ]);
  assert.deepEqual(
    planned.images.map(({ place, from, to }) => [place.container, from, to]),
    [['flux-system:app', '1.0', '1.1']],
  );
  assert.equal(applyChanges(new Map([[FILE, flux2]]), imageEdits(planned.images)).get(FILE), planned.text);
});

test('what an ImagePolicy decides is not decided by annotations as well', () => {
  const of = { workload: 'helmrelease/app', container: 'flux-system:app' };
  const planned = planMarked([
    { kind: 'policy', ...of, policy: 'semver:*' },
    { kind: 'pin', ...of },
    { kind: 'pin', workload: of.workload },
  ]);
  assert.deepEqual(
    planned.outcomes.map(({ result }) => result),
    ['failed', 'failed', 'configured'],
  );
  assert.match(planned.problems[0]?.message ?? '', /from an ImagePolicy; change it there/);
});
