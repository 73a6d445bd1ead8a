import assert from 'node:assert/strict';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { idOf, type JsonObject } from '@weaveflux/shared';
import { type ControlPlane, startControlPlane } from '../rig/index.ts';
import { install, objectsOf, weaveflux } from './install-support.ts';
import { configMap, crd, deployment, type Hands, keyOf, never, openTarget } from './kubernetes-world.ts';

let cluster: ControlPlane;
before(async () => {
  cluster = await startControlPlane({ controllers: false });
});
after(() => cluster.stop());

const RBAC = 'rbac.authorization.k8s.io';

/** An environment in one namespace, with roles that give what the agent would not have by its kinds alone. */
function environment(namespace: string): JsonObject[] {
  const metadata = (name: string, more: JsonObject = {}) => ({ name, namespace, ...more });
  const cart = deployment(namespace, 'cart');
  return [
    configMap(namespace, 'settings', { a: 'b' }),
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: metadata('cart') },
    { ...cart, metadata: metadata('cart', { annotations: { 'weaveflux.dev/automated': 'true' } }) },
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'Role',
      metadata: metadata('leader'),
      rules: [{ apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get', 'create', 'update'] }],
    },
    binding(metadata('leader'), 'Role', 'leader'),
    binding(metadata('viewer'), 'ClusterRole', 'view'),
  ];
}

function binding(metadata: JsonObject, kind: string, name: string): JsonObject {
  const subjects = [{ kind: 'ServiceAccount', name: 'cart', namespace: String(metadata.namespace) }];
  return { apiVersion: `${RBAC}/v1`, kind: 'RoleBinding', metadata, roleRef: { apiGroup: RBAC, kind, name }, subjects };
}

/** What an agent has by the installation without any right on the environment, and by the command for a working copy. */
async function prepare(home: string, objects: readonly JsonObject[], ...flags: string[]): Promise<string> {
  await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: home } });
  const installed = Object.values(objectsOf(await install(undefined, '-n', home)));
  for (const object of installed) if (idOf(object).name === 'weaveflux-agent') await cluster.apply(object);
  const folder = await mkdtemp(join(cluster.dir, 'repo-'));
  await writeFile(join(folder, 'all.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
  const { out, err } = await weaveflux('rbac', '--from-repo', folder, '-n', home, ...flags);
  assert.equal(err, '');
  for (const object of Object.values(objectsOf(out))) await cluster.apply(object);
  return cluster.kubeconfigFor({ serviceAccount: 'weaveflux', namespace: home });
}

async function deliver(hands: Hands, objects: readonly JsonObject[]): Promise<void> {
  const results = await hands.apply(...objects);
  for (const object of objects) {
    const result = results.get(keyOf(object));
    // The command prints the namespaces that the repository makes, since their Roles need them.
    const expected = object.kind === 'Namespace' ? 'configured' : 'created';
    assert.equal(result?.action, expected, result?.problem?.message);
  }
  assert.deepEqual((await hands.watch(...objects)).problems, []);
}

async function refused(hands: Hands, object: JsonObject): Promise<void> {
  const result = (await hands.apply(object)).get(keyOf(object));
  assert.equal(result?.problem?.code, 'FORBIDDEN', `${object.kind} ${result?.action}`);
}

function cronJob(namespace: string): JsonObject {
  const template = { spec: { containers: [{ name: 'a', image: 'b' }], restartPolicy: 'Never' } };
  const spec = { schedule: '0 0 * * *', jobTemplate: { spec: { template } } };
  return { apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'c', namespace }, spec };
}

test('a ClusterRole for the repository is enough for all of it, and for no other kind', async () => {
  const widgets = crd('widgets.example.com', 'Widget');
  const objects = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
    widgets,
    ...environment('shop'),
  ];
  const kubeconfig = await prepare('agents', objects);
  await using hands = await openTarget(cluster, { kubeconfig, agentNamespace: 'agents' });
  await deliver(hands, objects);
  await refused(hands, cronJob('shop'));
  await refused(hands, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace: 'shop' } });
});

test('Roles in its namespaces are enough, logins for images included, and reach no further', async () => {
  for (const name of ['bank', 'other'])
    await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  await pullSecret('bank');
  await pullSecret('other');
  const objects = environment('bank');
  const kubeconfig = await prepare('agents-two', objects, '--namespaced');
  await using hands = await openTarget(cluster, {
    kubeconfig,
    agentNamespace: 'agents-two',
    allowNamespaces: ['bank'],
  });
  await deliver(hands, objects);
  const template = { spec: { imagePullSecrets: [{ name: 'login' }] } };
  assert.equal((await hands.target.pullSecrets('bank', template, never)).length, 1);
  await assert.rejects(hands.target.pullSecrets('other', template, never), { code: 'FORBIDDEN' });
  await refused(hands, cronJob('bank'));
});

test('an account that the agent acts as is given them instead, and the agent none of its own', async () => {
  await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'mill' } });
  const objects = environment('mill');
  const kubeconfig = await prepare('agents-three', objects, '--namespaced', '--k8s-service-account=mill/deployer');
  const options = { kubeconfig, agentNamespace: 'agents-three', allowNamespaces: ['mill'] };
  {
    await using alone = await openTarget(cluster, options);
    await refused(alone, configMap('mill', 'own', {}));
  }
  await using hands = await openTarget(cluster, { ...options, impersonate: 'mill/deployer' });
  await deliver(hands, objects);
  await refused(hands, cronJob('mill'));
});

async function pullSecret(namespace: string): Promise<void> {
  await cluster.apply({
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/dockerconfigjson',
    metadata: { name: 'login', namespace },
    stringData: { '.dockerconfigjson': '{"auths":{}}' },
  });
}
