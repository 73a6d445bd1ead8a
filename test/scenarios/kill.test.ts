import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { waitFor } from '../rig/index.ts';
import { startWorld, type World } from '../support/world.ts';
import { configMap, documents, flagsOf, job, type Scene, startScene } from './delivery-support.ts';
import { inventoryText, labelled, type SlowPath, slowPath } from './kill-support.ts';

const COUNT = 150;
const LIMIT = 'pruneLimit:\n  objects: 1000\n';
const NAMES = Array.from({ length: COUNT }, (_, index) => `map-${String(index).padStart(3, '0')}`);

let world: World;
let slow: SlowPath;
before(async () => {
  world = await startWorld({});
  slow = await slowPath(world.cluster, world.dir, 60);
});
after(async () => {
  await slow?.[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

function files(names: readonly string[], a: string): Record<string, string> {
  return Object.fromEntries(names.map((name) => [`${name}.yaml`, configMap(name, { a })]));
}

/** Starts the scene's agent again, on the slow way: with the data it had, or with an empty folder. */
function restart(scene: Scene, data: 'same' | 'empty', round: number) {
  return world.agent({
    ...flagsOf(world, scene.repository, scene.namespace),
    kubeconfig: slow.kubeconfig,
    'data-dir': join(world.dir, data === 'same' ? `${scene.namespace}-data` : `${scene.namespace}-data-${round}`),
  });
}

/** All that is in the cluster must be in the inventory, or nobody would ever delete it. */
async function assertNoOrphan(namespace: string): Promise<void> {
  const names = await labelled(world.cluster, namespace);
  const inventory = await inventoryText(world.cluster, namespace);
  assert.deepEqual(
    names.filter((name) => !inventory.includes(`/${name}`)),
    [],
  );
}

async function until(what: string, holds: (names: readonly string[]) => boolean, namespace: string): Promise<void> {
  await waitFor({ what, interval: 20 }, async () => holds(await labelled(world.cluster, namespace)));
}

test('kill -9 in the middle of a delivery and of a prune, again and again: nothing is lost, all ends equal', async () => {
  const namespace = 'killed';
  const scene = await startScene(world, namespace, { 'one.yaml': configMap('one'), '.weaveflux.yaml': LIMIT });
  await scene.agent.healthy(await scene.repository.head());
  await scene.agent.kill();

  await scene.push(files(NAMES, 'first'));
  for (const [round, least] of [2, 60, 120].entries()) {
    const agent = await restart(scene, round % 2 === 0 ? 'same' : 'empty', round);
    await until(`${least} objects to be there`, ({ length }) => length >= least, namespace);
    await agent.kill();
    await assertNoOrphan(namespace);
  }
  const second = await restart(scene, 'same', 10);
  await second.healthy(await scene.repository.head(), 60_000);
  assert.deepEqual(await labelled(world.cluster, namespace), [...NAMES, 'one'].sort());
  await second.kill();

  const gone = NAMES.slice(0, COUNT / 2);
  const pruned = await scene.push({}, ...gone.map((name) => `${name}.yaml`));
  for (const [round, most] of [120, 90].entries()) {
    const agent = await restart(scene, round % 2 === 0 ? 'empty' : 'same', 20 + round);
    await until(`at most ${most} objects to be left`, ({ length }) => length <= most, namespace);
    await agent.kill();
    await assertNoOrphan(namespace);
  }
  const last = await restart(scene, 'empty', 30);
  const status = await last.healthy(pruned, 60_000);
  await last.until('the pruning to end', ({ objects }) => objects.length === COUNT / 2 + 1);
  assert.deepEqual(await labelled(world.cluster, namespace), [...NAMES.slice(COUNT / 2), 'one'].sort());
  assert.deepEqual(status.sync.problems, []);
  const inventory = await inventoryText(world.cluster, namespace);
  assert.deepEqual(
    gone.filter((name) => inventory.includes(`/${name}`)),
    [],
    'what is gone is forgotten',
  );
  await last.stop();
});

test('kill -9 between the two halves of a recreate: the object is made anew', async () => {
  const again = { 'weaveflux.dev/recreate': 'true' };
  const scene = await startScene(world, 'remade', {
    'job.yaml': documents(job('migrate', 'registry.example/app:1', again)),
  });
  const path = scene.path('jobs/migrate', 'batch/v1');
  await world.cluster.until(path, 'the Job to be there', () => true);
  await scene.agent.kill();
  const { uid } = (await world.cluster.get(path)).metadata;
  await scene.push({ 'job.yaml': documents(job('migrate', 'registry.example/app:2', again)) });
  const dying = await restart(scene, 'empty', 1);
  await waitFor(
    { what: 'the old Job to be gone', interval: 2 },
    async () => (await world.cluster.find(path))?.metadata.uid !== uid,
  );
  await dying.kill();
  const last = await restart(scene, 'empty', 2);
  const made = await world.cluster.until(path, 'the new Job', ({ metadata }) => metadata.uid !== uid);
  assert.equal(made.spec.template.spec.containers[0].image, 'registry.example/app:2');
  await last.until('the delivery to end', ({ sync }) => sync.finishedAt !== undefined);
  assert.equal((await world.cluster.get(path)).metadata.uid, made.metadata.uid, 'made once');
  await last.stop();
});

test('a Job that has run does not run again after kill -9, with and without the data of before', async () => {
  const scene = await startScene(world, 'ran', {
    'job.yaml': documents(job('once', 'registry.example/app:1')),
    'a.yaml': configMap('a'),
  });
  const path = scene.path('jobs/once', 'batch/v1');
  await scene.delivered(await scene.repository.head());
  const time = new Date().toISOString();
  const conditions = ['SuccessCriteriaMet', 'Complete'].map((type) => ({
    type,
    status: 'True',
    lastTransitionTime: time,
  }));
  await world.cluster.patch(`${path}/status`, {
    status: { startTime: time, completionTime: time, succeeded: 1, conditions },
  });
  await scene.agent.kill();
  await world.cluster.delete(path);
  await world.cluster.untilGone(path);
  for (const [round, data] of (['same', 'empty'] as const).entries()) {
    const agent = await restart(scene, data, round);
    const status = await agent.healthy(await scene.repository.head());
    assert.equal(status.objects.find(({ name }) => name.endsWith('/once'))?.action, 'skipped');
    assert.equal(await world.cluster.find(path), undefined);
    await agent.kill();
  }
});
