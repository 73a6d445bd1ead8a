import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startWorld, type World } from '../support/world.ts';
import { configMap, startScene } from './delivery-support.ts';
import { weaveflux } from './interference-support.ts';
import { environmentPath, installEnvironments, is, untilEvents } from './publish-support.ts';

let world: World;
before(async () => {
  world = await startWorld({});
  await installEnvironments(world);
});
after(() => world[Symbol.asyncDispose]());

const RBAC = 'rbac.authorization.k8s.io';
const rule = (apiGroups: string[], resources: string[], verbs: string[]) => ({ apiGroups, resources, verbs });
/** What delivering ConfigMaps and keeping an inventory takes. */
const BASE = [rule([''], ['configmaps', 'namespaces'], ['*'])];
const SHOWING = [
  rule(['weaveflux.dev'], ['environments'], ['get', 'list', 'watch', 'create', 'patch']),
  rule(['weaveflux.dev'], ['environments/status'], ['get', 'patch']),
  rule([''], ['events'], ['create', 'patch']),
];

/** A kubeconfig of an account with just these rights. */
async function accountWith(name: string, rules: readonly object[]): Promise<string> {
  const apiVersion = `${RBAC}/v1`;
  await world.cluster.apply({ apiVersion, kind: 'ClusterRole', metadata: { name }, rules });
  await world.cluster.apply({
    apiVersion,
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name },
    subjects: [{ apiGroup: RBAC, kind: 'User', name }],
  });
  return world.cluster.kubeconfigFor({ user: name });
}

test('the rights that our manifests give are enough', async () => {
  const kubeconfig = await accountWith('enough', [...BASE, ...SHOWING]);
  await using scene = await startScene(world, 'enough', { 'a.yaml': configMap('a') }, { kubeconfig });
  await scene.agent.healthy(await scene.repository.head());
  await world.cluster.until(environmentPath('enough'), 'to be ready', is('Ready', 'True'));
  await weaveflux(scene.agent, 'suspend', '--reason', 'a try');
  await weaveflux(scene.agent, 'resume');
  const told = await untilEvents(world, 'weaveflux', 'enough', (events) => events.includes('Resumed × 1'));
  assert.deepEqual(told.slice(0, 1), ['Healthy × 1']);
  assert.doesNotMatch(scene.agent.process.tail(200), /may not/);
});

test('without any of them the agent delivers and can be suspended, and says once what is missing', async () => {
  const kubeconfig = await accountWith('less', BASE);
  await using scene = await startScene(world, 'less', { 'a.yaml': configMap('a') }, { kubeconfig });
  const { agent } = scene;
  await agent.healthy(await scene.repository.head());
  await weaveflux(agent, 'suspend', '--reason', 'no rights');
  const held = await scene.push({ 'b.yaml': configMap('b') });
  await scene.delivered(held);
  assert.equal(await world.cluster.find(scene.path('configmaps/b')), undefined);
  await weaveflux(agent, 'resume');
  await agent.healthy(held);
  const said = agent.process
    .tail(200)
    .split('\n')
    .filter((line) => line.includes('may not'));
  assert.equal(said.length, 1, said.join('\n'));
  assert.match(said[0] ?? '', /may not get environments\.weaveflux\.dev in namespace weaveflux/);
  assert.equal(await world.cluster.find(environmentPath('less')), undefined);
});

test('a right that is taken away while it is suspended resumes nothing', async () => {
  const kubeconfig = await accountWith('taken', [...BASE, ...SHOWING]);
  await using scene = await startScene(world, 'taken', { 'a.yaml': configMap('a') }, { kubeconfig });
  const { agent } = scene;
  await agent.healthy(await scene.repository.head());
  await weaveflux(agent, 'suspend', '--reason', 'stay so');
  await accountWith('taken', BASE);
  const held = await scene.push({ 'b.yaml': configMap('b') });
  await scene.delivered(held);
  const { sync, suspensions } = await agent.api.status();
  assert.equal(sync.state, 'pending');
  assert.deepEqual(
    suspensions.map(({ reason }) => reason),
    ['stay so'],
  );
  assert.equal(await world.cluster.find(scene.path('configmaps/b')), undefined);
});
