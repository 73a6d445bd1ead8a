import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Event } from '@weaveflux/shared';
import { waitFor } from '../rig/index.ts';
import type { AgentProcess } from '../support/agent-process.ts';
import { startWorld, type World } from '../support/world.ts';
import { configMap, flagsOf, type Scene, startScene } from './delivery-support.ts';
import { isAbout, told, watching } from './interference-support.ts';

let world: World;
let scene: Scene;
before(async () => {
  world = await startWorld({});
  const names = ['probe', 'one', 'two', 'three'];
  const files = Object.fromEntries(names.map((name) => [`${name}.yaml`, configMap(name)]));
  scene = await startScene(world, 'outage', files, { 'git-timeout': '8s' });
  await scene.agent.healthy(await scene.repository.head());
  await watching(scene, world, 'probe');
});
after(async () => {
  await scene?.[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

/** For a delivery after an outage: what failed in it is tried again after a pause that has grown with it. */
const AFTER_OUTAGE = 120_000;
const map = (name: string) => scene.path(`configmaps/${name}`);
const becomes = (name: string, value: string) =>
  waitFor({ what: `${name} to be ${value}` }, async () => (await world.cluster.get(map(name))).data.a === value);
const count = (agent: AgentProcess, type: Event['type']) => agent.events.filter((event) => event.type === type).length;

async function probe(path: string): Promise<number> {
  const response = await fetch(`${scene.agent.metricsUrl}${path}`);
  await response.text();
  return response.status;
}

for (const how of ['refuse', 'hang'] as const)
  test(`the Git server goes away (${how}): told once, the cluster is still kept, and what was pushed comes after it`, async () => {
    const seen = scene.agent.events.length;
    const before = count(scene.agent, 'git-unreachable');
    const revision = await scene.repository.head();
    await world.git.outage(how);
    const options = { after: seen, deadline: 60_000 };
    const event = await scene.agent.event('the outage', ({ type }) => type === 'git-unreachable', options);
    assert.ok(!event.message.includes(world.git.token));
    const away = await scene.agent.until(
      'the problem in the status',
      ({ repository }) => repository.problem !== undefined,
    );
    assert.equal(away.sync.revision, revision, 'the last good revision stays in force');
    assert.equal(await probe('/readyz'), 200, 'a short outage is none of the readiness');
    assert.equal(away.objects.length, 4);
    await watching(scene, world, 'probe');
    await scene.person.write({ 'one.yaml': configMap('one', { a: `pushed-${how}` }) });
    await world.git.recover();
    const pushed = await scene.person.commitAndPush('after the outage');
    await scene.agent.event('the recovery', ({ type }) => type === 'git-recovered', options);
    const status = await scene.agent.healthy(pushed);
    assert.equal(status.repository.problem, undefined);
    await becomes('one', `pushed-${how}`);
    assert.equal(count(scene.agent, 'git-unreachable') - before, 1, 'told once');
    assert.equal(count(scene.agent, 'object-deleted'), 0);
  });

test('a Git server that first hangs and then refuses is away once, and the status says how it is now', async () => {
  const seen = scene.agent.events.length;
  const says = (what: string, pattern: RegExp) =>
    scene.agent.until(what, ({ repository }) => pattern.test(repository.problem?.message ?? ''), 60_000);
  await world.git.outage('hang');
  await says('no answer', /gave no answer within 8s/);
  await world.git.outage('refuse');
  await says('no connection', /cannot be reached/);
  await world.git.recover();
  await scene.agent.event('the recovery', ({ type }) => type === 'git-recovered', { after: seen, deadline: 60_000 });
  const since = scene.agent.events.slice(seen).filter(({ type }) => type.startsWith('git-'));
  assert.deepEqual(
    since.map(({ type }) => type),
    ['git-unreachable', 'git-recovered'],
  );
});

test('the API server goes away: told once, nothing is lost, and all that changed meanwhile is found', async () => {
  const seen = scene.agent.events.length;
  await world.cluster.stopApiServer();
  const { message } = await scene.agent.event('the outage', ({ type }) => type === 'cluster-unreachable', {
    after: seen,
  });
  assert.match(message, /Kubernetes API at https:\/\/127.0.0.1:\d+ cannot be reached/);
  const away = await scene.agent.until('the problem in the status', ({ sync }) =>
    sync.problems.some(({ code }) => code === 'API_UNREACHABLE'),
  );
  assert.equal(away.objects.length, 4, 'nothing is forgotten');
  assert.equal(await probe('/healthz'), 200);
  const revision = await scene.push({ 'two.yaml': configMap('two', { a: 'while away' }) }, 'three.yaml');
  await scene.agent.until(
    'the delivery to have failed',
    ({ sync }) => sync.revision === revision && sync.state === 'failed',
  );
  await world.cluster.startApiServer();
  await world.cluster.patch(map('one'), { data: { a: 'mine' } });
  await scene.agent.event('the recovery', ({ type }) => type === 'cluster-recovered', { after: seen });
  await scene.agent.healthy(revision, AFTER_OUTAGE);
  await Promise.all([
    becomes('two', 'while away'),
    world.cluster.untilGone(map('three')),
    becomes('one', 'pushed-hang'),
  ]);
  await watching(scene, world, 'two');
  await scene.agent.until('no problem to be left', ({ sync }) => sync.problems.length === 0);
  const since = scene.agent.events.slice(seen);
  for (const type of ['cluster-unreachable', 'cluster-recovered', 'sync-failed'] as const)
    assert.equal(since.filter((event) => event.type === type).length, 1, `${type} once`);
  assert.deepEqual(
    since.filter(({ type }) => type === 'warning').map(({ message }) => message),
    [],
  );
});

test('what others change while no agent runs is put right by the next one', async () => {
  await scene.agent.stop();
  await world.cluster.patch(map('one'), { data: { a: 'mine' } });
  await world.cluster.delete(map('two'));
  const again = await world.agent(flagsOf(world, scene.repository, 'outage'));
  scene = { ...scene, agent: again };
  await again.healthy(await scene.repository.head());
  await Promise.all([becomes('one', 'pushed-hang'), becomes('two', 'while away')]);
  assert.deepEqual(told(again, 'one'), { interference: 0, corrected: 0 });
  await again.event('one to be told', isAbout('object-configured', 'one'));
  await again.event('two to be told', isAbout('object-created', 'two'));
});

test('an agent that finds neither Git nor cluster at its start begins when they are there', async () => {
  await scene.agent.stop();
  await world.git.outage();
  await world.cluster.stopApiServer();
  const again = await world.agent(flagsOf(world, scene.repository, 'outage'));
  scene = { ...scene, agent: again };
  await again.event('the outage', ({ type }) => type === 'git-unreachable');
  assert.equal((await again.api.status()).sync.state, 'pending');
  await world.git.recover();
  const revision = await scene.repository.head();
  await again.until('the delivery to fail', ({ sync }) => sync.revision === revision && sync.state === 'failed');
  await world.cluster.startApiServer();
  await again.healthy(revision, AFTER_OUTAGE);
  await watching(scene, world, 'probe');
});
