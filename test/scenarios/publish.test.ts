import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { waitFor } from '../rig/index.ts';
import { startWorld, type World } from '../support/world.ts';
import { configMap, countWrites, deployment, documents, startScene } from './delivery-support.ts';
import { isAbout, watching, weaveflux } from './interference-support.ts';
import {
  conditionOf,
  environmentPath,
  installEnvironments,
  is,
  type Kubectl,
  kubectlOf,
  untilEvents,
} from './publish-support.ts';

let world: World;
let kubectl: Kubectl;
before(async () => {
  world = await startWorld({});
  kubectl = await kubectlOf(world);
  await installEnvironments(world);
});
after(() => world[Symbol.asyncDispose]());

test('kubectl shows an environment, and waits until it is ready', async () => {
  await using scene = await startScene(world, 'shown', { 'a.yaml': configMap('a') });
  const { agent } = scene;
  await kubectl('wait', '--for=create', 'environment/shown', '--timeout=60s');
  await kubectl('wait', '--for=condition=Ready', 'environment/shown', '--timeout=60s');
  const head = await scene.repository.head();
  const short = head.slice(0, 7);
  assert.match(
    await kubectl('get', 'environments'),
    new RegExp(`^shown +${short} +True +Healthy +1 +1 +0 +False`, 'm'),
  );
  const { status, metadata } = await world.cluster.get(environmentPath('shown'));
  assert.equal(status.headRevision, head);
  assert.equal(status.observedGeneration, metadata.generation);
  assert.deepEqual(status.objects, { total: 1, healthy: 1, progressing: 0, failed: 0, drifted: 0 });

  const broken = await scene.push({ 'b.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: [' });
  await scene.delivered(broken);
  const failed = await world.cluster.until(environmentPath('shown'), 'to be stuck', is('Stalled', 'True'));
  assert.equal(failed.status.headRevision, broken);
  assert.equal(failed.status.problems[0].file, 'b.yaml');
  assert.match(conditionOf(failed, 'Ready')?.message, /b\.yaml/);
  assert.equal(conditionOf(failed, 'Ready')?.status, 'False', 'only a person mends a file');

  await agent.healthy(await scene.push({}, 'b.yaml'));
  const mended = await world.cluster.until(environmentPath('shown'), 'to be ready again', is('Ready', 'True'));
  assert.equal(conditionOf(mended, 'Stalled')?.status, 'False');
  assert.equal(
    conditionOf(mended, 'Suspended')?.lastTransitionTime,
    status.conditions.find((each: { type: string }) => each.type === 'Suspended').lastTransitionTime,
    'what did not change keeps its time',
  );
  const told = await untilEvents(world, 'weaveflux', 'shown', (events) => events.length >= 3);
  assert.deepEqual(told, ['Healthy × 1', 'SyncFailed × 1', 'Healthy × 1']);
});

test('the annotation asks for a sync, once a value, and says when it was done', async () => {
  const flags = { 'git-poll-interval': '1h', 'sync-interval': '1h' };
  await using scene = await startScene(world, 'asked', { 'a.yaml': configMap('a') }, flags);
  await scene.agent.healthy(await scene.repository.head());
  await world.cluster.until(environmentPath('asked'), 'to be ready', is('Ready', 'True'));
  const revision = await scene.push({ 'b.yaml': configMap('b') });
  const ask = (value: string) =>
    kubectl('annotate', '--overwrite', 'environment/asked', `reconcile.weaveflux.dev/requestedAt=${value}`);
  const handled = (value: string) =>
    world.cluster.until(
      environmentPath('asked'),
      `${value} to be handled`,
      ({ status }) => status?.lastHandledReconcileAt === value,
    );
  await ask('one');
  const { status } = await handled('one');
  assert.equal(status.appliedRevision, revision, 'it was looked and delivered before it says so');
  const writes = await countWrites(scene.agent);
  await ask('two');
  await handled('two');
  assert.ok((await countWrites(scene.agent)) - writes >= 2, 'every object was sent again');
  await ask('two');
  await scene.agent.stop();
  await using again = await world.agent({
    'git-url': scene.repository.url.replace('https://', `https://${world.git.user}:${world.git.token}@`),
    environment: 'asked',
    'k8s-default-namespace': 'asked',
    ...flags,
  });
  await again.healthy(revision);
  await ask('three');
  await handled('three');
  const started = again.events.filter(({ type }) => type === 'sync-started');
  assert.ok(started.length <= 2, 'what was handled is not handled again by the next agent');
});

test('spec.suspend suspends at once, with who and why, and its removal resumes', async () => {
  await using scene = await startScene(world, 'stopped', {
    'a.yaml': configMap('a'),
    'probe.yaml': configMap('probe'),
  });
  const { agent, path } = scene;
  await agent.healthy(await scene.repository.head());
  await watching(scene, world, 'probe');
  await world.cluster.until(environmentPath('stopped'), 'to be ready', is('Ready', 'True'));
  const patch = (spec: object) =>
    kubectl('patch', 'environment/stopped', '--type=merge', '-p', JSON.stringify({ spec }));
  await patch({ suspend: { reason: 'a fire' } });
  await agent.event('the suspension', ({ type, message }) => type === 'suspended' && /a fire/.test(message), {
    deadline: 30_000,
  });
  await kubectl('wait', '--for=condition=Suspended', 'environment/stopped', '--timeout=30s');
  const { suspensions } = await agent.api.status();
  assert.deepEqual(
    suspensions.map(({ reason, by }) => [reason, by]),
    [['a fire', 'kubectl-patch']],
  );
  await world.cluster.patch(path('configmaps/a'), { data: { a: 'mine' } });
  await agent.event('what is left', isAbout('drift-reported', 'a'));
  const revision = await scene.push({ 'b.yaml': configMap('b') });
  await scene.delivered(revision);
  assert.equal(await world.cluster.find(path('configmaps/b')), undefined);
  const held = await world.cluster.until(environmentPath('stopped'), 'to say so', is('Ready', 'False'));
  assert.equal(conditionOf(held, 'Ready')?.reason, 'Suspended');
  assert.equal(conditionOf(held, 'Reconciling')?.status, 'False');

  await patch({ suspend: null });
  await agent.event('the end of the suspension', ({ type }) => type === 'resumed');
  await agent.healthy(revision);
  await waitFor(
    { what: 'a to be put right' },
    async () => (await world.cluster.get(path('configmaps/a'))).data.a === 'b',
  );
  await kubectl('wait', '--for=condition=Ready', 'environment/stopped', '--timeout=30s');
  assert.deepEqual(agent.events.filter(({ type }) => type === 'suspended' || type === 'resumed').length, 2);
});

test('weaveflux suspend writes the spec for everything and the annotation for one workload', async () => {
  await using scene = await startScene(world, 'commanded', { 'a.yaml': configMap('a') });
  const { agent } = scene;
  await agent.healthy(await scene.repository.head());
  const inventory = '/api/v1/namespaces/weaveflux/configmaps/weaveflux-inventory-commanded-0';
  const annotation = async () => (await world.cluster.get(inventory)).metadata.annotations?.['weaveflux.dev/suspend'];
  const spec = async () => (await world.cluster.get(environmentPath('commanded'))).spec;

  await weaveflux(agent, 'suspend', 'configmap/a', '--reason', 'one');
  assert.match((await annotation()) ?? '', /one/);
  await weaveflux(agent, 'suspend', '--reason', 'all', '--for', '1h');
  const { suspend } = (await spec()) ?? {};
  assert.equal(suspend.reason, 'all');
  assert.ok(Date.parse(suspend.until) > Date.now() + 3_000_000, suspend.until);
  assert.ok(suspend.requestedBy.length > 0);
  assert.doesNotMatch((await annotation()) ?? '', /"all"/, 'it stands in one place');
  const reasons = async () => (await agent.api.status()).suspensions.map(({ reason }) => reason).sort();
  assert.deepEqual(await reasons(), ['all', 'one']);

  await weaveflux(agent, 'resume');
  assert.equal((await spec())?.suspend, undefined);
  assert.deepEqual(await reasons(), ['one']);
  await weaveflux(agent, 'suspend', '--reason', 'short', '--for', '2s');
  await agent.event('its end', ({ message }) => message === 'The environment is no longer suspended.');
  await world.cluster.until(environmentPath('commanded'), 'no longer to be suspended', is('Suspended', 'False'));
  await weaveflux(agent, 'resume', 'configmap/a');
  assert.equal(await annotation(), undefined);
  await agent.event('the end of the first', ({ type, message }) => type === 'resumed' && message.includes('/a is'));
  const told = agent.events.filter(({ type }) => type === 'suspended' || type === 'resumed');
  assert.equal(told.length, 6, told.map(({ message }) => message).join('\n'));
});

test('the repository itself may suspend and resume, and a deleted object is made again', async () => {
  const manifest = (suspend?: object) =>
    documents({
      apiVersion: 'weaveflux.dev/v1alpha1',
      kind: 'Environment',
      metadata: { name: 'stated', namespace: 'weaveflux' },
      spec: suspend === undefined ? {} : { suspend },
    });
  await using scene = await startScene(world, 'stated', { 'a.yaml': configMap('a'), 'me.yaml': manifest() });
  const { agent, path } = scene;
  await agent.healthy(await scene.repository.head());
  await world.cluster.until(environmentPath('stated'), 'to be ready', is('Ready', 'True'));

  await scene.push({ 'me.yaml': manifest({ reason: 'by Git' }) });
  await agent.event('the suspension', ({ type, message }) => type === 'suspended' && /by Git/.test(message));
  const held = await scene.push({ 'b.yaml': configMap('b') });
  await scene.delivered(held);
  assert.equal(await world.cluster.find(path('configmaps/b')), undefined);
  const resumed = await scene.push({ 'me.yaml': manifest() });
  await agent.healthy(resumed);
  assert.ok(await world.cluster.find(path('configmaps/b')));

  await scene.delivered(await scene.push({}, 'me.yaml'));
  await agent.until('the manifest to be gone', ({ objects }) =>
    objects.every(({ key, drift }) => !key.includes('Environment') || drift !== undefined),
  );
  assert.ok(await world.cluster.find(environmentPath('stated')), 'the agent does not prune what is its own');
  const { uid } = (await world.cluster.get(environmentPath('stated'))).metadata;
  await kubectl('delete', 'environment/stated');
  const again = await world.cluster.until(environmentPath('stated'), 'to be made again', is('Ready', 'True'));
  assert.notEqual(again.metadata.uid, uid);
});

test('Events are shown where people look: at the workload, with who changed it, and counted', async () => {
  const files = { 'web.yaml': documents(deployment('web')), 'probe.yaml': configMap('probe') };
  await using scene = await startScene(world, 'watched', files);
  const { agent, path } = scene;
  await scene.delivered(await scene.repository.head());
  await watching(scene, world, 'probe');
  for (const replicas of [3, 3]) {
    const seen = agent.events.length;
    await world.cluster.patch(path('deployments/web', 'apps/v1'), { spec: { replicas } });
    await agent.event('it to be corrected', isAbout('corrected', 'web'), { after: seen });
  }
  const told = await untilEvents(world, 'watched', 'web', (events) => events.includes('Corrected × 2'));
  assert.deepEqual(told, ['Corrected × 2']);
  const described = await kubectl('describe', 'deployment/web', '--namespace', 'watched');
  assert.match(described, /Warning +Corrected .* weaveflux .*spec\/replicas 0 → 3 by kubectl-edit/);
});
