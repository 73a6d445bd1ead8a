import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseImage } from '../images/reference.ts';
import { manifestsOf } from '../manifests/load.ts';
import { parseFile } from '../yaml/documents.ts';
import { applyEdits } from '../yaml/edits.ts';
import { findMarkers } from '../yaml/markers.ts';
import { markedImages } from './markers.ts';

const DIGEST = `sha256:${'d'.repeat(64)}`;
const OTHER = `sha256:${'e'.repeat(64)}`;

const sources = `apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata: {name: app, namespace: flux-system}
spec:
  imageRepositoryRef: {name: app-images}
  policy: {semver: {range: ~1}}
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageRepository
metadata: {name: app-images, namespace: flux-system}
spec: {image: ghcr.io/o/app}
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata: {name: orphan, namespace: flux-system}
spec:
  imageRepositoryRef: {name: nope}
  policy: {semver: {range: ~1}}
`;

const mark = (part = '', name = 'app'): string => `# {"$imagepolicy": "flux-system:${name}${part}"}`;

function marked(text: string, more = sources) {
  const parsed = parseFile('a.yaml', text);
  const manifests = [...manifestsOf(parsed).manifests, ...manifestsOf(parseFile('flux.yaml', more)).manifests];
  return markedImages('a.yaml', findMarkers('a.yaml', text, parsed), manifests);
}

const deployment = (image: string, annotations = ''): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: app
  namespace: shop
${annotations}spec:
  template:
    spec:
      containers:
        - name: web
          image: ${image}
`;

const release = (values: string): string => `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: app, namespace: shop}
spec:
  values:
    image:
${values}`;

const cases: { name: string; before: string; to: string; after: string; container: string; image: string }[] = [
  {
    name: 'a whole reference in a container',
    before: deployment(`ghcr.io/o/app:1.0 ${mark()}`),
    to: 'ghcr.io/o/app:1.1',
    after: deployment(`ghcr.io/o/app:1.1 ${mark()}`),
    container: 'web',
    image: 'ghcr.io/o/app:1.0',
  },
  {
    name: 'a tag alone',
    before: release(`      tag: "1.0" ${mark(':tag')}\n`),
    to: 'ghcr.io/o/app:1.10',
    after: release(`      tag: "1.10" ${mark(':tag')}\n`),
    container: 'flux-system:app',
    image: 'ghcr.io/o/app:1.0',
  },
  {
    name: 'name, tag and digest together',
    before: release(
      `      repository: ghcr.io/o/app ${mark(':name')}\n      tag: v1.0 ${mark(':tag')}\n      digest: ${DIGEST} ${mark(':digest')}\n`,
    ),
    to: `ghcr.io/o/app:v1.1@${OTHER}`,
    after: release(
      `      repository: ghcr.io/o/app ${mark(':name')}\n      tag: v1.1 ${mark(':tag')}\n      digest: ${OTHER} ${mark(':digest')}\n`,
    ),
    container: 'chart-image',
    image: `ghcr.io/o/app:v1.0@${DIGEST}`,
  },
];

for (const { name, before, to, after, container, image } of cases) {
  test(`${name} is one image, whose fields change together`, () => {
    const { images, problems } = marked(before);
    assert.deepEqual(problems, []);
    const [only, ...others] = images;
    assert.ok(only);
    assert.deepEqual(others, []);
    assert.deepEqual([only.container, only.image.text, only.policy.policy?.text], [container, image, 'semver:~1']);
    const edits = only.edits(parseImage(to)).map((edit) => ({ document: 0, ...edit }));
    assert.equal(applyEdits('a.yaml', before, edits), after);
  });
}

test('the same policy in two places is two images', () => {
  const twice = `${deployment(`ghcr.io/o/app:1.0 ${mark()}`)}---\n${deployment(`ghcr.io/o/app:1.0 ${mark()}`).replace('name: app', 'name: b')}`;
  assert.deepEqual(
    marked(twice).images.map(({ manifest, line }) => [manifest.id.name, line]),
    [
      ['app', 11],
      ['b', 23],
    ],
  );
});

test('pins and ignore of the object count', () => {
  const annotations = '  annotations:\n    weaveflux.dev/locked.web: "true"\n    weaveflux.dev/ignore: "true"\n';
  const [image] = marked(deployment(`ghcr.io/o/app:1.0 ${mark()}`, annotations)).images;
  assert.deepEqual([image?.policy.pinned, image?.ignored], [true, true]);
});

test('a policy that cannot be understood blocks the image', () => {
  const [image] = marked(deployment(`ghcr.io/o/app:1.0 ${mark()}`), sources.replaceAll('~1', '"?"')).images;
  assert.equal(image?.policy.policy, undefined);
  assert.match(image?.policy.invalid?.message ?? '', /no version range/);
});

const wrong: [name: string, text: string, line: number, says: RegExp][] = [
  [
    'a missing ImagePolicy',
    deployment(`ghcr.io/o/app:1.0 ${mark('', 'gone')}`),
    11,
    /ImagePolicy flux-system:gone of this marker is not in the repository/,
  ],
  [
    'a missing ImageRepository',
    deployment(`ghcr.io/o/app:1.0 ${mark('', 'orphan')}`),
    11,
    /ImageRepository "nope" of flux-system:imagepolicy\/orphan/,
  ],
  [
    'another image',
    deployment(`ghcr.io/o/other:1.0 ${mark()}`),
    11,
    /is of ghcr.io\/o\/other, and its ImageRepository names ghcr.io\/o\/app/,
  ],
  ['no image', deployment(`"not an image" ${mark()}`), 11, /is no image reference/],
  [
    'a tag that YAML reads as a number',
    release(`      tag: 1.10 ${mark(':tag')}\n`),
    7,
    /tag at line 7 is not a string but 1.1; put it in quotes/,
  ],
];

for (const [name, text, line, says] of wrong) {
  test(`${name} is reported at the marker's line`, () => {
    const { images, problems } = marked(text);
    assert.deepEqual(images, []);
    assert.deepEqual(
      problems.map((problem) => [problem.file, problem.line]),
      [['a.yaml', line]],
    );
    assert.match(problems[0]?.message ?? '', says);
  });
}

test('a name alone changes with nothing and is no problem', () => {
  assert.deepEqual(marked(release(`      repository: ghcr.io/o/app ${mark(':name')}\n`)), { images: [], problems: [] });
});

const elsewhere: [name: string, file: string, folders: Record<string, string>, says: string | RegExp][] = [
  ['the one of the nearest folder', 'b/apps/a.yaml', { a: sources, b: sources.replaceAll('~1', '~2') }, 'semver:~2'],
  [
    'the one deeper down the same way',
    'b/apps/a.yaml',
    { b: sources, 'b/apps': sources.replaceAll('~1', '~2') },
    'semver:~2',
  ],
  [
    'the one without a namespace that is nearer',
    'b/a.yaml',
    { a: sources, b: sources.replaceAll('~1', '~2').replaceAll(', namespace: flux-system', '') },
    'semver:~2',
  ],
  ['both where they say the same', 'c/a.yaml', { a: sources, b: `# another\n${sources}` }, 'semver:~1'],
  [
    'none where two are as near',
    'c/a.yaml',
    { a: sources, b: sources.replaceAll('~1', '~2') },
    /^c\/a\.yaml line 11: the ImagePolicy flux-system:app of this marker is stated twice, in a\/flux\.yaml line 1 and b\/flux\.yaml line 1, and each says something else; put /,
  ],
  [
    'no ImageRepository where two are as near and name other images',
    'c/a.yaml',
    { a: sources, b: sources.replaceAll('ghcr.io/o/app', 'ghcr.io/o/other') },
    /the ImageRepository "app-images" of flux-system:imagepolicy\/app is stated twice, in a\/flux\.yaml line 8 and /,
  ],
  [
    'the ImageRepository of the nearest folder',
    'b/a.yaml',
    { a: sources.replaceAll('ghcr.io/o/app', 'ghcr.io/o/other'), b: sources },
    'semver:~1',
  ],
];
for (const [name, file, folders, says] of elsewhere) {
  test(`of policies of one name in several folders a marker means ${name}`, () => {
    const text = deployment(`ghcr.io/o/app:1.0 ${mark()}`);
    const parsed = parseFile(file, text);
    const others = Object.entries(folders).flatMap(
      ([folder, stated]) => manifestsOf(parseFile(`${folder}/flux.yaml`, stated)).manifests,
    );
    const { images, problems } = markedImages(file, findMarkers(file, text, parsed), [
      ...manifestsOf(parsed).manifests,
      ...others,
    ]);
    const told = [...images.map(({ policy }) => policy.policy?.text), ...problems.map(({ message }) => message)];
    if (typeof says === 'string') assert.deepEqual(told, [says]);
    else assert.match(told.join('\n'), says);
    assert.equal(told.length, 1);
  });
}
