import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Workspace } from '../rig/index.ts';
import { type ImageWorld, policies, startImageWorld, workload } from './images-support.ts';

const COMMITS = 20;
let images: ImageWorld;
let host: string;
before(async () => {
  images = await startImageWorld();
  host = images.registry.host;
});
after(() => images[Symbol.asyncDispose]());

test('two people make 20 commits each while the agent releases, and nothing is lost', async () => {
  const { registry, world } = images;
  await registry.pushTags('busy', ['0']);
  const text = web('numerical:', 'busy:0');
  await using scene = await images.scene('busy', {
    'web.yaml': text,
    'a.yaml': note('a', []),
    'b.yaml': note('b', []),
  });
  await scene.untilImage('a first scan', 'web', ({ state }) => state === 'current');
  const people = { a: scene.person, b: await world.git.checkout(scene.repository) };
  const write = async (name: string, person: Workspace): Promise<void> => {
    const done: number[] = [];
    for (let n = 1; n <= COMMITS; n++) {
      done.push(n);
      await person.write({ [`${name}.yaml`]: note(name, done) });
      await person.commitAndPush(`${name} ${n}`);
      if (name === 'a') await registry.pushImage('busy', { tag: String(n) });
    }
  };
  await Promise.all(Object.entries(people).map(([name, person]) => write(name, person)));
  assert.equal(await scene.untilFile('web.yaml', `/busy:${COMMITS} `), text.replace('/busy:0 ', `/busy:${COMMITS} `));
  const all = Array.from({ length: COMMITS }, (_, index) => index + 1);
  for (const name of ['a', 'b']) assert.equal(await scene.repository.read(`${name}.yaml`), note(name, all));
  const lines = (await scene.repository.git(['log', '--format=%an|%s', 'main'])).trim().split('\n');
  const released = lines.filter((line) => line.startsWith('Weave Flux|'));
  assert.ok(released.length > 0 && released.length <= COMMITS, lines.join('\n'));
  assert.equal(lines.length, 1 + 2 * COMMITS + released.length);
  for (const name of ['a', 'b']) assert.equal(lines.filter((line) => line.endsWith(`|${name} ${COMMITS}`)).length, 1);
  const changed = await scene.repository.git(['log', '--author=Weave Flux', '--format=', '--name-only', 'main']);
  assert.deepEqual([...new Set(changed.trim().split(/\n+/))], ['web.yaml'], 'the agent touches nothing else');
});

test('a pin that is pushed just before the agent wins', async () => {
  await images.registry.pushTags('pinned', ['1', '2']);
  const text = web('numerical:', 'pinned:1');
  const pinned = text.replace('  annotations:\n', "  annotations:\n    weaveflux.dev/locked: 'true'\n");
  const lost = Promise.withResolvers<void>();
  await using scene = await images.scene('pinned', {});
  images.world.git.beforeNextPush(async () => {
    await scene.person.pull();
    await scene.person.write({ 'web.yaml': pinned });
    await scene.person.commitAndPush('Wait for the audit');
    lost.resolve();
  });
  await scene.push({ 'web.yaml': text });
  await lost.promise;
  const seen = await scene.untilImage('the pin to be seen', 'web', ({ state }) => state === 'pinned');
  assert.equal(seen.tag, '1');
  assert.equal(await scene.repository.read('web.yaml'), pinned);
});

for (const [name, when] of [
  ['killed-pushing', 'while it pushes'],
  ['killed-writing', 'before it pushes'],
] as const) {
  test(`an agent that is killed ${when} leaves no half commit, and its follower carries on`, async () => {
    const { git } = images.world;
    await images.registry.pushTags(name, ['1', '2']);
    const text = web('numerical:', `${name}:1`);
    await using scene = await images.scene(name, {});
    const killed = Promise.withResolvers<void>();
    const kill = (): Promise<void> => scene.running.kill().then(killed.resolve);
    if (name === 'killed-pushing') git.beforeNextPush(kill);
    await scene.person.write({ 'web.yaml': text });
    await scene.person.commitAndPush('A service');
    if (name === 'killed-writing') {
      await scene.running.event('the image to be found', ({ type }) => type === 'image-found');
      await kill();
    }
    await killed.promise;
    assert.ok([text, text.replace(':1 ', ':2 ')].includes(await scene.repository.read('web.yaml')), 'all or nothing');
    await scene.restart();
    await scene.untilImage('the release', 'web', ({ tag, state }) => tag === '2' && state === 'current');
    assert.equal(await scene.repository.read('web.yaml'), text.replace(':1 ', ':2 '));
    const subjects = (await scene.repository.git(['log', '--format=%s', 'main'])).trim().split('\n');
    assert.deepEqual(subjects, [`Release ${name}:2`, 'A service', 'First files'], 'once, and not twice');
    await scene.repository.git(['fsck', '--strict', '--no-dangling']);
  });
}

function web(policy: string, image: string): string {
  return workload('web', { annotations: policies({ app: policy }), containers: { app: `${host}/${image}` } });
}

function note(name: string, numbers: readonly number[]): string {
  const data = Object.fromEntries(numbers.map((number) => [`n${number}`, String(number)]));
  return `${JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data }, null, 2)}\n`;
}
