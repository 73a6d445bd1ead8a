import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { waitFor } from '../rig/index.ts';
import { startWorld, type World } from '../support/world.ts';
import { configMap, flagsOf, type Scene, startScene } from './delivery-support.ts';
import { isAbout, told, watching, weaveflux } from './interference-support.ts';

let world: World;
let scene: Scene;
before(async () => {
  world = await startWorld({});
  const names = ['probe', 'one', 'two', 'three', 'leaving'];
  const files = Object.fromEntries(names.map((name) => [`${name}.yaml`, configMap(name)]));
  const reported = ['all-held', 'alone-held'].map((name) => [`${name}.yaml`, onlyReported(name)]);
  scene = await startScene(world, 'held', { ...files, ...Object.fromEntries(reported) });
  await scene.delivered(await scene.repository.head());
  await watching(scene, world, 'probe');
});
after(async () => {
  await scene?.[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

const onlyReported = (name: string) =>
  configMap(name).replace(`name: ${name}`, `name: ${name}, annotations: { weaveflux.dev/drift: report }`);
const map = (name: string) => scene.path(`configmaps/${name}`);
const dataOf = async (name: string): Promise<string> => (await world.cluster.get(map(name))).data.a;
const change = (name: string, a: string) => world.cluster.patch(map(name), { data: { a } });
const becomes = (name: string, value: string) =>
  waitFor({ what: `${name} to be ${value}` }, async () => (await dataOf(name)) === value);

test('one object suspended: it is left, the others are corrected, resume puts it right', async () => {
  const said = await weaveflux(scene.agent, 'suspend', 'configmap/one', '--reason', 'repair by hand', '--for', '1h');
  assert.match(said, /Suspended configmap\/one until 2.*repair by hand/);
  await change('one', 'mine');
  await change('two', 'mine');
  await becomes('two', 'b');
  const left = await scene.agent.event('what is left', isAbout('drift-reported', 'one'));
  assert.match(left.message, /Left: it is suspended by .*repair by hand/);
  assert.equal(await dataOf('one'), 'mine');
  assert.match(await weaveflux(scene.agent, 'status'), /Suspended +held:configmap\/one by [\s\S]*repair by hand/);
  await scene.delivered(await scene.push({ 'one.yaml': configMap('one', { a: 'new' }) }));
  assert.equal(await dataOf('one'), 'mine', 'a new revision is held back');
  await weaveflux(scene.agent, 'resume', 'configmap/one');
  await becomes('one', 'new');
  await assert.rejects(weaveflux(scene.agent, 'resume', 'configmap/one'), /not suspended/);
});

test('a suspended object that leaves the repository stays until it is resumed', async () => {
  await weaveflux(scene.agent, 'suspend', 'configmap/leaving', '--reason', 'still needed');
  const status = await scene.delivered(await scene.push({}, 'leaving.yaml'));
  const left = status.objects.find(({ name }) => name.endsWith('configmap/leaving'));
  assert.match(left?.drift?.differences[0]?.live ?? '', /not in the repository: it is suspended/);
  assert.ok(await world.cluster.find(map('leaving')));
  await weaveflux(scene.agent, 'resume', 'configmap/leaving');
  await waitFor({ what: 'it to be deleted' }, async () => (await world.cluster.find(map('leaving'))) === undefined);
});

test('the environment suspended: nothing is written until its time is over, then all that was held back', async () => {
  await weaveflux(scene.agent, 'suspend', '--reason', 'a bad day', '--for', '1h');
  const revision = await scene.push({ 'two.yaml': configMap('two', { a: 'new' }), 'four.yaml': configMap('four') });
  await change('three', 'mine');
  await scene.agent.event('what is left', isAbout('drift-reported', 'three'));
  const status = await scene.delivered(revision);
  assert.equal(status.sync.state, 'pending');
  assert.deepEqual(
    status.suspensions.map(({ reason }) => reason),
    ['a bad day'],
  );
  assert.deepEqual([await dataOf('two'), await dataOf('three')], ['b', 'mine']);
  assert.equal(await world.cluster.find(map('four')), undefined);

  await weaveflux(scene.agent, 'suspend', '--reason', 'a bad day', '--for', '1s');
  await scene.agent.event(
    'the end by its time',
    ({ type, message }) => type === 'resumed' && /environment/.test(message),
  );
  await Promise.all([becomes('two', 'new'), becomes('three', 'b')]);
  const after = await scene.agent.healthy(revision);
  assert.deepEqual(after.suspensions, []);
  assert.ok(await world.cluster.find(map('four')));
});

test('a suspension outlives the agent, and is shown by the next one', async () => {
  await weaveflux(scene.agent, 'suspend', '--reason', 'over the restart');
  await scene.agent.stop();
  await change('three', 'mine');
  const revision = await (async () => {
    await scene.person.write({ 'two.yaml': configMap('two', { a: 'newer' }) });
    return scene.person.commitAndPush('while suspended');
  })();
  const again = await world.agent(flagsOf(world, scene.repository, 'held'));
  scene = { ...scene, agent: again };
  const status = await again.until(
    'the revision to be seen',
    ({ sync }) => sync.revision === revision && sync.finishedAt,
  );
  assert.equal(status.sync.state, 'pending');
  await again.event('the suspension', ({ type, message }) => type === 'suspended' && /over the restart/.test(message));
  assert.deepEqual([await dataOf('two'), await dataOf('three')], ['new', 'mine']);
  await weaveflux(again, 'resume');
  await Promise.all([becomes('two', 'newer'), becomes('three', 'b')]);
  await again.healthy(revision);
});

test('what is only to be reported is not written either when a suspension ends that an agent has started under', async () => {
  await weaveflux(scene.agent, 'suspend', 'configmap/alone-held', '--reason', 'a look at it');
  await weaveflux(scene.agent, 'suspend', '--reason', 'over another restart');
  await scene.agent.stop();
  await Promise.all([change('all-held', 'mine'), change('alone-held', 'mine'), change('three', 'mine')]);
  const again = await world.agent(flagsOf(world, scene.repository, 'held'));
  scene = { ...scene, agent: again };
  await again.until('all to be held back', ({ sync }) => sync.state === 'pending' && sync.finishedAt !== undefined);

  await weaveflux(again, 'resume');
  await becomes('three', 'b');
  const { message } = await again.event('the report', isAbout('drift-reported', 'all-held'));
  assert.match(message, /"b" → "mine"/);
  await weaveflux(again, 'resume', 'configmap/alone-held');
  await again.event('the report of the one', isAbout('drift-reported', 'alone-held'));
  await watching(scene, world, 'probe');
  assert.deepEqual([await dataOf('all-held'), await dataOf('alone-held')], ['mine', 'mine']);
  const { objects } = await again.api.status();
  const isTold = ({ name, drift }: (typeof objects)[number]) => /-held$/.test(name) && drift?.mode === 'reported';
  assert.equal(objects.filter(isTold).length, 2);
});

test('the annotation put on the inventory by hand suspends, and taken off resumes', async () => {
  const { namespace } = await scene.agent.api.status();
  const inventory = `/api/v1/namespaces/${namespace}/configmaps/weaveflux-inventory-held-0`;
  const annotate = (value: string | null) =>
    world.cluster.patch(inventory, { metadata: { annotations: { 'weaveflux.dev/suspend': value } } });
  const before = told(scene.agent, 'three').interference;
  const seen = scene.agent.events.length;
  await annotate('hands off');
  await change('three', 'mine');
  await scene.agent.event('what is left', isAbout('drift-reported', 'three'), { after: seen });
  assert.equal(await dataOf('three'), 'mine');
  const { suspensions } = await scene.agent.api.status();
  assert.deepEqual(
    suspensions.map(({ reason }) => reason),
    ['hands off'],
  );
  await annotate(null);
  await becomes('three', 'b');
  await scene.agent.event('the correction', isAbout('corrected', 'three'), { after: seen });
  assert.equal(told(scene.agent, 'three').interference, before + 1);
});
