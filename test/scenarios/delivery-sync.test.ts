import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startWorld, type World } from '../support/world.ts';
import {
  configMap,
  countWrites,
  documents,
  eventsOf,
  objectOf,
  problemAt,
  service,
  startScene,
} from './delivery-support.ts';

let world: World;
before(async () => {
  world = await startWorld({});
});
after(() => world[Symbol.asyncDispose]());

test('the first sync takes every form of a file, and then only what changed is sent', async () => {
  const list = { apiVersion: 'v1', kind: 'List', items: [1, 2].map((n) => JSON.parse(asJson(`listed-${n}`))) };
  await using scene = await startScene(world, 'forms', {
    'apps/two.yaml': `${configMap('one')}---\n${configMap('two')}`,
    'apps/three.yml': configMap('three'),
    'deep/er/four.json': asJson('four'),
    'list.yaml': documents(list),
    'web.yaml': documents(service('web')),
  });
  const { agent, path } = scene;
  const names = ['one', 'two', 'three', 'four', 'listed-1', 'listed-2'];
  const first = await agent.healthy(await scene.repository.head());
  assert.equal(first.sync.counts.created, 7);
  for (const name of names) assert.ok(await world.cluster.find(path(`configmaps/${name}`)), name);
  assert.equal(objectOf(first, 'configmap/two').line, 6, 'the second document starts at its own line');
  const live = await world.cluster.get(path('configmaps/one'));
  assert.equal(live.metadata.labels['weaveflux.dev/environment'], 'weaveflux.forms');

  const versions = await versionsOf(names.map((name) => path(`configmaps/${name}`)));
  const writes = await countWrites(agent);
  const second = await agent.healthy(await scene.push({ 'apps/three.yml': configMap('three', { a: 'c' }) }));
  assert.equal((await countWrites(agent)) - writes, 1, 'one object changed, one write');
  assert.deepEqual(second.sync.counts, { configured: 1, unchanged: 6 });
  const now = await versionsOf(names.map((name) => path(`configmaps/${name}`)));
  assert.deepEqual(
    names.filter((_, index) => versions[index] !== now[index]),
    ['three'],
  );

  await agent.healthy(await scene.push({ 'README.md': 'nothing for the cluster' }));
  assert.equal((await countWrites(agent)) - writes, 1, 'a commit without news for the cluster writes nothing');
});

test('what leaves the repository is deleted, and an object that is renamed is another one', async () => {
  await using scene = await startScene(world, 'leaving', {
    'a.yaml': configMap('a'),
    'b.yaml': configMap('b'),
    'c.yaml': documents(service('old-name')),
  });
  const { agent, path } = scene;
  await agent.healthy(await scene.repository.head());

  const gone = await agent.healthy(await scene.push({}, 'a.yaml'));
  assert.equal(await world.cluster.find(path('configmaps/a')), undefined);
  assert.deepEqual(
    gone.objects.map(({ name }) => name),
    ['leaving:configmap/b', 'leaving:service/old-name'],
  );
  assert.match(eventsOf(agent.events, 'object-deleted', 'a')[0]?.message ?? '', /left the repository/);

  const renamed = await scene.push({ 'c.yaml': documents(service('new-name')) });
  await agent.healthy(renamed);
  assert.ok(await world.cluster.find(path('services/new-name')));
  await world.cluster.untilGone(path('services/old-name'));

  const before = (await world.cluster.get(path('configmaps/b'))).metadata.resourceVersion;
  const writes = await countWrites(agent);
  await agent.healthy(await scene.push({ 'moved/b.yaml': configMap('b') }, 'b.yaml'));
  assert.equal((await world.cluster.get(path('configmaps/b'))).metadata.resourceVersion, before);
  assert.equal(await countWrites(agent), writes, 'a file that moves changes nothing in the cluster');
});

test('without garbage collection what leaves is reported as a difference and stays', async () => {
  await using scene = await startScene(
    world,
    'no-collection',
    { 'a.yaml': configMap('a'), 'b.yaml': configMap('b') },
    { 'sync-garbage-collection': 'false' },
  );
  const { agent } = scene;
  await agent.healthy(await scene.repository.head());
  const status = await agent.healthy(await scene.push({}, 'a.yaml'));
  assert.match(objectOf(status, 'configmap/a').drift?.differences[0]?.live ?? '', /not in the repository/);
  assert.ok(await world.cluster.find(scene.path('configmaps/a')));

  const back = await agent.healthy(await scene.push({ 'a.yaml': configMap('a') }));
  assert.equal(objectOf(back, 'configmap/a').drift, undefined);
});

test('a manifest that names another namespace goes there, and a missing namespace is named', async () => {
  await using scene = await startScene(world, 'places', {
    'here.yaml': configMap('here'),
    'there.yaml': configMap('there').replace('name: there', 'name: there, namespace: default'),
    'nowhere.yaml': configMap('lost').replace('name: lost', 'name: lost, namespace: no-such-place'),
  });
  const revision = await scene.repository.head();
  const status = await scene.delivered(revision);
  assert.ok(await world.cluster.find('/api/v1/namespaces/default/configmaps/there'));
  assert.ok(await world.cluster.find(scene.path('configmaps/here')));
  assert.equal(status.sync.state, 'failed');
  assert.match(problemAt(status, 'nowhere.yaml').message, /no-such-place/);
  await scene.agent.healthy(await scene.push({}, 'nowhere.yaml'));
});

function asJson(name: string): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { a: 'b' } });
}

async function versionsOf(paths: readonly string[]): Promise<string[]> {
  const objects = await Promise.all(paths.map((path) => world.cluster.get(path)));
  return objects.map((object) => object.metadata.resourceVersion);
}
