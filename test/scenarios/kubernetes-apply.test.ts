import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { JsonObject } from '@weaveflux/shared';
import { type ControlPlane, startControlPlane } from '../rig/index.ts';
import { configMap, crd, deployment, job, keyOf, never, newNamespace, openTarget } from './kubernetes-world.ts';

/** Milliseconds, and less than an object is waited for that may yet come into being (15 s). */
const AT_ONCE = 12_000;

let cluster: ControlPlane;
before(async () => {
  cluster = await startControlPlane({ controllers: false });
});
after(() => cluster.stop());

test('objects are created, then unchanged, then configured, and a bad one does not stop the others', async () => {
  const namespace = await newNamespace(cluster);
  await using hands = await openTarget(cluster);
  const good = configMap(namespace, 'good', { a: 'b' });
  const bad = { ...configMap(namespace, 'bad', {}), data: { a: 3 } };
  const first = await hands.apply(bad, good, deployment(namespace, 'web'));
  assert.equal(first.get(keyOf(good))?.action, 'created');
  const failed = first.get(keyOf(bad));
  assert.equal(failed?.action, 'failed');
  assert.equal(failed.problem?.code, 'REJECTED');
  assert.match(failed.problem.message, /\.data\.a: expected string/);
  assert.equal(failed.problem.file, 'objects.yaml');
  assert.equal(failed.problem.line, 1);

  const second = await hands.apply(good, deployment(namespace, 'web'));
  assert.deepEqual(
    [...second.values()].map((result) => result.action),
    ['unchanged', 'unchanged'],
  );
  const third = await hands.apply(configMap(namespace, 'good', { a: 'c' }));
  assert.equal(third.get(keyOf(good))?.action, 'configured');

  await using restarted = await openTarget(cluster);
  const fourth = await restarted.apply(configMap(namespace, 'good', { a: 'c' }));
  assert.equal(fourth.get(keyOf(good))?.action, 'unchanged', 'an agent that has just started tells so too');
});

test('a namespace, a CRD and objects of its kind go in one call, and nothing of the schema is lost', async () => {
  await using hands = await openTarget(cluster);
  const definition = crd('one.example.com', 'Gadget');
  const gadget = {
    apiVersion: 'one.example.com/v1',
    kind: 'Gadget',
    metadata: { name: 'g', namespace: 'made-in-the-same-call' },
    spec: { port: 'http', free: { of: ['any', 1] } },
  };
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'made-in-the-same-call' } };
  const results = await hands.apply(gadget, definition, namespace);
  assert.deepEqual(
    [...results.values()].map((result) => result.action),
    ['created', 'created', 'created'],
  );
  const live = await cluster.get('/apis/one.example.com/v1/namespaces/made-in-the-same-call/gadgets/g');
  assert.deepEqual(live.spec, gadget.spec);
  const stored = await cluster.get('/apis/apiextensions.k8s.io/v1/customresourcedefinitions/gadgets.one.example.com');
  const spec = stored.spec.versions[0].schema.openAPIV3Schema.properties.spec;
  assert.equal(spec['x-kubernetes-preserve-unknown-fields'], true);
  assert.equal(spec.properties.port['x-kubernetes-int-or-string'], true);
  const again = await hands.apply(gadget, definition, namespace);
  assert.deepEqual(
    [...again.values()].map((result) => result.action),
    ['unchanged', 'unchanged', 'unchanged'],
  );
});

test('a namespace that is being deleted fails at once and does not hold up the others', async () => {
  const namespace = await newNamespace(cluster);
  await using hands = await openTarget(cluster);
  // Without a controller manager a deleted namespace stays in its last phase.
  await cluster.delete(`/api/v1/namespaces/${namespace}`);
  const other = configMap('default', 'beside-it', {});
  const ending = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
  const began = performance.now();
  const results = await hands.apply(ending, other);
  assert.match(results.get(keyOf(ending))?.problem?.message ?? '', /is being deleted/);
  assert.equal(results.get(keyOf(other))?.action, 'created');
  assert.ok(performance.now() - began < AT_ONCE);
});

test('a CRD that is refused fails its objects at once', async () => {
  const namespace = await newNamespace(cluster);
  await using hands = await openTarget(cluster);
  const broken = { ...crd('three.example.com', 'Doohickey'), metadata: { name: 'misnamed.three.example.com' } };
  const thing = { apiVersion: 'three.example.com/v1', kind: 'Doohickey', metadata: { name: 'd', namespace } };
  const began = performance.now();
  const results = await hands.apply(broken, thing);
  assert.equal(results.get(keyOf(broken))?.problem?.code, 'REJECTED');
  assert.equal(results.get(keyOf(thing))?.problem?.code, 'UNKNOWN_KIND');
  assert.ok(performance.now() - began < AT_ONCE);
});

test('an object of half a megabyte is applied', async () => {
  const namespace = await newNamespace(cluster);
  await using hands = await openTarget(cluster);
  const big = configMap(namespace, 'big', { text: 'x'.repeat(500_000) });
  assert.equal((await hands.apply(big)).get(keyOf(big))?.action, 'created');
  assert.equal((await cluster.get(`/api/v1/namespaces/${namespace}/configmaps/big`)).data.text.length, 500_000);
});

test('an immutable field fails with its name, and recreates the object where the manifest says so', async () => {
  const namespace = await newNamespace(cluster);
  await using hands = await openTarget(cluster);
  await hands.apply(job(namespace, 'migrate', 'registry.example/app:1'));
  const path = `/apis/batch/v1/namespaces/${namespace}/jobs/migrate`;
  const { uid } = (await cluster.get(path)).metadata;

  const changed = job(namespace, 'migrate', 'registry.example/app:2');
  const refused = (await hands.apply(changed)).get(keyOf(changed));
  assert.equal(refused?.problem?.code, 'IMMUTABLE_FIELD');
  assert.match(refused.problem.message, /spec\.template/);
  assert.equal((await cluster.get(path)).metadata.uid, uid);

  const allowed = job(namespace, 'migrate', 'registry.example/app:2', { 'weaveflux.dev/recreate': 'true' });
  assert.equal((await hands.apply(allowed)).get(keyOf(allowed))?.action, 'configured');
  const live = await cluster.get(path);
  assert.notEqual(live.metadata.uid, uid);
  assert.equal(live.spec.template.spec.containers[0].image, 'registry.example/app:2');
});

test('recreate does not delete what another made', async () => {
  const namespace = await newNamespace(cluster);
  await using hands = await openTarget(cluster);
  const foreign = await cluster.apply(job(namespace, 'theirs', 'registry.example/app:1') as never);
  const ours = job(namespace, 'theirs', 'registry.example/app:2', { 'weaveflux.dev/recreate': 'true' });
  const result = (await hands.apply(ours)).get(keyOf(ours));
  assert.equal(result?.problem?.code, 'IMMUTABLE_FIELD');
  const live = await cluster.get(`/apis/batch/v1/namespaces/${namespace}/jobs/theirs`);
  assert.equal(live.metadata.uid, foreign.metadata.uid);
});

test('a finished Job that is gone does not run again until its manifest changes, also after a restart', async () => {
  const namespace = await newNamespace(cluster);
  const path = `/apis/batch/v1/namespaces/${namespace}/jobs/once`;
  const once = job(namespace, 'once', 'registry.example/app:1');
  {
    await using hands = await openTarget(cluster);
    const watched = await hands.watch(once);
    assert.equal((await hands.apply(once)).get(keyOf(once))?.action, 'created');
    await finishJob(path);
    await watched.event(keyOf(once), 'the end');
    await cluster.delete(path);
    await watched.event(keyOf(once), 'the deletion', (event) => event.type === 'deleted');
    assert.equal((await hands.apply(once)).get(keyOf(once))?.action, 'skipped');
  }
  await using restarted = await openTarget(cluster);
  assert.equal((await restarted.apply(once)).get(keyOf(once))?.action, 'skipped');
  assert.equal(await cluster.find(path), undefined);
  const changed = job(namespace, 'once', 'registry.example/app:2');
  assert.equal((await restarted.apply(changed)).get(keyOf(once))?.action, 'created');
});

test('a Job that was deleted before it ended is created again', async () => {
  const namespace = await newNamespace(cluster);
  const path = `/apis/batch/v1/namespaces/${namespace}/jobs/long`;
  const long = job(namespace, 'long', 'registry.example/app:1');
  await using hands = await openTarget(cluster);
  const watched = await hands.watch(long);
  await hands.apply(long);
  await cluster.delete(path);
  await watched.event(keyOf(long), 'the deletion', (event) => event.type === 'deleted');
  assert.equal((await hands.apply(long)).get(keyOf(long))?.action, 'created');
});

test('the replicas of an autoscaled workload stay live until the autoscaler owns them, then are left to it', async () => {
  const namespace = await newNamespace(cluster);
  await using hands = await openTarget(cluster);
  const web = deployment(namespace, 'web', { replicas: 2 });
  const scaler: JsonObject = {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web', namespace },
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, maxReplicas: 9 },
  };
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments/web`;
  await hands.apply(web, scaler);
  assert.equal((await cluster.get(path)).spec.replicas, 2);

  const scale = await cluster.request('PATCH', `${path}/scale?fieldManager=kube-controller-manager`, {
    spec: { replicas: 7 },
  });
  assert.equal(scale.status, 200);
  assert.equal((await hands.apply(web)).get(keyOf(web))?.action, 'configured', 'ours of the field is given up');
  assert.equal((await cluster.get(path)).spec.replicas, 7);
  const { desired } = await hands.resolve(web);
  assert.ok(desired[0]);
  assert.deepEqual(await hands.target.differences(desired[0], undefined, never), []);
  assert.equal((await hands.apply(web)).get(keyOf(web))?.action, 'unchanged');
});

test('a key removed from the stringData of a Secret goes', async () => {
  const namespace = await newNamespace(cluster);
  await using hands = await openTarget(cluster);
  const secret = (stringData: JsonObject): JsonObject => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's', namespace },
    data: { bytes: 'AAE=' },
    stringData,
  });
  await hands.apply(secret({ a: 'grüß', b: '2' }));
  const path = `/api/v1/namespaces/${namespace}/secrets/s`;
  assert.equal(Buffer.from((await cluster.get(path)).data.a, 'base64').toString(), 'grüß');
  await hands.apply(secret({ a: '1' }));
  assert.deepEqual((await cluster.get(path)).data, { a: 'MQ==', bytes: 'AAE=' });
});

test('what the API says of a Secret is not repeated, because it may quote the values', async () => {
  const namespace = await newNamespace(cluster);
  await using hands = await openTarget(cluster);
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's', namespace },
    stringData: { password: 918273 },
  };
  const problem = (await hands.apply(secret as never)).get(keyOf(secret as never))?.problem;
  assert.equal(problem?.code, 'REJECTED');
  assert.doesNotMatch(problem.message, /918273/);
});

test('differences name field, both values, manager and time; those of a Secret are masked', async () => {
  const namespace = await newNamespace(cluster);
  await using hands = await openTarget(cluster);
  const web = deployment(namespace, 'web');
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's', namespace },
    stringData: { a: 'plain-one' },
  };
  await hands.apply(web, secret);
  const before = Date.now();
  await cluster.patch(
    `/apis/apps/v1/namespaces/${namespace}/deployments/web`,
    { spec: { replicas: 3, template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': 'now' } } } } },
    'kubectl-edit',
  );
  const after = Date.now();
  await cluster.patch(`/api/v1/namespaces/${namespace}/secrets/s`, { stringData: { a: 'plain-two' } }, 'kubectl-edit');
  const { desired } = await hands.resolve(web, secret);
  const [first, second] = desired;
  assert.ok(first && second);
  const [replicas, ...more] = await hands.target.differences(first, undefined, never);
  assert.deepEqual(more, [], 'a field that the manifest does not set is no difference');
  assert.equal(replicas?.path, '/spec/replicas');
  assert.equal(replicas.desired, '0');
  assert.equal(replicas.live, '3');
  assert.equal(replicas.manager, 'kubectl-edit');
  const time = Date.parse(replicas.time ?? '');
  // The times of managedFields have whole seconds.
  assert.ok(before - 1_000 < time && time <= after, replicas.time);
  const masked = await hands.target.differences(second, undefined, never);
  assert.deepEqual(
    masked.map(({ path, desired, live }) => [path, desired, live]),
    [['/data/a', 'differs', 'differs']],
  );
  assert.equal(masked[0]?.manager, 'kubectl-edit');
});

test('a comparison with a state that others have changed since finds nothing that is not there', async () => {
  const namespace = await newNamespace(cluster);
  await using hands = await openTarget(cluster);
  const web = deployment(namespace, 'web');
  await hands.apply(web);
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments/web`;
  const stale = await cluster.get(path);
  await cluster.patch(path, { spec: { template: { metadata: { annotations: { note: 'new' } } } } });
  const [object] = (await hands.resolve(web)).desired;
  assert.ok(object);
  assert.deepEqual(await hands.target.differences(object, stale as JsonObject, never), []);
});

/** Says of a Job, as its controller would, that it is complete. */
async function finishJob(path: string): Promise<void> {
  const now = new Date().toISOString();
  const conditions = ['SuccessCriteriaMet', 'Complete'].map((type) => ({
    type,
    status: 'True',
    lastProbeTime: now,
    lastTransitionTime: now,
  }));
  const status = {
    startTime: now,
    completionTime: now,
    succeeded: 1,
    ready: 0,
    uncountedTerminatedPods: {},
    conditions,
  };
  const answer = await cluster.request('PATCH', `${path}/status`, { status });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
}
