import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type ImageWorld, policies, startImageWorld, workload } from './images-support.ts';

let images: ImageWorld;
let host: string;
before(async () => {
  images = await startImageWorld();
  host = images.registry.host;
});
after(() => images[Symbol.asyncDispose]());

test('a revert by a person is kept: the tag left is held, and a newer one ends that', async () => {
  await push('web', ['1.0.0', '1.1.0']);
  const text = web('semver:~1', 'web:1.0.0');
  await using scene = await images.scene('revert', { 'web.yaml': text });
  await scene.untilFile('web.yaml', '/web:1.1.0');
  await scene.person.pull();
  await scene.person.revertAndPush(await scene.person.head());
  const held = await scene.untilImage('the revert to be seen', 'web', ({ state }) => state === 'held');
  assert.deepEqual(held.held, ['1.1.0']);
  assert.equal(held.tag, '1.0.0');
  assert.match(held.reason, /1\.1\.0 is held because a person went back from it; weaveflux release /);
  await scene.untilImage('a scan more', 'web', ({ scannedAt }) => scannedAt !== held.scannedAt);
  assert.equal(await scene.repository.read('web.yaml'), text);
  await scene.running.event('the hold', ({ type, object }) => type === 'image-held' && object?.includes('web'));

  await scene.restart({ 'data-dir': `${images.world.dir}/another` });
  await scene.untilImage('the hold to be found again in the commits', 'web', ({ state }) => state === 'held');
  await push('web', ['1.2.0']);
  await scene.untilFile('web.yaml', '/web:1.2.0');
  assert.deepEqual((await scene.untilImage('no hold any more', 'web', ({ tag }) => tag === '1.2.0')).held, []);
});

test('a revert of a marked field is kept too, and an edit by hand as well', async () => {
  await push('marked', ['1', '2', '3']);
  const chart = `apiVersion: v1
kind: ConfigMap
metadata: { name: values }
data:
  tag: "1" # {"$imagepolicy": "marked:number:tag"}
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata: { name: number, namespace: marked }
spec: { imageRepositoryRef: { name: number }, policy: { numerical: { order: asc } } }
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageRepository
metadata: { name: number, namespace: marked }
spec: { image: ${host}/marked }
`;
  await using scene = await images.scene('marked', { 'values.yaml': chart });
  const written = await scene.untilFile('values.yaml', 'tag: "3"');
  assert.equal(written, chart.replace('tag: "1"', 'tag: "3"'));
  await scene.push({ 'values.yaml': chart });
  const held = await scene.untilImage('both newer tags to be held', 'values', ({ state }) => state === 'held');
  assert.deepEqual([...held.held].sort(), ['2', '3']);
  await push('marked', ['4']);
  await scene.untilFile('values.yaml', 'tag: "4"');
});

test('never older: where the order is unknown nothing is written, and the named command resolves it', async () => {
  await push('order', ['1.0.0', '1.1.0']);
  const text = web('semver:~1', 'order:placeholder');
  await using scene = await images.scene('order', { 'web.yaml': text });
  const undecided = await scene.untilImage('a person to be needed', 'web', ({ state }) => state === 'needs-release');
  assert.equal(undecided.chosen?.tag, '1.1.0');
  assert.match(undecided.reason, /weaveflux release order:deployment\/web --container app --tag 1\.1\.0/);
  assert.equal(await scene.repository.read('web.yaml'), text);
  assert.equal((await scene.running.event('it is told', ({ type }) => type === 'needs-release')).file, 'web.yaml');
  const resolved = await scene.command('automate', 'web', '--from-now');
  assert.equal(resolved.code, 0, resolved.text);
  await scene.untilFile('web.yaml', '/order:1.1.0');

  await images.registry.pushImage('order', { tag: '2.5.0', created: '2026-05-01T00:00:00Z' });
  const ahead = web('semver:~1', 'order:2.5.0');
  await scene.push({ 'web.yaml': ahead });
  const newer = await scene.untilImage(
    'the tag outside the policy',
    'web',
    ({ tag, state, reason }) =>
      tag === '2.5.0' && state === 'current' && reason.includes('2.5.0 in the file is newer than 1.1.0'),
  );
  await scene.untilImage('a scan more', 'web', ({ scannedAt }) => scannedAt !== newer.scannedAt);
  assert.equal(await scene.repository.read('web.yaml'), ahead);
});

test('what is too young waits, and a digest is followed when its tag is pushed again', async () => {
  const digest = await images.registry.pushImage('young', { tag: 'stable', created: '2026-01-01T00:00:00Z' });
  await push('young', ['1.0.0']);
  await images.registry.pushImage('young', { tag: '1.1.0', created: new Date().toISOString() });
  const follow = { ...policies({ app: 'glob:stable' }), 'weaveflux.dev/digest.app': 'follow' };
  const aged = { ...policies({ app: 'semver:~1' }), 'weaveflux.dev/min-age.app': '24h' };
  await using scene = await images.scene('young', {
    'follow.yaml': workload('follow', { annotations: follow, containers: { app: `${host}/young:stable` } }),
    'aged.yaml': workload('aged', { annotations: aged, containers: { app: `${host}/young:1.0.0` } }),
  });
  await scene.untilFile('follow.yaml', `/young:stable@${digest} `);
  const waiting = await scene.untilImage('the young tag to wait', 'aged', ({ state }) => state === 'held');
  assert.match(waiting.reason, /1\.1\.0 waits until it is 24h old/);
  const again = await images.registry.pushImage('young', { tag: 'stable', created: '2026-02-01T00:00:00Z' });
  assert.notEqual(again, digest);
  await scene.untilFile('follow.yaml', `/young:stable@${again} `);
  await scene.person.pull();
  await scene.person.revertAndPush(await scene.person.head());
  const held = await scene.untilImage('the digest to be held', 'follow', ({ state }) => state === 'held');
  await scene.untilImage('a scan more', 'follow', ({ scannedAt }) => scannedAt !== held.scannedAt);
  await scene.untilFile('follow.yaml', `/young:stable@${digest} `);
  const third = await images.registry.pushImage('young', { tag: 'stable', created: '2026-03-01T00:00:00Z' });
  await scene.untilFile('follow.yaml', `/young:stable@${third} `);
  assert.match(await scene.repository.read('aged.yaml'), /young:1\.0\.0 /);
});

test('an agent that may only read proposes, and never pushes', async () => {
  await push('proposed', ['1.0.0', '1.1.0']);
  const text = web('semver:~1', 'proposed:1.0.0');
  await using scene = await images.scene('readonly', { 'web.yaml': text }, { 'git-readonly': 'true' });
  const told = await scene.running.event('a proposal', ({ type }) => type === 'proposed');
  assert.match(told.message, /app: 1\.0\.0 → 1\.1\.0 is proposed; --git-readonly/);
  const shown = await scene.command('release', 'web', '--tag', '1.1.0', '--dry-run');
  assert.match(shown.text, /\+ +- ?.*image: .*proposed:1\.1\.0|\+.*proposed:1\.1\.0/);
  const asked = await scene.command('release', 'web', '--tag', '1.1.0');
  assert.match(asked.text, /proposed/);
  assert.equal(await scene.repository.read('web.yaml'), text);
  assert.equal((await scene.repository.git(['rev-list', '--count', 'main'])).trim(), '1');
});

function web(policy: string, image: string): string {
  return workload('web', { annotations: policies({ app: policy }), containers: { app: `${host}/${image}` } });
}

async function push(name: string, tags: readonly string[]): Promise<void> {
  await images.registry.pushTags(name, tags);
}
