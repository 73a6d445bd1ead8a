import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Event } from '@weaveflux/shared';
import { objectOf } from './delivery-support.ts';
import { type ImageScene, type ImageWorld, policies, startImageWorld } from './images-support.ts';

const ON = { 'rollback-on-failed-health': 'true' };
/** Seconds that a Deployment may take which does not become healthy. */
const DEADLINE = 4;
/** The same where a good release must be there in time, or something is done between release and deadline. */
const LONGER = 15;

let images: ImageWorld;
before(async () => {
  images = await startImageWorld({ users: {} }, { controllers: true });
});
after(() => images[Symbol.asyncDispose]());

test('a good release stays; a bad one is taken back, held and told once; a newer good tag is released', async () => {
  await push('story', 'v1');
  const options = { deadline: LONGER };
  await using scene = await start('story', ON, options);
  await push('story', 'v2');
  await scene.untilFile('web.yaml', '/story:v2 ');
  const good = await scene.repository.head();
  await scene.running.healthy(good);
  assert.match(await messageOf(scene, good), /^Weaveflux-Healthy-Before: story:deployment\/web$/m);

  await push('story', 'v3-broken');
  const told = await rolledBack(scene);
  assert.equal(told.severity, 'warning');
  assert.equal(told.file, 'web.yaml');
  assert.match(told.message, /^story:deployment\/web did not become healthy with app v3-broken \(.*progress.*\)/);
  assert.match(told.message, /goes back to app v2; v3-broken is held until a newer tag, or `weaveflux release`\.$/);
  const back = await scene.repository.head();
  assert.equal(told.revision, back);
  const message = await messageOf(scene, back);
  assert.match(message, /^Roll back story:deployment\/web app to v2\n/);
  assert.match(message, /^Weaveflux-Change: story:deployment\/web app \S+\/story v3-broken -> v2$/m);
  assert.match(message, /^Weaveflux-Rollback: story:deployment\/web .*progress/m);
  assert.equal(await scene.repository.read('web.yaml'), web('story', 'v2', options));
  const status = await scene.running.healthy(back);
  assert.equal(objectOf(status, 'deployment/web').health.state, 'healthy');

  const held = await scene.untilImage('the hold', 'web', ({ state }) => state === 'held');
  assert.match(held.holds?.[0]?.failure ?? '', /progress/);
  assert.match(held.reason, /v3-broken is held because the agent went back from it, as the workload did not become/);
  const { text } = await scene.command('history', 'web');
  assert.match(text, /v3-broken -> v2 +rolled back: ReplicaSet/);
  assert.match((await scene.command('images', '--explain', 'web')).text, /v3-broken[\s\S]*did not become/);

  await push('story', 'v4');
  await scene.untilFile('web.yaml', '/story:v4 ');
  await scene.running.healthy(await scene.repository.head());
  assert.equal(rollbacksTold(scene).length, 1);
});

test('it goes by the annotation before the flag, and without either nothing goes back', async () => {
  await push('asked', 'v1');
  await using scene = await start('asked', {}, { annotations: { 'weaveflux.dev/rollback': 'true' } });
  await push('refused', 'v1');
  await using other = await start('refused', ON, { annotations: { 'weaveflux.dev/rollback': 'false' } });
  await push('off', 'v1');
  await using off = await start('off', {});
  for (const name of ['asked', 'refused', 'off']) await push(name, 'v2-broken');
  await rolledBack(scene);
  assert.equal(
    await scene.repository.read('web.yaml'),
    web('asked', 'v1', { annotations: { 'weaveflux.dev/rollback': 'true' } }),
  );
  await staysFailed(other, 'v2-broken');
  await staysFailed(off, 'v2-broken');
  assert.doesNotMatch(await messageOf(off, await off.repository.head()), /Healthy-Before/);
});

test('where the workload was not healthy before, nothing goes back', async () => {
  await push('sick', 'v1-broken');
  await using scene = await start('sick', ON, { tag: 'v1-broken' });
  await push('sick', 'v2-broken');
  await staysFailed(scene, 'v2-broken');
});

test("a person's release does not go back, nor what a person changed since", async () => {
  await push('person', 'v1');
  await using scene = await start('person', ON);
  await images.registry.pushImage('person', { tag: 'hotfix-broken', created: new Date().toISOString() });
  const released = await scene.command('release', 'web', '--tag', 'hotfix-broken');
  assert.equal(released.code, 0, released.text);
  await staysFailed(scene, 'hotfix-broken');

  await push('changed', 'v1');
  await using changed = await start('changed', ON, { deadline: LONGER });
  await push('changed', 'v2-broken');
  await changed.untilFile('web.yaml', ':v2-broken ');
  const text = await changed.repository.read('web.yaml');
  await changed.push({ 'web.yaml': text.replace('replicas: 1', 'replicas: 2') });
  await staysFailed(changed, 'v2-broken');
});

test('an agent that is killed between release and deadline goes back once all the same', async () => {
  await push('killed', 'v1');
  await using scene = await start('killed', ON, { deadline: LONGER });
  await push('killed', 'v2-broken');
  await scene.untilFile('web.yaml', ':v2-broken ');
  const released = await scene.repository.head();
  await scene.running.until('the release to be applied', ({ sync }) => sync.appliedRevision === released);
  await scene.running.kill();
  assert.equal(await scene.repository.head(), released, 'it was killed before the deadline');
  await scene.restart();
  await rolledBack(scene);
  const back = await scene.repository.head();
  await scene.running.kill();
  await scene.restart({ 'data-dir': `${images.world.dir}/another` });
  await scene.running.healthy(back);
  const held = await scene.untilImage('the hold', 'web', ({ state }) => state === 'held');
  await scene.untilImage('a scan more', 'web', ({ scannedAt }) => scannedAt !== held.scannedAt);
  assert.equal(await scene.repository.head(), back);
  assert.equal(rollbacksTold(scene).length, 0, 'it is not told again');
});

test('a rollback that cannot be pushed is told, stops nothing else, and is tried again', async () => {
  await push('refusing', 'v1');
  await using scene = await start('refusing', ON, { deadline: LONGER });
  await push('refusing', 'v2-broken');
  await scene.untilFile('web.yaml', ':v2-broken ');
  await scene.repository.rejectPushes('the branch is protected');
  const told = await scene.running.event('the failure', ({ type }) => type === 'release-failed', { deadline: 60_000 });
  assert.match(told.message, /^What did not become healthy could not be rolled back: .*protected/s);
  const before = await scene.image('web');
  await scene.untilImage('a scan all the same', 'web', ({ scannedAt }) => scannedAt !== before.scannedAt);
  await scene.repository.rejectPushes(undefined);
  await rolledBack(scene);
  assert.equal(scene.running.events.filter(({ type }) => type === 'release-failed').length, 1, 'told once');
});

test('an agent that may only read proposes to go back', async () => {
  await push('reading', 'v1');
  await using scene = await start('reading', ON, { deadline: LONGER });
  await push('reading', 'v2-broken');
  await scene.untilFile('web.yaml', ':v2-broken ');
  const released = await scene.repository.head();
  await scene.running.kill();
  await scene.restart({ 'git-readonly': 'true' });
  const told = await scene.running.event('the proposal', ({ type }) => type === 'proposed', { deadline: 60_000 });
  assert.match(told.message, /^reading:deployment\/web did not become healthy with app v2-broken \(.*progress/);
  assert.match(told.message, /: going back to app v1 is proposed; --git-readonly keeps it from being committed\.$/);
  assert.equal(await scene.repository.head(), released);
});

test('a StatefulSet goes back at the deadline of the agent, and what is suspended waits', async () => {
  await push('stateful', 'v1');
  const stateful = web('stateful', 'v1')
    .replace('kind: Deployment', 'kind: StatefulSet')
    .replace(`progressDeadlineSeconds: ${DEADLINE}`, 'serviceName: web');
  await using scene = await images.scene(
    'stateful',
    { 'web.yaml': stateful },
    { ...ON, 'health-deadline': `${LONGER}s` },
  );
  await scene.running.healthy(await scene.repository.head());
  await push('stateful', 'v2-broken');
  await scene.untilFile('web.yaml', ':v2-broken ');
  const released = await scene.repository.head();
  await scene.running.until('the release to be applied', ({ sync }) => sync.appliedRevision === released);
  const suspended = await scene.command('suspend', 'web', '--reason', 'somebody looks', '--for', '1h');
  assert.equal(suspended.code, 0, suspended.text);
  const before = await scene.image('web');
  await scene.untilImage('a scan more', 'web', ({ scannedAt }) =>
    later(scannedAt, before.scannedAt, (LONGER + 2) * 1000),
  );
  assert.equal(await scene.repository.head(), released);
  assert.equal((await scene.command('resume', 'web')).code, 0);
  assert.match((await rolledBack(scene)).message, /did not become healthy with app v2-broken \(0 of 1 replicas/);
});

/** A workload of one container, healthy with the tag that it begins with unless that is broken. */
async function start(
  name: string,
  flags: Readonly<Record<string, string>>,
  { tag = 'v1', ...options }: WebOptions & { readonly tag?: string } = {},
): Promise<ImageScene> {
  const scene = await images.scene(name, { 'web.yaml': web(name, tag, options) }, flags);
  const state = tag.endsWith('-broken') ? 'failed' : 'healthy';
  await scene.running.until(`web to be ${state}`, ({ sync }) => sync.state === state, 60_000);
  return scene;
}

interface WebOptions {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly deadline?: number;
}

function web(name: string, tag: string, { annotations = {}, deadline = DEADLINE }: WebOptions = {}): string {
  const all = { ...policies({ app: 'numerical:^v(\\d+)' }), ...annotations };
  const lines = Object.entries(all).map(([key, value]) => `    ${key}: '${value}'\n`);
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  annotations:
${lines.join('')}spec:
  replicas: 1
  progressDeadlineSeconds: ${deadline}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: app
          image: ${images.registry.host}/${name}:${tag} # kept by the agent
`;
}

async function push(repository: string, tag: string): Promise<void> {
  await images.registry.pushImage(repository, { tag, created: '2026-01-01T00:00:00Z' });
}

function rolledBack(scene: ImageScene): Promise<Event> {
  return scene.running.event('the rollback', ({ type }) => type === 'rolled-back', { deadline: 60_000 });
}

function rollbacksTold(scene: ImageScene): Event[] {
  return scene.running.events.filter(({ type }) => type === 'rolled-back');
}

/** Waits until the workload has failed with the tag, then for two scans more: the repository still has it. */
async function staysFailed(scene: ImageScene, tag: string): Promise<void> {
  await scene.untilFile('web.yaml', `:${tag} `);
  const head = await scene.repository.head();
  await scene.running.until(
    `${tag} to have failed`,
    ({ sync, objects }) => sync.revision === head && objects[0]?.health.state === 'failed',
    60_000,
  );
  for (const round of ['a scan', 'another scan']) {
    const before = await scene.image('web');
    await scene.untilImage(round, 'web', ({ scannedAt }) => scannedAt !== before.scannedAt);
  }
  assert.equal(await scene.repository.head(), head);
  assert.deepEqual(rollbacksTold(scene), []);
}

function later(time: string | undefined, than: string | undefined, by: number): boolean {
  return Date.parse(time ?? '') - Date.parse(than ?? '') > by;
}

function messageOf(scene: ImageScene, revision: string): Promise<string> {
  return scene.repository.git(['log', '-1', '--format=%B', revision]);
}
