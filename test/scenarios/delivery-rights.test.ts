import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startWorld, type World } from '../support/world.ts';
import { configMap, documents, objectOf, problemAt, startScene } from './delivery-support.ts';

let world: World;
before(async () => {
  world = await startWorld({});
});
after(() => world[Symbol.asyncDispose]());

const RBAC = 'rbac.authorization.k8s.io';
const ALL = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];
const configMaps = { apiGroups: [''], resources: ['configmaps'], verbs: ALL };

/** Makes a service account with a Role in each of these namespaces and nothing else; gives its kubeconfig. */
async function account(
  name: string,
  home: string,
  roles: Readonly<Record<string, readonly object[]>>,
): Promise<string> {
  const subjects = [{ kind: 'ServiceAccount', name, namespace: home }];
  for (const [namespace, rules] of Object.entries(roles)) {
    const metadata = { name, namespace };
    const roleRef = { apiGroup: RBAC, kind: 'Role', name };
    await world.cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    await world.cluster.apply({ apiVersion: `${RBAC}/v1`, kind: 'Role', metadata, rules });
    await world.cluster.apply({ apiVersion: `${RBAC}/v1`, kind: 'RoleBinding', metadata, roleRef, subjects });
  }
  return world.cluster.kubeconfigFor({ serviceAccount: name, namespace: home });
}

const inNamespace = (name: string, namespace: string) =>
  configMap(name).replace(`name: ${name}`, `name: ${name}, namespace: ${namespace}`);

test('with rights in two namespaces and an allow-list, these are kept true and everything else is named', async () => {
  const kubeconfig = await account('narrow', 'home-a', { 'home-a': [configMaps], 'team-a': [configMaps] });
  await using scene = await startScene(
    world,
    'elsewhere',
    {
      'a.yaml': inNamespace('a', 'home-a'),
      'b.yaml': inNamespace('b', 'team-a'),
      'role.yaml': documents({
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: 'robot', namespace: 'team-a' },
      }),
      'outside.yaml': inNamespace('c', 'elsewhere'),
      'cluster.yaml': documents({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'new-one' } }),
    },
    { kubeconfig, 'agent-namespace': 'home-a', 'k8s-allow-namespace': ['home-a', 'team-a'] },
  );
  const { agent } = scene;
  const revision = await scene.repository.head();
  const status = await scene.delivered(revision);
  for (const [name, namespace] of [
    ['a', 'home-a'],
    ['b', 'team-a'],
  ])
    assert.ok(await world.cluster.find(`/api/v1/namespaces/${namespace}/configmaps/${name}`));
  assert.equal(status.sync.state, 'failed');
  assert.equal(await world.cluster.find(scene.path('configmaps/c')), undefined);
  assert.equal(await world.cluster.find('/api/v1/namespaces/new-one'), undefined);
  assert.equal(problemAt(status, 'outside.yaml').code, 'NAMESPACE_NOT_ALLOWED');
  assert.match(problemAt(status, 'outside.yaml').message, /home-a, team-a/);
  assert.equal(problemAt(status, 'cluster.yaml').code, 'NAMESPACE_NOT_ALLOWED');
  const refused = problemAt(status, 'role.yaml');
  assert.deepEqual([refused.code, refused.line], ['FORBIDDEN', 2]);
  assert.match(
    refused.message,
    /serviceaccounts in namespace team-a .*it needs the rule \{.*\} in a Role in namespace team-a/,
  );
  assert.equal(objectOf(status, 'serviceaccount/robot').action, 'failed');

  await world.cluster.patch('/api/v1/namespaces/team-a/configmaps/b', { data: { a: 'by hand' } });
  await agent.event('the correction', ({ type, object }) => type === 'corrected' && object?.endsWith('/b'));
  assert.equal((await world.cluster.get('/api/v1/namespaces/team-a/configmaps/b')).data.a, 'b');

  await account('narrow', 'home-a', {
    'team-a': [configMaps, { apiGroups: [''], resources: ['serviceaccounts'], verbs: ALL }],
  });
  await agent.until(
    'the retry, with the rule',
    (now) => objectOf(now, 'serviceaccount/robot').action === 'created',
    45_000,
  );
});

test('a namespace that may not be seen is named, and interference in the others is corrected all the same', async () => {
  const kubeconfig = await account('partly', 'home-c', { 'home-c': [configMaps] });
  await world.cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team-c' } });
  await using scene = await startScene(
    world,
    'partly',
    { 'a.yaml': inNamespace('a', 'home-c'), 'b.yaml': inNamespace('b', 'team-c') },
    { kubeconfig, 'agent-namespace': 'home-c', 'k8s-allow-namespace': ['home-c', 'team-c'] },
  );
  const { agent } = scene;
  const status = await scene.delivered(await scene.repository.head());
  assert.match(problemAt(status, 'b.yaml').message, /configmaps in namespace team-c/);
  await agent.event(
    'the warning',
    ({ type, message }) => type === 'warning' && /list configmaps .*team-c/.test(message),
  );
  await world.cluster.patch('/api/v1/namespaces/home-c/configmaps/a', { data: { a: 'by hand' } });
  await agent.event('the correction', ({ type, object }) => type === 'corrected' && object?.endsWith('/a'));
});

test('Secrets that may not be listed are compared each sync-interval, with named get and patch only', async () => {
  const named = { apiGroups: [''], resources: ['secrets'], resourceNames: ['token'], verbs: ['get', 'patch'] };
  const kubeconfig = await account('no-list', 'home-b', { 'home-b': [configMaps, named] });
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'token' },
    stringData: { key: 'the-plain-value' },
  };
  const path = '/api/v1/namespaces/home-b/secrets/token';
  await world.cluster.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'token', namespace: 'home-b' } });
  await using scene = await startScene(
    world,
    'secrets',
    { 'secret.yaml': documents(secret), 'a.yaml': configMap('a') },
    {
      kubeconfig,
      'agent-namespace': 'home-b',
      'k8s-allow-namespace': 'home-b',
      'k8s-default-namespace': 'home-b',
      'sync-interval': '2s',
    },
  );
  const { agent } = scene;
  await agent.healthy(await scene.repository.head());
  const plain = Buffer.from('the-plain-value').toString('base64');
  assert.equal((await world.cluster.get(path)).data.key, plain);
  const told = await agent.event(
    'the missing right',
    ({ type, message }) => type === 'warning' && /secrets/.test(message),
  );
  assert.match(told.message, /list secrets in namespace home-b/);

  await world.cluster.patch(path, { data: { key: Buffer.from('by hand').toString('base64') } });
  await world.cluster.until(path, 'the Secret to be corrected', ({ data }) => data?.key === plain);
  const seen = await agent.event(
    'the interference',
    ({ type, object }) => type === 'interference' && object?.endsWith('/token'),
  );
  assert.match(seen.message, /\/data\/key/);
  assert.doesNotMatch(agent.process.tail(200), /the-plain-value|by hand/);
  assert.ok(!agent.process.tail(200).includes(plain), 'nor in base64');

  const { resourceVersion } = (await world.cluster.get(path)).metadata;
  const count = () => agent.events.filter(({ type }) => type === 'warning' || type === 'interference').length;
  const before = count();
  const later = Date.now() + 2_000;
  await agent.until('two more intervals', ({ sync }) => Date.parse(sync.startedAt ?? '') > later);
  assert.equal(count(), before, 'each told once');
  assert.equal((await world.cluster.get(path)).metadata.resourceVersion, resourceVersion, 'comparing writes nothing');
});

test('what may not be deleted is named, fails the revision and is tried again', async () => {
  const keeping = { ...configMaps, verbs: ALL.filter((verb) => verb !== 'delete') };
  const kubeconfig = await account('no-delete', 'home-c', {
    'home-c': [{ ...configMaps, verbs: ALL }],
    'team-c': [keeping],
  });
  await using scene = await startScene(
    world,
    'keeping',
    { 'a.yaml': inNamespace('a', 'team-c'), 'b.yaml': inNamespace('b', 'team-c') },
    { kubeconfig, 'agent-namespace': 'home-c', 'k8s-allow-namespace': ['home-c', 'team-c'] },
  );
  const { agent } = scene;
  await agent.healthy(await scene.repository.head());
  const revision = await scene.push({}, 'a.yaml');
  const status = await scene.delivered(revision);
  assert.equal(status.sync.state, 'failed');
  assert.match(status.sync.problems[0]?.message ?? '', /may not delete configmaps in namespace team-c/);
  await account('no-delete', 'home-c', { 'team-c': [configMaps] });
  await agent.until('the deletion', ({ sync }) => sync.healthyRevision === revision, 45_000);
  assert.equal(await world.cluster.find('/api/v1/namespaces/team-c/configmaps/a'), undefined);
});

test('where the inventory may not be kept, one sentence names the flag that moves it', async () => {
  const kubeconfig = await account('homeless', 'home-d', { 'home-d': [configMaps] });
  const flags = { kubeconfig, 'k8s-allow-namespace': 'home-d' };
  await using scene = await startScene(world, 'homeless', { 'a.yaml': inNamespace('a', 'home-d') }, flags);
  const { message } = await scene.agent.event('the delivery to fail', ({ type }) => type === 'sync-failed');
  assert.match(message, /may not get configmaps in namespace weaveflux .*--agent-namespace\./);
});
