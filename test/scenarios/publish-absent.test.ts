import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startWorld, type World } from '../support/world.ts';
import { configMap, documents, startScene } from './delivery-support.ts';
import { weaveflux } from './interference-support.ts';
import { CRD, environmentPath, is } from './publish-support.ts';

let world: World;
before(async () => {
  world = await startWorld({});
});
after(() => world[Symbol.asyncDispose]());

test('without the kind everything works, quietly; once a revision brings it, the environment is shown', async () => {
  await using scene = await startScene(world, 'plain', { 'a.yaml': configMap('a') });
  const { agent, path } = scene;
  await agent.healthy(await scene.repository.head());
  await weaveflux(agent, 'suspend', '--reason', 'no kind');
  const inventory = await world.cluster.get('/api/v1/namespaces/weaveflux/configmaps/weaveflux-inventory-plain-0');
  assert.match(inventory.metadata.annotations['weaveflux.dev/suspend'], /no kind/);
  const held = await scene.push({ 'b.yaml': configMap('b'), 'crd.yaml': documents(CRD) });
  await scene.delivered(held);
  assert.equal(await world.cluster.find(path('configmaps/b')), undefined);
  await weaveflux(agent, 'resume');
  await agent.healthy(held);
  const told = agent.process.tail(200).split('\n');
  assert.deepEqual(
    told.filter((line) => /level=(warning|error)/.test(line) && !/event=suspended/.test(line)),
    [],
    'that the kind is not there is worth no word',
  );

  await world.cluster.until(environmentPath('plain'), 'to be shown', is('Ready', 'True'));
  await weaveflux(agent, 'suspend', '--reason', 'with the kind');
  const { spec } = await world.cluster.get(environmentPath('plain'));
  assert.equal(spec.suspend.reason, 'with the kind');
});
