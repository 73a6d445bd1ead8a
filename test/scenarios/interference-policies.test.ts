import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { waitFor } from '../rig/index.ts';
import { startWorld, type World } from '../support/world.ts';
import { configMap, type Scene, startScene } from './delivery-support.ts';
import { driftOf, isAbout, told, watching } from './interference-support.ts';

const annotated = (name: string, key: string, value: string, data = { a: 'b' }) =>
  configMap(name, data).replace(`name: ${name}`, `name: ${name}, annotations: { weaveflux.dev/${key}: '${value}' }`);

let world: World;
let scene: Scene;
before(async () => {
  world = await startWorld({});
  scene = await startScene(world, 'policies', {
    'probe.yaml': configMap('probe'),
    'fields.yaml': annotated('fields', 'ignore-fields', '/data/a', { a: 'b', c: 'd' } as { a: string }),
    'report.yaml': annotated('report', 'drift', 'report'),
    'live.yaml': configMap('live'),
    'until.yaml': configMap('until'),
    'left.yaml': configMap('left'),
    'fight.yaml': configMap('fight', { a: 'b', c: 'd' }),
  });
  await scene.delivered(await scene.repository.head());
  await watching(scene, world, 'probe');
});
after(async () => {
  await scene?.[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

const map = (name: string) => scene.path(`configmaps/${name}`);
const dataOf = async (name: string) => (await world.cluster.get(map(name))).data;
const annotate = (name: string, key: string, value: string | null) =>
  world.cluster.patch(map(name), { metadata: { annotations: { [`weaveflux.dev/${key}`]: value } } });

async function untilData(name: string, data: Record<string, string>, deadline = 30_000): Promise<void> {
  await waitFor(
    { what: `${name} to be ${JSON.stringify(data)}`, deadline },
    async () => assert.deepEqual(await dataOf(name), data) === undefined,
  );
}

test('ignore-fields: these are left, the others corrected', async () => {
  await world.cluster.patch(map('fields'), { data: { a: 'mine', c: 'mine' } });
  const { message } = await scene.agent.event('the interference', isAbout('interference', 'fields'));
  assert.match(message, /\/data\/c "d" → "mine"/);
  assert.doesNotMatch(message, /\/data\/a/);
  await untilData('fields', { a: 'b', c: 'd' });
});

test('drift: report tells once and writes nothing, also after the agent was away', async () => {
  await world.cluster.patch(map('report'), { data: { a: 'mine' } }, 'a-robot');
  const { message } = await scene.agent.event('the report', isAbout('drift-reported', 'report'));
  assert.match(message, /\/data\/a "b" → "mine" by a-robot/);
  await annotate('report', 'note', 'seen twice');
  await watching(scene, world, 'probe');
  assert.deepEqual(await dataOf('report'), { a: 'mine' });
  assert.equal(scene.agent.events.filter(isAbout('drift-reported', 'report')).length, 1);
  assert.equal((await driftOf(scene.agent, 'report'))?.mode, 'reported');
});

test('drift: report on the live object alone says nothing: the change is undone', async () => {
  await annotate('live', 'drift', 'report');
  await world.cluster.patch(map('live'), { data: { a: 'mine' } }, 'a-robot');
  await untilData('live', { a: 'b' });
  assert.equal(scene.agent.events.filter(isAbout('drift-reported', 'live')).length, 0);
});

test('a live ignore-until: left until then, corrected when it is over', async () => {
  const end = new Date(Date.now() + 15_000);
  await annotate('until', 'ignore-until', end.toISOString());
  await world.cluster.patch(map('until'), { data: { a: 'mine' } });
  const { message } = await scene.agent.event('what is left', isAbout('drift-reported', 'until'));
  assert.match(message, /Left: the live object says ignore until/);
  assert.deepEqual(await dataOf('until'), { a: 'mine' });
  await scene.push({ 'until.yaml': configMap('until', { a: 'new' }) });
  // Long before the environment is delivered again by itself.
  await untilData('until', { a: 'new' }, 60_000);
  assert.ok(Date.now() >= end.getTime(), 'not before its time');
});

test('a live ignore: left, also by a new revision and a new agent, until the annotation goes', async () => {
  await annotate('left', 'ignore', 'true');
  await world.cluster.patch(map('left'), { data: { a: 'mine' } });
  await scene.agent.event('what is left', isAbout('drift-reported', 'left'));
  await scene.delivered(await scene.push({ 'left.yaml': configMap('left', { a: 'new' }) }));
  assert.deepEqual(await dataOf('left'), { a: 'mine' });

  await scene.agent.stop();
  const again = await world.agent({
    'git-url': scene.repository.url.replace('https://', `https://${world.git.user}:${world.git.token}@`),
    environment: 'policies',
    'k8s-default-namespace': 'policies',
  });
  await again.until('the new agent to have delivered', ({ sync }) => sync.finishedAt !== undefined);
  assert.deepEqual(await dataOf('left'), { a: 'mine' }, 'left by a new agent');
  assert.deepEqual(await dataOf('report'), { a: 'mine' }, 'drift that is reported is left by a new agent');
  await annotate('left', 'ignore', null);
  await untilData('left', { a: 'new' });
  scene = { ...scene, agent: again };
});

test('two controllers fight over a field: contested after three corrections, told once, the others go on', async () => {
  for (let round = 1; round <= 3; round++) {
    await world.cluster.patch(map('fight'), { data: { a: `round-${round}` } }, 'a-robot');
    await waitFor({ what: `correction ${round}` }, async () => told(scene.agent, 'fight').corrected === round);
  }
  await world.cluster.patch(map('fight'), { data: { a: 'round-4' } }, 'a-robot');
  const { message } = await scene.agent.event('the contest', isAbout('contested', 'fight'));
  assert.match(message, /weaveflux/);
  assert.match(message, /\/data\/a by a-robot/);
  await world.cluster.patch(map('fight'), { data: { a: 'round-5' } }, 'a-robot');
  await watching(scene, world, 'probe');
  assert.equal((await dataOf('fight')).a, 'round-5', 'backed off');
  assert.equal((await driftOf(scene.agent, 'fight'))?.mode, 'contested');
  await world.cluster.patch(map('fight'), { data: { c: 'other' } }, 'somebody');
  await waitFor({ what: 'the other field to be corrected' }, async () => (await dataOf('fight')).c === 'd');
  assert.equal(scene.agent.events.filter(isAbout('contested', 'fight')).length, 1);
});
