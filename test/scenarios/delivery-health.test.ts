import assert from 'node:assert/strict';
import type { AddressInfo, Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { createServer } from 'node:tls';
import { BEHAVIOUR, createAuthority, waitFor } from '../rig/index.ts';
import { startWorld, type World } from '../support/world.ts';
import { configMap, crd, deployment, documents, job, objectOf, startScene } from './delivery-support.ts';

let world: World;
before(async () => {
  world = await startWorld({}, { controllers: true });
});
after(() => world[Symbol.asyncDispose]());

test('a slow workload is applied first, then healthy', async () => {
  const slow = deployment('slow', 1, { [BEHAVIOUR]: 'dawdle' });
  await using scene = await startScene(world, 'slow', { 'slow.yaml': documents(slow), 'a.yaml': configMap('a') });
  const { agent } = scene;
  const revision = await scene.repository.head();
  const applied = await agent.until('the revision to be applied', ({ sync }) => sync.appliedRevision === revision);
  assert.equal(applied.sync.state, 'applied');
  assert.equal(applied.sync.healthyRevision, undefined);
  assert.equal(objectOf(applied, 'deployment/slow').health.state, 'progressing');
  await makePodReady('slow');
  const healthy = await agent.healthy(revision);
  assert.equal(healthy.sync.state, 'healthy');
  assert.equal(objectOf(healthy, 'deployment/slow').health.state, 'healthy');
  await agent.event('that it is healthy', ({ type }) => type === 'healthy');
  const order = agent.events.map(({ type }) => type).filter((type) => type === 'sync-applied' || type === 'healthy');
  assert.deepEqual(order, ['sync-applied', 'healthy']);
});

test('a Deployment that misses its deadline and a Job that fails make the revision failed, and are named', async () => {
  const bad = deployment('bad', 1, { [BEHAVIOUR]: 'fail' });
  const failing = job('failing', 'registry.example/app:1');
  await using scene = await startScene(world, 'failing', {
    'bad.yaml': documents({ ...bad, spec: { ...bad.spec, progressDeadlineSeconds: 2 } }),
    'job.yaml': documents({
      ...failing,
      spec: {
        backoffLimit: 0,
        template: { ...failing.spec.template, metadata: { annotations: { [BEHAVIOUR]: 'fail' } } },
      },
    }),
    'good.yaml': documents(deployment('good', 1)),
  });
  const { agent } = scene;
  const revision = await scene.repository.head();
  const failed = await agent.until(
    'both to have failed, and the revision with them',
    (status) =>
      status.sync.state === 'failed' &&
      objectOf(status, 'deployment/bad').health.state === 'failed' &&
      objectOf(status, 'job/failing').health.state === 'failed',
  );
  assert.equal(failed.sync.appliedRevision, revision, 'everything was applied');
  assert.equal(failed.sync.healthyRevision, undefined);
  assert.equal(objectOf(failed, 'deployment/good').problem, undefined);
  for (const name of ['deployment/bad', 'job/failing']) {
    const told = await agent.event(
      `${name} named`,
      ({ type, message }) => type === 'unhealthy' && message.includes(name),
    );
    assert.deepEqual([told.revision, told.severity], [revision, 'error']);
  }

  const mended = await scene.push({ 'bad.yaml': documents(deployment('bad', 1)) }, 'job.yaml');
  assert.equal((await agent.healthy(mended)).sync.state, 'healthy');
});

test('a custom object is healthy or failed by its conditions', async () => {
  const thing = { apiVersion: 'health.example.com/v1', kind: 'Thing', metadata: { name: 't' }, spec: { a: 1 } };
  await using scene = await startScene(world, 'conditions', {
    'crd.yaml': documents(crd('health.example.com', 'Thing')),
    'thing.yaml': documents(thing),
  });
  const { agent } = scene;
  await agent.healthy(await scene.repository.head());
  const path = scene.path('things/t', 'health.example.com/v1');
  const say = (status: string, message: string) => {
    const condition = { type: 'Ready', status, reason: 'Said', message, lastTransitionTime: new Date().toISOString() };
    return world.cluster.patch(path, { status: { conditions: [condition] } }, 'thing-controller');
  };
  await say('False', 'the disk is full');
  const waiting = await agent.until('the condition to be seen', (status) =>
    ['failed', 'progressing'].includes(objectOf(status, 'thing/t').health.state),
  );
  assert.match(objectOf(waiting, 'thing/t').health.message, /the disk is full/);
  await agent.until('the revision to wait for it', ({ sync }) => sync.state === 'applied');
  await say('True', '');
  await agent.until('the revision to be healthy again', ({ sync }) => sync.state === 'healthy');
});

test('a new revision does not wait for the health of the one before', async () => {
  await using scene = await startScene(world, 'preempted', {
    'web.yaml': documents(deployment('web', 1, { [BEHAVIOUR]: 'dawdle' })),
  });
  const { agent } = scene;
  const first = await scene.repository.head();
  await agent.until('the first to be applied', ({ sync }) => sync.appliedRevision === first);
  const second = await scene.push({ 'web.yaml': documents(deployment('web', 1)) });
  const status = await agent.healthy(second);
  assert.equal(status.sync.revision, second);
  assert.ok(!agent.events.some(({ type, revision }) => type === 'healthy' && revision === first));
});

test('a new revision pre-empts a delivery that waits for an answer', async () => {
  await using webhook = await startHangingWebhook();
  await using scene = await startScene(world, 'waiting', { 'a.yaml': configMap('a') });
  const { agent } = scene;
  await agent.healthy(await scene.repository.head());
  const labelled = configMap('slow').replace('name: slow', 'name: slow, labels: { hangs: "true" }');
  const stuck = await scene.push({ 'slow.yaml': labelled });
  await waitFor({ what: 'the delivery to wait for an answer' }, () => webhook.waiting() >= 1);
  const next = await scene.push({ 'a.yaml': configMap('a', { a: 'new' }) }, 'slow.yaml');
  const status = await agent.until('the next to be applied', ({ sync }) => sync.appliedRevision === next, 60_000);
  assert.deepEqual(status.sync.problems, []);
  await agent.event('the next', ({ type, revision }) => type === 'sync-applied' && revision === next);
  const failed = agent.events.filter(({ type, revision }) => type === 'object-failed' && revision === stuck);
  assert.deepEqual(failed, [], 'it did not wait until the webhook was given up');
  assert.equal((await world.cluster.get(scene.path('configmaps/a'))).data.a, 'new');
});

test('SIGTERM ends the agent with 0 within 10 seconds, in the middle of a delivery or of a comparison', async () => {
  const hanging = configMap('slow').replace('name: slow', 'name: slow, labels: { hangs: "true" }');
  await using compares = await startScene(world, 'comparing', { 'slow.yaml': hanging });
  await using delivers = await startScene(world, 'delivering', { 'a.yaml': configMap('a') });
  await compares.agent.healthy(await compares.repository.head());
  await delivers.agent.healthy(await delivers.repository.head());
  await using webhook = await startHangingWebhook();
  await delivers.push({ 'slow.yaml': hanging });
  await world.cluster.patch(compares.path('configmaps/slow'), { data: { a: 'by hand' } });
  await waitFor({ what: 'both agents to wait for an answer' }, () => webhook.waiting() >= 2);
  await Promise.all(
    [compares.agent, delivers.agent].map(async (agent) => {
      // Somebody waits for an answer of the agent's, too.
      const job = agent.api.sync({}).then(({ id }) => agent.api.finishedJob(id));
      job.catch(() => {});
      await agent.api.status();
      const began = Date.now();
      await agent.stop();
      assert.equal(await agent.process.ended, 'exit code 0');
      assert.ok(Date.now() - began < 10_000, `${Date.now() - began} ms`);
      assert.match(agent.process.tail(), /event=agent-stopped/);
    }),
  );
});

/** Does what a kubelet does when a container is ready, to the one pod of a namespace. */
async function makePodReady(namespace: string): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/pods`;
  const name = await waitFor({ what: 'the pod' }, async () => (await world.cluster.get(path)).items[0]?.metadata.name);
  const conditions = ['ContainersReady', 'Ready'].map((type) => ({ type, status: 'True' }));
  await world.cluster.patch(`${path}/${name}/status`, { status: { phase: 'Running', conditions } }, 'kubelet');
}

/** An admission webhook, in force, that accepts the connection and never answers when an agent sends an object labelled `hangs`. */
async function startHangingWebhook(): Promise<AsyncDisposable & { waiting(): number }> {
  const sockets = new Set<Socket>();
  const authority = createAuthority('hanging webhook');
  const { cert, key } = authority.issue({ commonName: '127.0.0.1', addresses: ['127.0.0.1'] });
  let isInForce = false;
  const server = createServer({ cert, key }, (socket) => {
    socket.on('error', () => {});
    if (isInForce) sockets.add(socket);
    else socket.destroy();
    isInForce = true;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  const { port } = server.address() as AddressInfo;
  const configuration = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: `hangs-${port}` },
    webhooks: [
      {
        name: 'hangs.rig.weaveflux.dev',
        clientConfig: { url: `https://127.0.0.1:${port}/`, caBundle: Buffer.from(authority.cert).toString('base64') },
        objectSelector: { matchLabels: { hangs: 'true' } },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['configmaps'] }],
        matchConditions: [{ name: 'agents', expression: 'request.options.fieldManager == "weaveflux"' }],
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
        timeoutSeconds: 30,
      },
    ],
  };
  await world.cluster.apply(configuration);
  await waitFor({ what: 'the webhook to be asked' }, async () => {
    const probe = configMap('probe').replace('name: probe', 'name: probe, labels: { hangs: "true" }');
    const path = '/api/v1/namespaces/default/configmaps/probe?fieldManager=weaveflux&dryRun=All';
    await world.cluster.request('PATCH', path, probe, 'application/apply-patch+yaml');
    return isInForce;
  });
  return {
    waiting: () => sockets.size,
    async [Symbol.asyncDispose]() {
      await world.cluster.delete(await world.cluster.pathOf(configuration));
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
