import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Status } from '@weaveflux/shared';
import { startWorld, type World } from '../support/world.ts';
import { configMap, crd, documents, objectOf, problemAt, type Scene, startScene } from './delivery-support.ts';

let world: World;
before(async () => {
  world = await startWorld({});
});
after(() => world[Symbol.asyncDispose]());

const BROKEN = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: broken\n data: { a: b }\n';

/** Each is a file of the same commit, with where it is wrong and what is said about it. */
const BAD_FILES = [
  { file: 'yaml.yaml', text: BROKEN, line: 5, code: 'INVALID_YAML', says: /yaml\.yaml/ },
  {
    file: 'json.json',
    text: '{\n  "apiVersion": "v1",\n  "kind": "ConfigMap"\n  "metadata": {}\n}\n',
    line: 4,
    code: 'INVALID_YAML',
    says: /json\.json/,
  },
  {
    file: 'refused.yaml',
    text: `# two\n# lines\n${configMap('refused').replace('"b"', '3')}`,
    line: 3,
    code: 'REJECTED',
    says: /data\.a.*expected string/,
  },
  {
    file: 'twice.yaml',
    text: `${configMap('good')}`,
    line: 1,
    code: 'DUPLICATE_OBJECT',
    says: /stated twice, in good\.yaml:1 and in twice\.yaml:1/,
  },
  {
    file: 'generated.yaml',
    text: 'apiVersion: v1\nkind: ConfigMap\nmetadata: { generateName: gen- }\n',
    line: 1,
    code: 'INVALID_MANIFEST',
    says: /generateName/,
  },
  {
    file: 'nameless.yaml',
    text: `${configMap('beside-the-nameless')}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {}\n`,
    line: 6,
    code: 'INVALID_MANIFEST',
    says: /metadata\.name/,
  },
  {
    file: 'unknown.yaml',
    text: 'apiVersion: nowhere.example.com/v1\nkind: Thing\nmetadata: { name: x }\n',
    line: 1,
    code: 'UNKNOWN_KIND',
    says: /Thing of nowhere\.example\.com\/v1/,
  },
] as const;

test('every error is named with file and line and fails the revision, while the rest is applied', async () => {
  await using scene = await startScene(world, 'bad-files', { 'good.yaml': configMap('good') });
  const { agent } = scene;
  const good = await scene.repository.head();
  await agent.healthy(good);
  const bad = await scene.push({
    ...Object.fromEntries(BAD_FILES.map(({ file, text }) => [file, text])),
    'good.yaml': configMap('good', { a: 'new' }),
    'more.yaml': configMap('more'),
  });
  const status = await scene.delivered(bad);
  for (const { file, line, code, says } of BAD_FILES) {
    const problem = problemAt(status, file);
    assert.deepEqual([problem.line, problem.code, problem.severity], [line, code, 'error'], file);
    assert.match(problem.message, says);
  }
  assert.equal(status.sync.problems.length, BAD_FILES.length);
  assert.equal(status.sync.state, 'failed');
  assert.equal(status.sync.appliedRevision, good, 'a revision in error never counts as applied');
  assert.equal(status.sync.healthyRevision, good);
  for (const name of ['more', 'beside-the-nameless'])
    assert.ok(await world.cluster.find(scene.path(`configmaps/${name}`)));
  assert.equal((await world.cluster.get(scene.path('configmaps/good'))).data.a, 'new');

  const failed = await agent.event('the failure', ({ type }) => type === 'sync-failed');
  assert.match(failed.message, /failed with 7 errors/);
  assert.ok(
    BAD_FILES.some(({ file, line }) => file === failed.file && line === failed.line),
    `${failed.file}`,
  );
  const refused = await agent.event('the refusal', ({ type }) => type === 'object-failed');
  assert.deepEqual([refused.file, refused.line, refused.revision], ['refused.yaml', 3, bad]);

  const mended = await agent.healthy(await scene.push({}, ...BAD_FILES.map(({ file }) => file)));
  assert.deepEqual(mended.sync.problems, []);
});

test('what was stated by a file that is broken now is not pruned', async () => {
  await using scene = await startScene(world, 'broken-later', {
    'a.yaml': configMap('a'),
    'b.yaml': configMap('b'),
  });
  await scene.agent.healthy(await scene.repository.head());
  const status = await scene.delivered(await scene.push({ 'a.yaml': BROKEN }, 'b.yaml'));
  assert.ok(await world.cluster.find(scene.path('configmaps/a')));
  assert.ok(
    await world.cluster.find(scene.path('configmaps/b')),
    'nor anything else: it may have moved into that file',
  );
  assert.match(status.prune?.reason ?? '', /a\.yaml/);
  await scene.agent.healthy(await scene.push({ 'a.yaml': configMap('a') }));
  assert.equal(await world.cluster.find(scene.path('configmaps/b')), undefined);
});

test('an unknown kind is named, and applied once its CRD arrives from elsewhere', async () => {
  const gizmo = { apiVersion: 'late.example.com/v1', kind: 'Gizmo', metadata: { name: 'g' }, spec: { size: 1 } };
  await using scene = await startScene(world, 'late-kind', {
    'gizmo.yaml': documents(gizmo),
    'fine.yaml': configMap('fine'),
  });
  const revision = await scene.repository.head();
  const status = await scene.delivered(revision);
  const problem = problemAt(status, 'gizmo.yaml');
  assert.deepEqual([problem.code, problem.line, status.sync.state], ['UNKNOWN_KIND', 2, 'failed']);
  assert.match(problem.message, /Gizmo of late\.example\.com\/v1/);
  assert.ok(await world.cluster.find(scene.path('configmaps/fine')));
  await world.cluster.apply(crd('late.example.com', 'Gizmo'));
  const after = await scene.agent.until('the retry', ({ sync }) => sync.appliedRevision === revision, 45_000);
  assert.equal(objectOf(after, 'gizmo/g').action, 'created');
  assert.deepEqual(after.sync.problems, []);
});

test('what is no manifest is passed over and counted', async () => {
  await using scene = await startScene(world, 'no-manifests', {
    'fine.yaml': configMap('fine'),
    'package.json': '{ "name": "shop", "version": "1.0.0", "kind": "module" }',
    'dashboards/shop.json': '{ "title": "Shop", "panels": [], "schemaVersion": 39 }',
    'values.yaml': 'replicas: 3\nimage: { tag: "1" }\n',
    'chart/Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 1.0.0\nkind: application\n',
    'chart/templates/broken.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {{ include "x" . }}\n',
    '.github/workflows/ci.yaml': configMap('hidden'),
    'README.md': '# Shop\n',
  });
  const status = await scene.agent.healthy(await scene.repository.head());
  assert.deepEqual(names(status), ['no-manifests:configmap/fine']);
  assert.deepEqual(status.sync.problems, []);
  // package.json, the dashboard, the values; the chart's folder; the hidden folder.
  assert.equal(status.sync.ignored, 5);

  await scene.person.git([
    'update-index',
    '--add',
    '--cacheinfo',
    '120000',
    await blobOf(scene, 'fine.yaml'),
    'link.yaml',
  ]);
  await scene.person.git(['commit', '--quiet', '--message=A link']);
  await scene.person.git(['push', '--quiet', 'origin', 'HEAD:main']);
  const linked = await scene.agent.healthy(await scene.person.head());
  assert.equal(linked.sync.ignored, 6, 'a symlink');
});

test('a folder with a kustomization is neither applied nor pruned, and says so', async () => {
  const files = { 'plain/a.yaml': configMap('a'), 'kustom/b.yaml': configMap('b') };
  await using scene = await startScene(world, 'kustomized', files);
  await scene.agent.healthy(await scene.repository.head());
  const status = await scene.agent.healthy(
    await scene.push({
      'kustom/kustomization.yaml': 'resources: [b.yaml]\n',
      'kustom/b.yaml': configMap('b', { a: 'c' }),
    }),
  );
  const problem = problemAt(status, 'kustom/kustomization.yaml');
  assert.deepEqual([problem.severity, problem.code], ['warning', 'NOT_SUPPORTED']);
  assert.match(problem.message, /not rendered yet/);
  const live = await world.cluster.get(scene.path('configmaps/b'));
  assert.equal(live.data.a, 'b', 'neither applied nor pruned');
});

test('.weaveflux.yaml takes files out, and a bad one leaves the one before in force', async () => {
  const files = { 'fine.yaml': configMap('fine'), 'drafts/draft.yaml': configMap('draft') };
  await using scene = await startScene(world, 'settings', {
    ...files,
    '.weaveflux.yaml': 'ignore: [drafts/**]\n',
  });
  const first = await scene.repository.head();
  const status = await scene.agent.healthy(first);
  assert.deepEqual(names(status), ['settings:configmap/fine']);

  const bad = await scene.delivered(
    await scene.push({ '.weaveflux.yaml': 'ignore: 3\n', 'more.yaml': configMap('more') }),
  );
  assert.deepEqual(names(bad), ['settings:configmap/fine', 'settings:configmap/more']);
  const problem = problemAt(bad, '.weaveflux.yaml');
  assert.equal(problem.code, 'INVALID_SETTINGS');
  assert.match(problem.message, /"ignore".*previous settings stay in force/);
  assert.equal(bad.sync.state, 'failed');

  const none = await scene.agent.healthy(await scene.push({}, '.weaveflux.yaml'));
  assert.equal(objectOf(none, 'configmap/draft').action, 'created');
});

function names(status: Status): string[] {
  return status.objects.map(({ name }) => name);
}

async function blobOf(scene: Scene, path: string): Promise<string> {
  return (await scene.person.git(['rev-parse', `HEAD:${path}`])).trim();
}
