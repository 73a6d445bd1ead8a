import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ImageStatus } from '@weaveflux/shared';
import { waitFor } from '../rig/index.ts';
import { type ImageScene, type ImageWorld, startImageWorld } from './images-support.ts';

let images: ImageWorld;
before(async () => {
  images = await startImageWorld();
});
after(() => images[Symbol.asyncDispose]());

const CRD = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: helmreleases.helm.fluxcd.io }
spec:
  group: helm.fluxcd.io
  scope: Namespaced
  names: { kind: HelmRelease, plural: helmreleases, singular: helmrelease, listKind: HelmReleaseList }
  versions:
    - name: v1
      served: true
      storage: true
      schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } }
`;

/** The four layouts, each with an image of its own, as a repository below `env` has them. */
function layouts(host: string): Record<string, string> {
  return {
    'env/crd.yaml': CRD,
    'env/release.yaml': `# as with Flux v1
apiVersion: helm.fluxcd.io/v1
kind: HelmRelease
metadata:
  name: shop
  annotations:
    fluxcd.io/automated: "true"
    fluxcd.io/tag.chart-image: semver:~1.0
    filter.fluxcd.io/worker: semver:*
spec:
  chart: { repository: https://charts.example.org, name: shop, version: 1.0.0 }
  values:
    image: { repository: ${host}/helm, tag: 1.0.0 }   # kept
    worker:
      image: "${host}/helm:1.0.0"
`,
    'env/flux/policies.yaml': `apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageRepository
metadata: { name: chart, namespace: flux }
spec: { image: ${host}/chart }
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata: { name: chart, namespace: flux }
spec: { imageRepositoryRef: { name: chart }, policy: { semver: { range: ">=1.0.0" } } }
`,
    'env/flux/kustomization.yaml': 'resources: [policies.yaml]\n',
    'env/chart/Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 1.0.0\n',
    'env/chart/templates/web.yaml': 'kind: {{ .Values.kind }}\n',
    'env/chart/values.yaml': `image:\r\n  name: ${host}/chart\r\n  tag: '1.0.0' # {"$imagepolicy": "flux:chart:tag"}\r\n`,
    'env/overlays/prod/kustomization.yaml': `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
metadata:
  name: prod
  annotations:
    weaveflux.dev/automated: "true"
    weaveflux.dev/tag.kust: semver:*
resources: [../../base]
images:
- name: ${host}/kust
  newTag: 1.0.0
- name: ${host}/left
  newTag: 1.0.0
`,
    'env/deploy/compose.yaml': `services:
  db: { image: "${host}/left:1.0.0" }
  cart:
    image: ${host}/comp:1.0.0
    x-weaveflux:
      automated: true
      tag: semver:*   # everything
`,
    'elsewhere/values.yaml': `tag: 1.0.0 # {"$imagepolicy": "flux:chart:tag"}\n`,
    'env/.hidden/values.yaml': `tag: 1.0.0 # {"$imagepolicy": "flux:chart:tag"}\n`,
  };
}

const WANTED: Readonly<Record<string, (text: string) => string>> = {
  'env/release.yaml': (text) => text.replace('tag: 1.0.0', 'tag: 1.0.1').replace('/helm:1.0.0', '/helm:1.1.0'),
  'env/chart/values.yaml': (text) => text.replace('1.0.0', '1.1.0'),
  'env/overlays/prod/kustomization.yaml': (text) => text.replace('1.0.0', '1.1.0'),
  'env/deploy/compose.yaml': (text) => text.replace('/comp:1.0.0', '/comp:1.1.0'),
};

test('images in values, a chart, a kustomization and a Compose file are released, and no other byte changes', async () => {
  const { registry } = images;
  const names = ['helm', 'chart', 'kust', 'comp', 'left'];
  for (const name of names) await registry.pushTags(name, ['1.0.0']);
  const files = layouts(registry.host);
  await using scene = await images.scene('places', files, { 'git-path': 'env', 'automation-interval': '1s' });
  await scene.untilImage(
    'what is there',
    'kustomization.yaml',
    ({ state, container }) => container === 'kust' && state === 'current',
  );
  // The newest first: a scan between the two must find nothing that is released on the way to it.
  for (const name of names) await registry.pushTags(name, ['1.1.0', '1.0.1']);
  for (const [file, change] of Object.entries(WANTED)) await untilText(scene, file, change(files[file] ?? ''));
  for (const [file, text] of Object.entries(files)) {
    if (WANTED[file] === undefined) assert.equal(await scene.repository.read(file), text, file);
  }
  const log = await scene.repository.git(['log', '--author=Weave Flux', '--format=%B', 'main']);
  for (const trailer of [
    `places:helmrelease/shop chart-image ${registry.host}/helm 1.0.0 -> 1.0.1 (semver:~1.0)`,
    `places:helmrelease/shop worker ${registry.host}/helm 1.0.0 -> 1.1.0 (semver:*)`,
    `file:env/chart/values.yaml image ${registry.host}/chart 1.0.0 -> 1.1.0 (semver:>=1.0.0)`,
    `kustomization:env/overlays/prod/kustomization.yaml kust ${registry.host}/kust 1.0.0 -> 1.1.0 (semver:*)`,
    `service:env/deploy/compose.yaml/cart cart ${registry.host}/comp 1.0.0 -> 1.1.0 (semver:*)`,
  ]) {
    assert.equal(log.split(`Weaveflux-Change: ${trailer}\n`).length, 2, `${trailer}\n${log}`);
  }
  const listed = await scene.command('images');
  assert.match(listed.text, /^kustomization:env\/overlays\/prod\/kustomization\.yaml +left +1\.0\.0 /m);
  assert.doesNotMatch(listed.text, /elsewhere|hidden|service:.*db/);
  const isReleased = ({ state, tag }: ImageStatus) => state === 'current' && tag === '1.1.0';
  await scene.untilImage('the release to be delivered', 'chart/values.yaml', isReleased);
  const explained = await scene.command('images', '--explain', 'chart/values.yaml');
  assert.match(explained.text, /1\.1\.0 +current/);
  assert.match(explained.text, /env\/flux\/policies\.yaml/);
  for (const name of Object.keys(WANTED))
    await scene.running.event(`the release in ${name}`, ({ type, file }) => type === 'released' && file === name);
  const { events } = scene.running;
  const released = events.filter(({ type }) => type === 'released').map(({ file }) => file);
  assert.deepEqual(new Set(released), new Set(Object.keys(WANTED)));
});

test('what people ask for is written there, too, and going back is kept', async () => {
  const { registry } = images;
  for (const name of ['helm', 'chart', 'kust', 'comp', 'left'])
    await registry.pushTags(name, ['1.0.0', '1.0.1', '1.1.0']);
  const files = layouts(registry.host);
  await using scene = await images.scene('asked', files, { 'git-path': 'env', 'automation-interval': '1s' });
  for (const file of Object.keys(WANTED)) await scene.untilFile(file, '1.1.0');

  const kustomization = 'env/overlays/prod/kustomization.yaml';
  const back = await scene.command('rollback', 'overlays/prod/kustomization.yaml', '--container', 'kust');
  assert.equal(back.code, 0, back.text);
  await untilText(scene, kustomization, files[kustomization] ?? '');
  await scene.untilImage(
    'the tag that was left to be held',
    'kustomization.yaml',
    ({ container, held, state }) => container === 'kust' && held.includes('1.1.0') && state === 'held',
  );
  const history = await scene.command('history', 'overlays/prod/kustomization.yaml');
  assert.match(history.text, /1\.1\.0 -> 1\.0\.0/);

  const pinned = await scene.command('pin', 'compose.yaml/cart', '--message', 'an audit');
  assert.equal(pinned.code, 0, pinned.text);
  const compose = await scene.untilFile('env/deploy/compose.yaml', '      locked: "true"\n');
  assert.match(compose, /\n {6}locked_msg: an audit\n/);
  await scene.untilImage('the pin', 'cart', ({ state }) => state === 'pinned');

  const refused = await scene.command('pin', 'chart/values.yaml', '--message', 'x');
  assert.notEqual(refused.code, 0);
  assert.match(refused.text, /file:env\/chart\/values\.yaml has no room for annotations/);
  const released = await scene.command('release', 'chart/values.yaml', '--tag', '1.0.1');
  assert.equal(released.code, 0, released.text);
  await scene.untilFile('env/chart/values.yaml', "tag: '1.0.1' #");
});

test('what cannot be followed is told at its line, and stops nothing else', async () => {
  const { registry } = images;
  await registry.pushTags('kust', ['1.0.0', '1.1.0']);
  const files = {
    'compose.yaml': `services:\n  cart:\n    image: ${registry.host}/kust:\${TAG:-1.0.0}\n    x-weaveflux: { automated: true }\n`,
    'bad/values.yaml': `image: ${registry.host}/kust:1.0.0 # {"$imagepolicy": "flux:gone"}\n`,
    'prod/kustomization.yaml': `metadata:\n  annotations: { weaveflux.dev/automated: "true", weaveflux.dev/tag.kust: numerical:(, weaveflux.dev/tag.other: semver:* }\nimages:\n- name: a/kust\n  newName: ${registry.host}/kust\n  newTag: "1.0.0"\n- name: a/number\n  newTag: 1.0\n`,
    'crd.yaml': CRD,
    'twice.yaml': `apiVersion: helm.fluxcd.io/v1\nkind: HelmRelease\nmetadata:\n  name: twice\n  annotations: { fluxcd.io/automated: "true" }\nspec:\n  values:\n    image: ${registry.host}/kust:1.0.0\n    tag: 1.0.0\n`,
    'good/kustomization.yaml': `metadata:\n  annotations: { weaveflux.dev/automated: "true", weaveflux.dev/tag.kust: semver:* }\nimages:\n- name: a/kust\n  newName: ${registry.host}/kust\n  newTag: "1.0.0"\n`,
  };
  await using scene = await images.scene('faults', files, { 'automation-interval': '1s' });
  await scene.untilFile('good/kustomization.yaml', 'newTag: "1.1.0"');
  const { sync } = await scene.running.until('all problems', ({ sync: { problems } }) => problems.length >= 6);
  const told = (file: string, line: number, says: RegExp): boolean =>
    sync.problems.some((problem) => problem.file === file && problem.line === line && says.test(problem.message));
  assert.ok(told('compose.yaml', 3, /put together by Compose from variables/), JSON.stringify(sync.problems));
  assert.ok(told('bad/values.yaml', 1, /the ImagePolicy flux:gone of this marker is not in the repository/));
  assert.ok(told('prod/kustomization.yaml', 8, /newTag is not a string but 1; put it in quotes/));
  assert.ok(told('prod/kustomization.yaml', 2, /numerical/), JSON.stringify(sync.problems));
  assert.ok(told('twice.yaml', 8, /has its tag or digest in the name and "1\.0\.0" in a field of its own/));
  for (const file of ['compose.yaml', 'bad/values.yaml', 'prod/kustomization.yaml', 'twice.yaml'] as const) {
    assert.equal(await scene.repository.read(file), files[file]);
  }
});

async function untilText({ repository, running }: ImageScene, file: string, wanted: string): Promise<void> {
  await waitFor({ what: `${file} to be as it is meant`, deadline: 45_000, interval: 200 }, async () => {
    const text = await repository.read(file);
    if (text === wanted) return true;
    throw new Error(`${text}\n${running.process.tail(5)}`);
  });
}
