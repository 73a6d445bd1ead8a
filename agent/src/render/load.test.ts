import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { displayName, WeavefluxError } from '@weaveflux/shared';
import { type OpenRepository, openRepository } from '../git/open.ts';
import type { Repository } from '../git/repository.ts';
import { RenderCache } from './cache.ts';
import { createLoader, type Loaded, loadRevision } from './load.ts';

const never = new AbortController().signal;
let base: string;
let work: string;
let repository: OpenRepository;

function git(...args: string[]): string {
  const person = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', '-c', 'commit.gpgSign=false'];
  return execFileSync('git', ['-C', work, ...person, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();
}

/** Commits files (`undefined` removes one) and fetches; gives the revision. */
async function commit(files: Record<string, string | Buffer | undefined>): Promise<string> {
  for (const [path, text] of Object.entries(files)) {
    const file = join(work, path);
    mkdirSync(dirname(file), { recursive: true });
    if (text === undefined) rmSync(file);
    else writeFileSync(file, text);
  }
  git('add', '-A');
  git('commit', '-q', '--allow-empty', '-m', 'change');
  return (await repository.look(never)).revision;
}

function load(revision: string, paths: readonly string[] = [], from: Repository = repository): Promise<Loaded> {
  return loadRevision({ repository: from, revision, paths, cache: new RenderCache(), signal: never });
}

function names(loaded: Pick<Loaded, 'manifests'>): string[] {
  return loaded.manifests.map(({ id }) => displayName(id));
}

function map(name: string, data = '{}'): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: ns}\ndata: ${data}\n`;
}

beforeEach(async () => {
  base = mkdtempSync(join(tmpdir(), 'weaveflux-render-'));
  work = join(base, 'work');
  execFileSync('git', ['init', '-q', '-b', 'main', work]);
  repository = await openRepository({
    url: `file://${work}/.git`,
    dataDir: join(base, 'data'),
    timeout: 20_000,
    user: 'w',
    email: 'w@example.com',
    setAuthor: false,
    readonly: false,
    secretFolder: join(base, 'secret'),
    secretKey: 'identity',
  });
});

afterEach(async () => {
  await repository.close();
  rmSync(base, { recursive: true, force: true });
});

describe('loadRevision', () => {
  it('takes manifests of every spelling and counts the rest', async () => {
    mkdirSync(join(work, 'a'), { recursive: true });
    symlinkSync('/etc/passwd', join(work, 'a', 'link.yaml'));
    const revision = await commit({
      'a/one.yaml': `${map('one')}---\n${map('two')}`,
      'a/three.yml': map('three'),
      'a/four.json': JSON.stringify({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'four', namespace: 'ns' },
      }),
      'package.json': '{"name": "x"}',
      'README.md': '# apiVersion: v1',
      '.github/workflows/ci.yaml': map('hidden'),
      'charts/x/Chart.yaml': 'name: x',
      'charts/x/templates/a.yaml': '{{ if .Values.x }}',
      'charts/x/values.yaml': map('chart'),
    });
    const loaded = await load(revision);
    assert.deepEqual(names(loaded), [
      'ns:configmap/four',
      'ns:configmap/one',
      'ns:configmap/two',
      'ns:configmap/three',
    ]);
    assert.deepEqual(loaded.problems, []);
    assert.deepEqual(loaded.ignoredBy, { hidden: 1, chart: 1, glob: 0, link: 1, document: 1 });
    assert.equal(loaded.ignored, 4);
    assert.equal(await loaded.text('a/three.yml', never), map('three'));
    assert.equal(await loaded.text('a/link.yaml', never), undefined);
  });

  it('reads below the paths only, also a hidden one that is named', async () => {
    const revision = await commit({
      'a/x.yaml': map('a'),
      'b/x.yaml': map('b'),
      '.deploy/x.yaml': map('d'),
      'b.yaml': map('no'),
    });
    assert.deepEqual(names(await load(revision, ['./b/'])), ['ns:configmap/b']);
    assert.deepEqual(names(await load(revision, ['.deploy', 'a'])), ['ns:configmap/d', 'ns:configmap/a']);
  });

  it('goes on beside broken files, and names them', async () => {
    const revision = await commit({
      'bad.yaml': 'a: [\n',
      'bytes.yaml': Buffer.from([0x61, 0xff]),
      'nameless.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {}\n',
      'good.yaml': map('good'),
    });
    const loaded = await load(revision);
    assert.deepEqual(names(loaded), ['ns:configmap/good']);
    assert.deepEqual(loaded.brokenFiles, ['bad.yaml', 'bytes.yaml', 'nameless.yaml']);
    assert.deepEqual(
      loaded.problems.map(({ file, code }) => [file, code]),
      [
        ['bad.yaml', 'INVALID_YAML'],
        ['bytes.yaml', 'UNREADABLE_FILE'],
        ['nameless.yaml', 'INVALID_MANIFEST'],
      ],
    );
  });

  it('tells a path that is missing, and delivers the others', async () => {
    const revision = await commit({ 'a/x.yaml': map('a') });
    const loaded = await load(revision, ['a', 'gone']);
    assert.deepEqual(names(loaded), ['ns:configmap/a']);
    assert.deepEqual(loaded.brokenFiles, ['gone']);
    assert.match(loaded.problems[0]?.message ?? '', /"gone"/);
    const empty = await load(revision, ['gone']);
    assert.deepEqual([empty.manifests.length, empty.brokenFiles.length, empty.problems.length], [0, 0, 1]);
  });

  it('withholds what must be rendered, with what was applied from there before', async () => {
    await commit({ 'apps/web.yaml': map('web'), 'apps/old.yaml': map('old'), 'plain/x.yaml': map('plain') });
    const revision = await commit({
      'apps/old.yaml': undefined,
      'apps/kustomization.yaml': 'resources: [web.yaml]',
      'apps/sub/patch.yaml': map('patch'),
    });
    const loaded = await load(revision);
    assert.deepEqual(names(loaded), ['ns:configmap/plain']);
    const withheld = loaded.withheld.map(({ id }) => id.name).sort();
    assert.deepEqual(withheld, ['old', 'patch', 'web']);
    assert.deepEqual(loaded.withheldFolders, ['apps']);
    assert.deepEqual(
      loaded.problems.map(({ severity, code, file }) => [severity, code, file]),
      [['warning', 'NOT_SUPPORTED', 'apps/kustomization.yaml']],
    );
  });

  it('finds where images are written in what is not applied, and nowhere else', async () => {
    const marked = 'image: r.io/a:1 # {"$imagepolicy": "flux:a"}\n';
    const images = 'images: [{name: r.io/a, newTag: "1"}]\n';
    const revision = await commit({
      '.weaveflux.yaml': 'ignore: [charts/old/**, skipped/**]\n',
      'env/values.yaml': `${marked}---\n${map('applied')}data2: {x: 1}\n`,
      'env/prod/kustomization.yaml': images,
      'env/prod/patch.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: p}\ndata:\n  ${marked}`,
      'env/charts/web/Chart.yaml': 'name: web\n',
      'env/charts/web/values.yaml': marked,
      'env/charts/web/plain.yaml': 'image: r.io/a:1\n',
      'env/charts/web/templates/web.yaml': 'a: {{ .Values.image }}\n',
      'env/charts/web/templates/marked.yaml': `a: {{ .Values.a }}\n${marked}`,
      'env/charts/web/values.json': '{"image": "r.io/a:1"}',
      'env/.hidden/values.yaml': marked,
      'env/skipped/values.yaml': marked,
      'env/skipped/kustomization.yaml': images,
      'other/values.yaml': marked,
    });
    mkdirSync(join(work, 'env', 'links'), { recursive: true });
    symlinkSync('../../other/values.yaml', join(work, 'env', 'links', 'values.yaml'));
    const linked = await commit({ '.weaveflux.yaml': 'ignore: [env/skipped/**]\n' });
    assert.notEqual(linked, revision);
    const loaded = await load(linked, ['env']);
    const expected = [
      'file:env/charts/web/values.yaml',
      'file:env/prod/patch.yaml',
      'file:env/values.yaml',
      'kustomization:env/prod/kustomization.yaml',
    ];
    assert.deepEqual(loaded.places.map(({ id }) => displayName(id)).sort(), expected);
    assert.deepEqual(names(loaded), ['ns:configmap/applied']);
    assert.deepEqual(loaded.brokenFiles, []);
    const texts = await loaded.texts(
      ['env/charts/web/values.yaml', 'other/values.yaml', 'env/links/values.yaml'],
      never,
    );
    assert.deepEqual([...texts.keys()], ['env/charts/web/values.yaml']);
    const told = loaded.problems.filter(({ file }) => file !== 'env/prod/kustomization.yaml');
    assert.deepEqual(
      told.map(({ severity, file, line }) => [severity, file, line]),
      [['warning', 'env/charts/web/templates/marked.yaml', 1]],
    );
    assert.match(told[0]?.message ?? '', /template expression.*; images in it are not followed\.$/);
  });

  it('takes a file for what its folder now makes of it', async () => {
    const file = { 'a/web.yaml': `${map('web')}image: r.io/a:1 # {"$imagepolicy": "flux:a"}\n` };
    const cache = new RenderCache();
    const seen = async (files: Record<string, string | undefined>) => {
      const revision = await commit(files);
      const loaded = await loadRevision({ repository, revision, paths: [], cache, signal: never });
      return [names(loaded), loaded.places.map(({ id }) => displayName(id)), [...loaded.markers.keys()]];
    };
    const applied = [['ns:configmap/web'], [], ['a/web.yaml']];
    const unapplied = [[], ['file:a/web.yaml'], ['a/web.yaml']];
    assert.deepEqual(await seen(file), applied);
    assert.deepEqual(await seen({ 'a/Chart.yaml': 'name: web\n' }), unapplied);
    assert.deepEqual(await seen({ 'a/Chart.yaml': undefined, 'a/kustomization.yaml': 'resources: []\n' }), unapplied);
    assert.deepEqual(await seen({ 'a/kustomization.yaml': undefined }), applied);
  });

  it('withholds what a .flux.yaml above the path governs', async () => {
    const revision = await commit({ '.flux.yaml': 'version: 1', 'env/prod/x.yaml': map('x') });
    const loaded = await load(revision, ['env/prod']);
    assert.deepEqual([names(loaded), loaded.withheld.map(({ id }) => id.name)], [[], ['x']]);
    assert.equal(loaded.problems.length, 1);
  });

  it('parses again only what changed', async () => {
    const first = await commit({ 'a.yaml': map('a'), 'b.yaml': map('b') });
    const asked: string[][] = [];
    const watched = Object.create(repository, {
      read: { value: (blobs: string[], signal: AbortSignal) => asked.push(blobs) && repository.read(blobs, signal) },
      files: { value: repository.files.bind(repository) },
      links: { value: repository.links?.bind(repository) },
    }) as Repository;
    const cache = new RenderCache();
    const request = { repository: watched, paths: [], cache, signal: never };
    await loadRevision({ ...request, revision: first });
    const second = await commit({ 'b.yaml': map('b', '{k: w}') });
    const loaded = await loadRevision({ ...request, revision: second });
    assert.deepEqual(
      asked.map((blobs) => blobs.length),
      [2, 1],
    );
    assert.deepEqual(names(loaded), ['ns:configmap/a', 'ns:configmap/b']);
    assert.deepEqual(loaded.manifests[1]?.value.data, { k: 'w' });
  });

  it('reads the same content under another path as that path', async () => {
    const revision = await commit({ 'a.yaml': map('a'), 'b.yaml': map('a') });
    assert.deepEqual(
      (await load(revision)).manifests.map(({ file }) => file),
      ['a.yaml', 'b.yaml'],
    );
  });

  it('rejects where the revision is not there', async () => {
    await commit({ 'a.yaml': map('a') });
    await assert.rejects(
      load('0'.repeat(40)),
      (error) => error instanceof WeavefluxError && error.code === 'GIT_FAILED',
    );
  });
});

describe('.weaveflux.yaml', () => {
  it('passes over its globs, also beside the paths', async () => {
    const revision = await commit({
      '.weaveflux.yaml': 'ignore: ["*.bad.yaml", apps/tests]',
      'apps/a.yaml': map('a'),
      'apps/tests/b.yaml': map('b'),
      'apps/x.bad.yaml': 'a: [',
    });
    const loaded = await load(revision, ['apps']);
    assert.deepEqual([names(loaded), loaded.problems, loaded.ignoredBy.glob], [['ns:configmap/a'], [], 2]);
  });

  it('that is bad leaves the previous one in force and is told', async () => {
    await commit({
      '.weaveflux.yaml': 'ignore: [b.yaml]\npruneLimit: {objects: 7}',
      'a.yaml': map('a'),
      'b.yaml': map('b'),
    });
    await commit({ '.weaveflux.yaml': 'ignore: 5' });
    const revision = await commit({ '.weaveflux.yaml': 'ignore: [' });
    const loaded = await load(revision);
    assert.deepEqual(names(loaded), ['ns:configmap/a']);
    assert.deepEqual(loaded.settings.pruneLimit, { objects: 7, percent: 20 });
    assert.deepEqual(
      loaded.problems.map(({ code, file }) => [code, file]),
      [['INVALID_SETTINGS', '.weaveflux.yaml']],
    );
  });

  it('warns of a key that it does not know', async () => {
    const loaded = await load(await commit({ '.weaveflux.yaml': 'ingore: [a]', 'a.yaml': map('a') }));
    assert.deepEqual(
      loaded.problems.map(({ severity, code }) => [severity, code]),
      [['warning', 'UNKNOWN_KEY']],
    );
  });

  it('has keys read from just the files that it names, and nothing stops where one cannot be', async () => {
    const keys = ['keys/cosign.pub', 'keys', '.', '"MFkw\\nEwYH=="', 'none.pub', 'large.pub'];
    const entries = keys.map((key) => `    - images: ["ghcr.io/you/*"]\n      key: ${key}\n`);
    const revision = await commit({
      '.weaveflux.yaml': `images:\n  verify:\n${entries.join('')}`,
      'deploy/a.yaml': map('a'),
      'keys/cosign.pub': 'key',
      'keys/other.pub': 'other',
      'large.pub': 'x'.repeat(65 * 1024),
    });
    const loaded = await load(revision, ['deploy']);
    assert.deepEqual(names(loaded), ['ns:configmap/a']);
    assert.deepEqual([...loaded.keyFiles].sort(), [
      ['keys/cosign.pub', 'key'],
      ['large.pub', undefined],
    ]);
  });

  it('raises the prune limit for the next revision only', async () => {
    const loader = createLoader(repository, []);
    const limit = async (revision: string) => (await loader.load(revision, never)).settings.pruneLimit.objects;
    assert.equal(await limit(await commit({ 'a.yaml': map('a') })), 5);
    const raising = await commit({ '.weaveflux.yaml': 'pruneLimit: {objects: 100}' });
    assert.deepEqual([await limit(raising), await limit(raising)], [5, 5]);
    assert.equal(await limit(await commit({ 'a.yaml': map('b') })), 100);
  });
});
