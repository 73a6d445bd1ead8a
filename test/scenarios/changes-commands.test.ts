import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type ImageScene, type ImageWorld, startImageWorld, workload } from './images-support.ts';

let images: ImageWorld;
let scene: ImageScene;
const FILE = 'web.yaml';
let text: string;

before(async () => {
  images = await startImageWorld();
  const { registry } = images;
  await registry.pushTags('web', ['1.0.0', '1.1.0', '1.2.0']);
  text = workload('web', { containers: { app: `${registry.host}/web:1.0.0` } });
  scene = await images.scene(
    'shop',
    { [FILE]: text, 'other.yaml': text.replaceAll('web', 'other') },
    {
      'git-ci-skip': 'true',
      'git-set-author': 'true',
    },
  );
  await scene.untilImage('the image to be known', 'web', ({ tag }) => tag === '1.0.0');
});
after(() => images[Symbol.asyncDispose]());

test('release writes one tag, says who asked and why, and refuses one that the registry has not', async () => {
  await succeeds('release', 'web', '--tag', '1.1.0', '-m', 'the fix for the checkout');
  assert.equal(await read(), text.replace('/web:1.0.0', '/web:1.1.0'));
  const [commit] = await log();
  assert.equal(commit?.author, 'Ann');
  assert.equal(commit?.subject, 'Release web:1.1.0');
  const { host } = images.registry;
  assert.equal(
    commit?.body,
    `the fix for the checkout\n\n[ci skip]\n\nWeaveflux-Change: shop:deployment/web app ${host}/web 1.0.0 -> 1.1.0\nWeaveflux-Requested-By: Ann <ann@x.io>`,
  );
  const told = await scene.running.event('the release', ({ type }) => type === 'released');
  assert.deepEqual([told.object, told.message.endsWith('Asked for by Ann.')], ['apps/Deployment/shop/web', true]);
  await refused(/has no such tag/, 'release', 'web', '--tag', '9.9.9');
  await refused(/begins with "Weaveflux-"/, 'release', 'web', '--tag', '1.2.0', '-m', 'x\nWeaveflux-Rollback: true');
  await refused(/No workload .* called "wob"/, 'release', 'wob', '--tag', '1.2.0');
  assert.equal((await log()).length, 2);
});

test('release without a tag takes what the policy chooses, also where nothing is automated', async () => {
  await succeeds('policy', 'web', 'app', 'semver:~1.1.0');
  await refused(/policy/i, 'policy', 'web', 'app', 'semver:>>1');
  await succeeds('release', 'web', '--tag', '1.0.0');
  await succeeds('release', 'web');
  assert.match(await read(), /\/web:1\.1\.0 /);
  await succeeds('policy', 'web', 'app', '--remove');
  assert.equal(await read(), text.replace('/web:1.0.0', '/web:1.1.0'), 'the annotation is gone, with what held it');
});

test('a pin keeps a tag against policy and people until it is taken off', async () => {
  await succeeds('pin', 'web', '--message', 'until the audit is over');
  await refused(/pinned by Ann .*until the audit is over/, 'release', 'web', '--tag', '1.2.0');
  await succeeds('policy', 'web', 'app', 'semver:~1');
  await succeeds('automate', 'web');
  const pinned = await scene.untilImage('the pin to be seen', 'web', ({ state }) => state === 'pinned');
  assert.equal(pinned.pin?.message, 'until the audit is over');
  assert.match(pinned.pin?.user ?? '', /Ann/);
  await succeeds('unpin', 'web');
  await scene.untilFile(FILE, '/web:1.2.0 ');
  assert.doesNotMatch(await read(), /locked/);
});

test('a rollback goes to the previous tag and holds the one left; release ends that', async () => {
  await succeeds('rollback', 'web', '-m', '1.2.0 loses orders');
  assert.match(await read(), /\/web:1\.1\.0 /);
  assert.match((await log())[0]?.body ?? '', /\nWeaveflux-Rollback: true$/);
  const held = await scene.untilImage('the hold', 'web', ({ state }) => state === 'held');
  assert.deepEqual(held.held, ['1.2.0']);
  const why = await succeeds('why', 'web');
  assert.match(why, /1\.2\.0 is held because a person went back from it/);
  await scene.untilImage('a scan more', 'web', ({ scannedAt }) => scannedAt !== held.scannedAt);
  assert.match(await read(), /\/web:1\.1\.0 /);
  await succeeds('release', 'web', '--tag', '1.2.0');
  await scene.untilImage('no hold', 'web', ({ held: tags }) => tags.length === 0);
  assert.match(await read(), /\/web:1\.2\.0 /);
});

test('deautomate leaves releases to people, and history tells all of it', async () => {
  await succeeds('deautomate', 'web');
  await images.registry.pushImage('web', { tag: '1.3.0' });
  await scene.untilImage('it not to be automated', 'web', ({ automated }) => !automated);
  assert.match(await succeeds('why', 'web'), /not automated/);
  await succeeds('automate', 'web');
  await scene.untilFile(FILE, '/web:1.3.0 ');
  const head = await scene.repository.head();
  await scene.running.until('the release to be delivered', ({ sync }) => sync.revision === head);
  const entries = JSON.parse(await succeeds('history', 'web', '-o', 'json')) as { from: string; to: string }[];
  assert.deepEqual(entries.map(({ from, to }) => `${from}>${to}`).reverse(), [
    '1.0.0>1.1.0',
    '1.1.0>1.0.0',
    '1.0.0>1.1.0',
    '1.1.0>1.2.0',
    '1.2.0>1.1.0',
    '1.1.0>1.2.0',
    '1.2.0>1.3.0',
  ]);
  const table = await succeeds('history', 'web');
  assert.match(table, /1\.2\.0 -> 1\.3\.0\s+semver:~1/);
  assert.match(table, /1\.2\.0 -> 1\.1\.0\s+Ann/);
  assert.equal(await scene.repository.read('other.yaml'), text.replaceAll('web', 'other'));
});

async function succeeds(...args: string[]): Promise<string> {
  const { code, text: shown } = await scene.command(...args);
  assert.equal(code, 0, `weaveflux ${args.join(' ')}: ${shown}`);
  return shown;
}

async function refused(why: RegExp, ...args: string[]): Promise<void> {
  const head = await scene.repository.head();
  const { code, text: shown } = await scene.command(...args);
  assert.notEqual(code, 0, `weaveflux ${args.join(' ')}: ${shown}`);
  assert.match(shown.replaceAll(/\s+/g, ' '), why);
  assert.equal(await scene.repository.head(), head);
}

function read(): Promise<string> {
  return scene.repository.read(FILE);
}

async function log() {
  await scene.person.pull();
  return scene.person.log();
}
