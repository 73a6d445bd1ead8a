import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { waitFor } from '../rig/index.ts';
import { type ImageScene, type ImageWorld, policies, startImageWorld, workload } from './images-support.ts';

/** Where no registry answers. */
const NOWHERE = '127.0.0.1:9/team/away:1.0.0';

let images: ImageWorld;
let scene: ImageScene;

before(async () => {
  images = await startImageWorld();
  const { registry } = images;
  await Promise.all([
    ...['plain', 'pinned', 'followed', 'later'].map((name) => push(name, '1.0.0', '1.1.0')),
    push('nightly', 'main-1', 'main-2'),
  ]);
  scene = await images.scene('unautomated', {
    'plain.yaml': workload('plain', { containers: { app: `${registry.host}/team/plain:1.0.0` } }),
    'pinned.yaml': workload('pinned', {
      annotations: { ...policies({ app: 'semver:~1' }), 'weaveflux.dev/locked': 'true' },
      containers: { app: `${registry.host}/team/pinned:1.0.0` },
    }),
    'nightly.yaml': workload('nightly', {
      annotations: { 'weaveflux.dev/tag.app': 'glob:main-*' },
      containers: { app: `${registry.host}/team/nightly:main-1` },
    }),
    'away.yaml': workload('away', { containers: { app: NOWHERE } }),
    'followed.yaml': workload('followed', {
      annotations: policies({ app: 'semver:~1' }),
      containers: { app: `${registry.host}/team/followed:1.0.0` },
    }),
  });
});
after(() => images[Symbol.asyncDispose]());

test('what is newer is shown of images that nothing automates, and told once', async () => {
  const plain = await scene.untilImage('a newer tag', 'plain', ({ chosen }) => chosen?.tag === '1.1.0');
  assert.equal(plain.state, 'not-automated');
  assert.match(plain.reason, /1\.1\.0 is newer/);
  assert.deepEqual(named(plain), ['1.1.0', '1.0.0']);
  const pinned = await scene.untilImage('a newer tag', 'pinned', ({ chosen }) => chosen?.tag === '1.1.0');
  assert.deepEqual([pinned.state, ...named(pinned)], ['pinned', '1.1.0', '1.0.0']);
  const told = await scene.running.event(
    'the newer tag to be told',
    ({ type, object }) => type === 'image-found' && object === plain.object,
  );
  assert.equal(told.severity, 'info');
});

test('where only created times could tell what is newest tags are shown, and none is chosen', async () => {
  const nightly = await scene.untilImage('its tags', 'nightly', ({ available }) => available.length > 0);
  assert.deepEqual([nightly.chosen, ...named(nightly)], [undefined, 'main-2', 'main-1']);
});

test('a registry that does not answer is told beside the image, and is no problem of the environment', async () => {
  const away = await scene.untilImage('why there are no tags', 'away', ({ problem }) => problem !== undefined);
  assert.deepEqual([away.problem?.code, away.state, ...named(away)], ['REGISTRY_UNREACHABLE', 'not-automated']);
  assert.deepEqual((await scene.running.api.status()).sync.problems, []);
  const events = await scene.running.api.recentEvents(AbortSignal.timeout(10_000));
  assert.deepEqual(
    events.filter(({ type, severity }) => type === 'registry-failed' || severity === 'error'),
    [],
  );
});

test('while a policy is followed each second, other repositories are asked once, for their list only', async () => {
  await scene.untilFile('followed.yaml', ':1.1.0 ');
  for (let scans = 0; scans < 3; scans += 1) await anotherScan();
  const { registry } = images;
  await push('plain', '1.2.0');
  await anotherScan();
  await anotherScan();
  for (const name of ['plain', 'pinned', 'nightly']) assert.deepEqual(asked(name), ['tags/list'], name);
  assert.ok(asked('followed').length >= 5);
  await scene.push({
    'later.yaml': workload('later', { containers: { app: `${registry.host}/team/later:1.0.0` } }),
  });
  await scene.untilImage('one that is new in the revision', 'later', ({ chosen }) => chosen?.tag === '1.1.0');
  assert.deepEqual([asked('later'), asked('plain')], [['tags/list'], ['tags/list']]);
  assert.equal((await scene.image('plain')).chosen?.tag, '1.1.0');
});

test('the interval says when they are asked again, and 0s that they never are', async () => {
  await scene.restart({ 'unautomated-scan-interval': '1s' });
  await scene.untilImage('the tag that came since', 'plain', ({ chosen }) => chosen?.tag === '1.2.0');
  await push('plain', '1.3.0');
  await scene.untilImage('the next one', 'plain', ({ chosen }) => chosen?.tag === '1.3.0');
  await scene.restart({ 'unautomated-scan-interval': '0s' });
  await scene.untilImage('to be decided', 'plain', ({ chosen }) => chosen?.tag === '1.3.0');
  images.registry.requests.length = 0;
  await anotherScan();
  await anotherScan();
  assert.deepEqual(asked('plain'), []);
});

test('what was listed while a slow registry was waited for is shown from then on', async () => {
  await scene.restart({ 'unautomated-scan-interval': '1s' });
  await scene.untilImage('to be decided', 'followed', ({ scannedAt }) => scannedAt !== undefined);
  using _slow = images.registry.fault({ match: /team\/followed\/tags/, delay: 3000 });
  using _late = images.registry.fault({ match: /team\/plain\/tags/, delay: 1500 });
  await push('plain', '1.4.0');
  await scene.untilImage('the newest tag', 'plain', ({ chosen }) => chosen?.tag === '1.4.0');
  const { scannedAt } = await scene.image('followed');
  const shown = new Set<string | undefined>();
  await waitFor({ what: 'the next scan', deadline: 60_000, interval: 50 }, async () => {
    shown.add((await scene.image('plain')).chosen?.tag);
    return (await scene.image('followed')).scannedAt !== scannedAt;
  });
  assert.deepEqual([...shown, (await scene.image('plain')).chosen?.tag], ['1.4.0', '1.4.0']);
});

test('a person who chooses is told age and digest of each tag, which is read then and once', async () => {
  const { repository } = await scene.untilImage('its tags', 'nightly', ({ available }) => available.length > 0);
  // The list itself is asked for all the time.
  const read = () => asked('nightly').filter((what) => what !== 'tags/list').length;
  const before = read();
  const tags = await scene.running.api.tags(repository, 20);
  assert.deepEqual(
    tags.map(({ tag, created, digest }) => [tag, created !== undefined, digest?.startsWith('sha256:')]),
    [
      ['main-2', true, true],
      ['main-1', true, true],
    ],
  );
  const after = read();
  assert.ok(after > before);
  assert.deepEqual(await scene.running.api.tags(repository, 20), tags);
  assert.equal(read(), after);
  await assert.rejects(scene.running.api.tags('ghcr.io/no/body', 20), /No image of ghcr\.io\/no\/body is known/);
});

function named({ available }: { readonly available: readonly { readonly tag: string }[] }): string[] {
  return available.map(({ tag }) => tag);
}

/** What was asked of an image repository. */
function asked(name: string): string[] {
  const start = `/v2/team/${name}/`;
  return images.registry.requests
    .filter(({ path }) => path.startsWith(start))
    .map(({ path }) => (path.split('?')[0] ?? '').slice(start.length));
}

async function anotherScan(): Promise<void> {
  const { scannedAt } = await scene.image('followed');
  await scene.untilImage('another scan', 'followed', (image) => image.scannedAt !== scannedAt);
}

async function push(name: string, ...tags: readonly string[]): Promise<void> {
  await images.registry.pushTags(
    `team/${name}`,
    tags.map((tag, index) => ({ tag, created: new Date(Date.UTC(2026, 0, 1, index)).toISOString() })),
  );
}
