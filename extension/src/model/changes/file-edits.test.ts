import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Change, Manifest } from '@weaveflux/shared';
import { editFiles, type FileEdits } from './file-edits.ts';
import { workloadsIn } from './file-workloads.ts';
import { minimalReplaces } from './minimal-replaces.ts';

const DIGEST = `sha256:${'d'.repeat(64)}`;

function deployment(annotations = '', image = 'r.io/web:1.4.2', name = 'web'): string {
  return `# ours
apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
${annotations}spec:
  template:
    spec:
      containers:
        - name: web
          image: ${image} # keep
`;
}

const json = `{
  "apiVersion": "apps/v1",
  "kind": "Deployment",
  "metadata": { "name": "web" },
  "spec": { "template": { "spec": { "containers": [{ "name": "web", "image": "r.io/web:1.4.2" }] } } }
}
`;

const shared = `apiVersion: v1
kind: List
items:
  - apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec: {template: {spec: {containers: [{name: web, image: &image "r.io/web:1.4.2"}]}}}
  - apiVersion: apps/v1
    kind: Deployment
    metadata: {name: worker}
    spec: {template: {spec: {containers: [{name: web, image: *image}]}}}
`;

const workload = 'apps/Deployment//web';
const release: Change = { kind: 'release', workload, container: 'web', tag: '1.5.0' };

function edit(
  text: string,
  changes: readonly Change[],
  file = 'web.yaml',
  policies: readonly Manifest[] = [],
): FileEdits {
  return editFiles({
    texts: new Map([[file, text]]),
    changes: changes.map((change) => ({ file, change })),
    requestedBy: { name: 'Ann', email: 'ann@example.org' },
    policies,
    chosenTag: () => ({ tag: '1.5.0', digest: DIGEST }),
  });
}

const cases: { name: string; text: string; file?: string; change: Change; after: string }[] = [
  {
    name: 'a release changes the tag alone',
    text: deployment(),
    change: release,
    after: deployment('', 'r.io/web:1.5.0'),
  },
  {
    name: 'Windows line breaks stay',
    text: deployment().replaceAll('\n', '\r\n'),
    change: release,
    after: deployment('', 'r.io/web:1.5.0').replaceAll('\n', '\r\n'),
  },
  {
    name: 'JSON stays as it is laid out',
    text: json,
    file: 'web.json',
    change: release,
    after: json.replace('1.4.2', '1.5.0'),
  },
  {
    name: 'a digest beside the tag becomes the one that is known of the tag chosen',
    text: deployment('', `r.io/web:1.4.2@sha256:${'a'.repeat(64)}`),
    change: release,
    after: deployment('', `r.io/web:1.5.0@${DIGEST}`),
  },
  {
    name: 'a pin tells who and why',
    text: deployment(),
    change: { kind: 'pin', workload, reason: 'until the audit is over' },
    after: deployment(`  annotations:
    weaveflux.dev/locked: "true"
    weaveflux.dev/locked_user: "Ann <ann@example.org>"
    weaveflux.dev/locked_msg: until the audit is over
`),
  },
  {
    name: 'Flux v1 keeps its spelling',
    text: deployment('  annotations:\n    fluxcd.io/automated: "true"\n'),
    change: { kind: 'policy', workload, container: 'web', policy: 'semver:~1.4' },
    after: deployment('  annotations:\n    fluxcd.io/automated: "true"\n    fluxcd.io/tag.web: semver:~1.4\n'),
  },
  {
    name: 'the end of automation leaves no empty mapping',
    text: deployment('  annotations:\n    weaveflux.dev/automated: "true"\n'),
    change: { kind: 'deautomate', workload },
    after: deployment(),
  },
];

for (const { name, text, file = 'web.yaml', change, after } of cases) {
  test(name, () => {
    const edits = edit(text, [change], file);
    assert.deepEqual(edits.problems, []);
    const edited = edits.texts.get(file) ?? text;
    assert.equal(edited, after);
    assert.ok(minimalReplaces(text, edited).length > 0);
  });
}

test('what an anchor shares is not edited, and the sentence says where', () => {
  for (const [name, line] of [
    ['web', 7],
    ['worker', 11],
  ]) {
    const { texts, problems } = edit(shared, [{ ...release, workload: `apps/Deployment//${name}` }]);
    assert.equal(texts.size, 0);
    assert.equal(problems[0]?.code, 'EDIT_CONFLICT');
    assert.match(
      problems[0]?.message ?? '',
      new RegExp(`^web\\.yaml line ${line} cannot be edited: .*; nothing was changed`),
    );
  }
});

test('a file that cannot be read leaves the others standing', () => {
  const { texts, problems, images } = editFiles({
    texts: new Map([
      ['broken.yaml', 'apiVersion: apps/v1\nkind: [\n'],
      ['web.yaml', deployment()],
    ]),
    changes: [
      { file: 'broken.yaml', change: release },
      { file: 'web.yaml', change: release },
    ],
    requestedBy: { name: '' },
    chosenTag: () => undefined,
  });
  assert.deepEqual([...texts.keys()], ['web.yaml']);
  assert.equal(images[0]?.place.container, 'web');
  assert.match(problems[0]?.message ?? '', /^broken\.yaml line \d+ cannot be read/);
});

test('a marker is edited by the ImagePolicy of another file', () => {
  const text = deployment('', 'r.io/web:1.4.2').replace('# keep', '# {"$imagepolicy": "flux:web"}');
  const policies = workloadsIn(
    'policies.yaml',
    `apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata: {name: web, namespace: flux}
spec: {imageRepositoryRef: {name: web}, policy: {semver: {range: ~1.4}}}
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageRepository
metadata: {name: web, namespace: flux}
spec: {image: r.io/web}
`,
  ).manifests;
  assert.equal(workloadsIn('web.yaml', text).needsPolicies, true);
  assert.equal(workloadsIn('web.yaml', text, policies).needsPolicies, false);
  const refused = edit(text, [{ kind: 'policy', workload, container: 'web', policy: 'newest:' }], 'web.yaml', policies);
  assert.match(refused.problems[0]?.message ?? '', /takes the policy of web from an ImagePolicy/);
  assert.equal(edit(text, [release], 'web.yaml', policies).texts.get('web.yaml'), text.replace('1.4.2', '1.5.0'));
});

test('several changes build upon each other, as one text', () => {
  const { texts, images } = edit(deployment(), [release, { kind: 'pin', workload }]);
  assert.match(texts.get('web.yaml') ?? '', /locked: "true"[\s\S]*r\.io\/web:1\.5\.0/);
  assert.equal(images.length, 1);
});
