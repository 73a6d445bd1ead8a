import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startWorld, untilObject, type World } from '../support/world.ts';
import {
  configMap,
  countWrites,
  crd,
  deployment,
  documents,
  eventsOf,
  flagsOf,
  job,
  objectOf,
  problemAt,
  startScene,
} from './delivery-support.ts';

let world: World;
before(async () => {
  world = await startWorld({}, { controllers: true });
});
after(() => world[Symbol.asyncDispose]());

test('a namespace, a CRD, objects in them and one of 400 KiB come in one commit, in any order of files', async () => {
  const sprocket = {
    apiVersion: 'mixed.example.com/v1',
    kind: 'Sprocket',
    metadata: { name: 's', namespace: 'made-here' },
    spec: { teeth: 12, free: { of: ['any', 1] } },
  };
  await using scene = await startScene(world, 'one-commit', {
    '1-sprocket.yaml': documents(sprocket),
    '2-big.yaml': configMap('big', { text: 'x'.repeat(400 * 1024) }),
    '3-there.yaml': configMap('there').replace('name: there', 'name: there, namespace: made-here'),
    '8-crd.yaml': documents(crd('mixed.example.com', 'Sprocket')),
    '9-namespace.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: { name: made-here }\n',
  });
  const status = await scene.agent.healthy(await scene.repository.head());
  assert.deepEqual(status.sync.counts, { created: 5 });
  const live = await world.cluster.get('/apis/mixed.example.com/v1/namespaces/made-here/sprockets/s');
  assert.deepEqual(live.spec, sprocket.spec);
  const stored = await world.cluster.get(
    '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/sprockets.mixed.example.com',
  );
  const schema = stored.spec.versions[0].schema.openAPIV3Schema;
  assert.equal(schema.properties.spec['x-kubernetes-preserve-unknown-fields'], true);
  assert.equal((await world.cluster.get(scene.path('configmaps/big'))).data.text.length, 400 * 1024);
  assert.ok(await world.cluster.find('/api/v1/namespaces/made-here/configmaps/there'));

  const writes = await countWrites(scene.agent);
  await scene.agent.healthy(await scene.push({ 'README.md': 'no news' }));
  assert.equal(await countWrites(scene.agent), writes);
});

test('an immutable field fails with its name, and with recreate the object is made anew', async () => {
  await using scene = await startScene(world, 'immutable', {
    'job.yaml': documents(job('migrate', 'registry.example/app:1')),
    'a.yaml': configMap('a'),
  });
  const path = scene.path('jobs/migrate', 'batch/v1');
  await scene.agent.healthy(await scene.repository.head());
  const { uid } = (await world.cluster.get(path)).metadata;

  const changed = {
    'job.yaml': documents(job('migrate', 'registry.example/app:2')),
    'a.yaml': configMap('a', { a: 'c' }),
  };
  const failed = await scene.delivered(await scene.push(changed));
  const problem = problemAt(failed, 'job.yaml');
  assert.deepEqual([problem.code, problem.line, failed.sync.state], ['IMMUTABLE_FIELD', 2, 'failed']);
  assert.match(problem.message, /spec\.template is immutable.*weaveflux\.dev\/recreate/);
  assert.equal((await world.cluster.get(path)).metadata.uid, uid);
  assert.equal((await world.cluster.get(scene.path('configmaps/a'))).data.a, 'c');

  const allowed = job('migrate', 'registry.example/app:2', { 'weaveflux.dev/recreate': 'true' });
  const status = await scene.agent.healthy(await scene.push({ 'job.yaml': documents(allowed) }));
  assert.equal(objectOf(status, 'job/migrate').action, 'configured');
  const live = await world.cluster.get(path);
  assert.notEqual(live.metadata.uid, uid);
  assert.equal(live.spec.template.spec.containers[0].image, 'registry.example/app:2');
  assert.deepEqual(eventsOf(scene.agent.events, 'interference', 'migrate'), [], 'what the agent does itself is none');
});

const REMOVALS = [
  { who: 'its own time to live', name: 'by-ttl', ttl: 3 },
  { who: 'a person', name: 'by-hand', ttl: undefined },
] as const;

for (const { who, name, ttl } of REMOVALS) {
  test(`a finished Job that ${who} removed runs no second time, until its manifest changes`, async () => {
    const once = (image: string) => {
      const one = job('once', image);
      return documents({ ...one, spec: { ...one.spec, ttlSecondsAfterFinished: ttl } });
    };
    await using scene = await startScene(world, `job-${name}`, { 'job.yaml': once('registry.example/app:1') });
    const { agent } = scene;
    const path = scene.path('jobs/once', 'batch/v1');
    const revision = await scene.repository.head();
    await agent.healthy(revision);
    if (ttl === undefined) {
      await world.cluster.until(path, 'its end', ({ status }) => status?.succeeded === 1);
      await world.cluster.delete(path);
    }
    await world.cluster.untilGone(path);
    await agent.until('its going to be seen', (status) => objectOf(status, 'job/once').action === 'skipped');

    const again = await agent.api.finishedJob((await agent.api.sync({})).id);
    assert.equal(again.state, 'succeeded');
    assert.equal(await world.cluster.find(path), undefined);
    assert.deepEqual(eventsOf(agent.events, 'interference', 'once'), [], 'its going is no interference');
    const gone = await agent.healthy(await scene.push({ 'README.md': 'no news' }));
    assert.equal(objectOf(gone, 'job/once').action, 'skipped', 'and the next revision does not wait for its health');

    await agent.stop();
    const restarted = await world.agent(flagsOf(world, scene.repository, scene.namespace));
    await restarted.healthy(await scene.repository.head());
    assert.equal(await world.cluster.find(path), undefined, 'nor does it run after a restart');
    assert.deepEqual(eventsOf(restarted.events, 'interference', 'once'), []);

    await scene.push({ 'job.yaml': once('registry.example/app:2') });
    await untilObject(world.cluster, path, 'the changed Job to run', (found) => found);
  });
}

test('replicas of a workload under an autoscaler are left to it', async () => {
  const scaler = {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      minReplicas: 1,
      maxReplicas: 9,
    },
  };
  await using scene = await startScene(world, 'scaled', { 'web.yaml': documents(deployment('web', 2), scaler) });
  const { agent } = scene;
  const path = scene.path('deployments/web', 'apps/v1');
  await scene.delivered(await scene.repository.head());
  assert.equal((await world.cluster.get(path)).spec.replicas, 2);
  const scale = `${path}/scale?fieldManager=kube-controller-manager`;
  assert.equal((await world.cluster.request('PATCH', scale, { spec: { replicas: 5 } })).status, 200);

  const changed = deployment('web', 2);
  changed.metadata = { ...changed.metadata, ...{ annotations: { note: 'new' } } };
  await scene.delivered(await scene.push({ 'web.yaml': documents(changed, scaler) }));
  const live = await world.cluster.get(path);
  assert.deepEqual([live.spec.replicas, live.metadata.annotations.note], [5, 'new']);
  assert.deepEqual(eventsOf(agent.events, 'interference', 'web'), []);
});
