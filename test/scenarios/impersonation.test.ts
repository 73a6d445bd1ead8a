import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startWorld, type World } from '../support/world.ts';
import { documents, problemAt } from './delivery-support.ts';

const RBAC = 'rbac.authorization.k8s.io';
const HOME = 'weaveflux';
const VERBS = ['get', 'list', 'watch', 'create', 'patch', 'delete'];

let world: World;
before(async () => {
  world = await startWorld({
    'config.yaml': documents(configMap('shop')),
    'secret.yaml': documents({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'token', namespace: 'shop' } }),
    'elsewhere.yaml': documents(configMap('bank')),
    'role.yaml': documents({
      apiVersion: `${RBAC}/v1`,
      kind: 'ClusterRole',
      metadata: { name: 'anything' },
      rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
    }),
  });
  for (const name of ['shop', 'bank', HOME])
    await world.cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  await world.cluster.apply({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'deployer', namespace: 'shop' },
  });
  await grant('shop', 'deployer', 'shop', [{ apiGroups: [''], resources: ['configmaps'], verbs: VERBS }]);
});
after(() => world[Symbol.asyncDispose]());

function configMap(namespace: string): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace }, data: { from: 'git' } };
}

/** Lets the service account `name` of namespace `home` do this in `namespace`. */
async function grant(namespace: string, name: string, home: string, rules: readonly object[]): Promise<void> {
  const metadata = { name, namespace };
  const subjects = [{ kind: 'ServiceAccount', name, namespace: home }];
  const roleRef = { apiGroup: RBAC, kind: 'Role', name };
  await world.cluster.apply({ apiVersion: `${RBAC}/v1`, kind: 'Role', metadata, rules });
  await world.cluster.apply({ apiVersion: `${RBAC}/v1`, kind: 'RoleBinding', metadata, roleRef, subjects });
}

test('an administrator that impersonates may do what the account may, and nothing of its own', async () => {
  const agent = await world.agent({ 'k8s-service-account': 'shop/deployer', environment: 'admin' });
  const status = await agent.until('the delivery', ({ sync }) => sync.finishedAt !== undefined);
  const live = await world.cluster.get('/api/v1/namespaces/shop/configmaps/settings');
  assert.equal(live.data.from, 'git');
  const refused: [string, RegExp][] = [
    ['secret.yaml', /^The service account shop\/deployer may not \w+ secrets in namespace shop/],
    ['elsewhere.yaml', /^The service account shop\/deployer may not \w+ configmaps in namespace bank/],
    ['role.yaml', /^The service account shop\/deployer may not \w+ clusterroles\.rbac/],
  ];
  for (const [file, says] of refused) {
    const problem = problemAt(status, file);
    assert.equal(problem.code, 'FORBIDDEN');
    assert.match(problem.message, says);
    assert.match(problem.message, /it needs the rule \{"apiGroups":\[.*\],"resources":\[.*\],"verbs":\[.*\]\} in a /);
  }
  assert.equal(await world.cluster.find('/api/v1/namespaces/shop/secrets/token'), undefined);
  assert.equal(await world.cluster.find('/api/v1/namespaces/bank/configmaps/settings'), undefined);
  assert.equal(await world.cluster.find(`/apis/${RBAC}/v1/clusterroles/anything`), undefined);

  await world.cluster.patch('/api/v1/namespaces/shop/configmaps/settings', { data: { from: 'hand' } });
  await agent.event('the correction', ({ type }) => type === 'corrected');
  await agent.stop();
});

test('the right to impersonate and the inventory are all that the agent itself needs', async () => {
  const inventory = { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'create', 'update'] };
  await grant(HOME, 'weaveflux', HOME, [inventory]);
  const impersonate = {
    apiGroups: [''],
    resources: ['serviceaccounts'],
    resourceNames: ['deployer'],
    verbs: ['impersonate'],
  };
  await grant('shop', 'weaveflux', HOME, [impersonate]);
  const kubeconfig = await world.cluster.kubeconfigFor({ serviceAccount: 'weaveflux', namespace: HOME });
  const flags = { 'agent-namespace': HOME, environment: 'narrow', kubeconfig };
  await world.cluster.request('DELETE', '/api/v1/namespaces/shop/configmaps/settings');
  const agent = await world.agent({ 'k8s-service-account': 'shop/deployer', ...flags });
  await agent.event('the creation', ({ type, object }) => type === 'object-created' && object?.endsWith('/settings'));

  const other = await world.agent({ 'k8s-service-account': 'shop/other', ...flags, environment: 'other' });
  const refusal = 'The service account weaveflux/weaveflux may not impersonate serviceaccounts in namespace shop';
  await other.until('the refusal', ({ sync }) => sync.problems.some(({ message }) => message.includes(refusal)));
});
