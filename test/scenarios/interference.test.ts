import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startWorld, type World } from '../support/world.ts';
import { configMap, deployment, documents, type Scene, startScene } from './delivery-support.ts';
import { driftOf, isAbout, told, watching } from './interference-support.ts';

const SECRET = documents({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'login' },
  stringData: { password: 'first-secret-value' },
});
const HPA = documents({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'scaled-here' },
  spec: { maxReplicas: 9, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'scaled-here' } },
});

/** A Deployment with a field that others may change. */
function scaled(name: string) {
  const { spec, ...rest } = deployment(name);
  return { ...rest, spec: { ...spec, revisionHistoryLimit: 5 } };
}

let world: World;
let scene: Scene;
before(async () => {
  world = await startWorld({});
  // What autoscalers target is asked of a namespace once in ten seconds, so they are there before anything is compared.
  await world.cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'interference' } });
  await world.cluster.apply({
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'scaled-there', namespace: 'interference' },
    spec: { maxReplicas: 9, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'scaled-there' } },
  });
  scene = await startScene(world, 'interference', {
    'probe.yaml': configMap('probe'),
    'changed.yaml': configMap('changed', { color: 'green', size: 'small' }),
    'timed.yaml': configMap('timed', { one: 'green', two: 'green', three: 'green' }),
    'deleted.yaml': configMap('deleted'),
    'extra.yaml': configMap('extra'),
    'labelled.yaml': configMap('labelled'),
    'secret.yaml': SECRET,
    'restarted.yaml': documents(deployment('restarted')),
    'scaled-here.yaml': documents(scaled('scaled-here')) + HPA,
    'scaled-there.yaml': documents(scaled('scaled-there')),
    'claimed.yaml': configMap('claimed'),
  });
  await scene.delivered(await scene.repository.head());
  await watching(scene, world, 'probe');
});
after(async () => {
  await scene?.[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

const map = (name: string) => scene.path(`configmaps/${name}`);

test('a changed field is told with both values and its manager, and corrected', async () => {
  await world.cluster.patch(map('changed'), { data: { color: 'red' } }, 'kubectl-edit');
  const event = await scene.agent.event('the interference', isAbout('interference', 'changed'));
  assert.match(
    event.message,
    /interference:configmap\/changed was changed: \/data\/color "green" → "red" by kubectl-edit at \d{4}-/,
  );
  assert.deepEqual([event.file, event.line, event.severity], ['changed.yaml', 1, 'warning']);
  await scene.agent.event('the correction', isAbout('corrected', 'changed'));
  assert.equal((await world.cluster.get(map('changed'))).data.color, 'green');
  assert.equal(await driftOf(scene.agent, 'changed'), undefined);
});

test('a change is noticed within a second and corrected within three, where the machine is not busy all the time', async () => {
  const rounds: { readonly told: number; readonly corrected: number }[] = [];
  // Each field once: one that is changed again and again would be contested.
  for (const field of ['one', 'two', 'three']) {
    const seen = scene.agent.events.length;
    const since = Date.now();
    await world.cluster.patch(map('timed'), { data: { [field]: 'red' } });
    const told = await scene.agent.event('the interference', isAbout('interference', 'timed'), { after: seen });
    const corrected = await scene.agent.event('the correction', isAbout('corrected', 'timed'), { after: seen });
    rounds.push({ told: Date.parse(told.time) - since, corrected: Date.parse(corrected.time) - since });
  }
  assert.ok(
    rounds.some(({ told, corrected }) => told < 1000 && corrected < 3000),
    JSON.stringify(rounds),
  );
});

test('a deleted object comes back, and nobody is accused', async () => {
  await world.cluster.delete(map('deleted'));
  const event = await scene.agent.event('the interference', isAbout('interference', 'deleted'));
  assert.match(event.message, /configmap\/deleted was deleted; Kubernetes does not tell by whom/);
  await scene.agent.event('the correction', isAbout('corrected', 'deleted'));
  assert.equal((await world.cluster.get(map('deleted'))).data.a, 'b');
});

test('what the manifest does not set is nobody else’s harm', async () => {
  await world.cluster.patch(
    map('extra'),
    { metadata: { annotations: { mine: 'yes' } }, data: { more: 'c' } },
    'somebody',
  );
  await world.cluster.patch(scene.path('deployments/restarted', 'apps/v1'), {
    spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-01-01T00:00:00Z' } } } },
  });
  await watching(scene, world, 'probe');
  const extra = await world.cluster.get(map('extra'));
  assert.deepEqual([extra.data, extra.metadata.annotations.mine], [{ a: 'b', more: 'c' }, 'yes']);
  const { spec } = await world.cluster.get(scene.path('deployments/restarted', 'apps/v1'));
  assert.ok(spec.template.metadata.annotations['kubectl.kubernetes.io/restartedAt']);
  await scene.agent.api.finishedJob((await scene.agent.api.sync({})).id);
  assert.equal((await world.cluster.get(map('extra'))).data.more, 'c', 'a sync leaves it, too');
  for (const name of ['extra', 'restarted'])
    assert.deepEqual(told(scene.agent, name), { interference: 0, corrected: 0 });
});

test('our label taken off is put back', async () => {
  await world.cluster.patch(map('labelled'), { metadata: { labels: { 'weaveflux.dev/environment': null } } });
  const event = await scene.agent.event('the interference', isAbout('interference', 'labelled'));
  assert.match(event.message, /\/metadata\/labels/);
  await scene.agent.event('the correction', isAbout('corrected', 'labelled'));
  const { metadata } = await world.cluster.get(map('labelled'));
  assert.ok(metadata.labels['weaveflux.dev/environment'].endsWith('.interference'));
});

test('what another environment claims is refused, told once', async () => {
  await world.cluster.patch(map('claimed'), { metadata: { labels: { 'weaveflux.dev/environment': 'mine' } } });
  const event = await scene.agent.event('the refusal', isAbout('object-failed', 'claimed'));
  assert.match(event.message, /claimed belongs to environment mine.*weaveflux adopt/);
  await world.cluster.patch(map('claimed'), { metadata: { annotations: { touched: 'again' } } });
  await watching(scene, world, 'probe');
  assert.equal(scene.agent.events.filter(isAbout('object-failed', 'claimed')).length, 1);
  assert.equal(told(scene.agent, 'claimed').interference, 1);
  await scene.agent.until('the revision to have failed', ({ sync }) => sync.state === 'failed');
  await scene.agent.api.adopt({ object: 'configmap/claimed', requestedBy: { name: 'Ann' } });
  await scene.agent.until('all to be well again', ({ sync }) => sync.state === 'applied');
});

test('a Secret’s values are shown nowhere', async () => {
  const path = scene.path('secrets/login');
  await world.cluster.patch(path, { stringData: { password: 'second-secret-value', other: 'third-secret-value' } });
  const event = await scene.agent.event('the interference', isAbout('interference', 'login'));
  assert.match(event.message, /\/data\/password/);
  await scene.agent.event('the correction', isAbout('corrected', 'login'));
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  assert.equal((await world.cluster.get(path)).data.password, base64('first-secret-value'));
  const detail = await scene.agent.api.object('secret/login');
  assert.ok(detail.live && detail.desired);
  const shown = JSON.stringify([
    scene.agent.events,
    await scene.agent.api.status(),
    detail,
    scene.agent.process.tail(200),
  ]);
  for (const text of ['first', 'second', 'third'].map((word) => `${word}-secret-value`))
    for (const form of [text, base64(text)]) assert.ok(!shown.includes(form), `${form} is shown`);
});

test('an autoscaler of the repository or of the cluster has the last word on replicas', async () => {
  for (const name of ['scaled-here', 'scaled-there']) {
    const path = scene.path(`deployments/${name}`, 'apps/v1');
    await world.cluster.patch(`${path}/scale`, { spec: { replicas: 3 } }, 'kube-controller-manager');
    await world.cluster.patch(path, { spec: { minReadySeconds: 9, revisionHistoryLimit: 3 } });
    await scene.agent.event('the correction of the history limit', isAbout('corrected', name));
    assert.equal((await world.cluster.get(path)).spec.replicas, 3, `${name} after a correction`);
  }
  await scene.agent.api.finishedJob((await scene.agent.api.sync({})).id);
  for (const name of ['scaled-here', 'scaled-there']) {
    assert.equal((await world.cluster.get(scene.path(`deployments/${name}`, 'apps/v1'))).spec.replicas, 3, name);
    assert.deepEqual(told(scene.agent, name), { interference: 1, corrected: 1 });
  }
});

test('each interference was told once, and so was its correction', () => {
  for (const name of ['changed', 'deleted', 'labelled', 'login'])
    assert.deepEqual(told(scene.agent, name), { interference: 1, corrected: 1 }, name);
  assert.deepEqual(
    scene.agent.events.filter(({ type }) => type === 'warning').map(({ message }) => message),
    [],
  );
});
