import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type ControlPlane, startControlPlane, waitFor } from '../rig/index.ts';
import { configMap, crd, deployment, keyOf, never, newNamespace, openTarget } from './kubernetes-world.ts';

let cluster: ControlPlane;
before(async () => {
  cluster = await startControlPlane({ controllers: false });
});
after(() => cluster.stop());

const RBAC = 'rbac.authorization.k8s.io';

/** Lets a user do these things with ConfigMaps in a namespace; resolves when the API server acts on it. */
async function allow(user: string, namespace: string, verbs: readonly string[]): Promise<void> {
  const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs }];
  const metadata = { name: user, namespace };
  await cluster.apply({ apiVersion: `${RBAC}/v1`, kind: 'Role', metadata, rules });
  await cluster.apply({
    apiVersion: `${RBAC}/v1`,
    kind: 'RoleBinding',
    metadata,
    roleRef: { apiGroup: RBAC, kind: 'Role', name: user },
    subjects: [{ apiGroup: RBAC, kind: 'User', name: user }],
  });
  await waitFor({ what: `${user} to be let into ${namespace}` }, async () => {
    const review = await cluster.request('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: { user, resourceAttributes: { namespace, resource: 'configmaps', verb: verbs[0] } },
    });
    return review.body.status?.allowed;
  });
}

const ALL = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];

test('with rights in one namespace only, that one is delivered and watched, and what is missing is named', async () => {
  const namespace = await newNamespace(cluster);
  const other = await newNamespace(cluster);
  await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'weaveflux' } });
  await allow('ada', namespace, ALL);
  await allow('ada', 'weaveflux', ALL);
  const kubeconfig = await cluster.kubeconfigFor({ user: 'ada' });
  await using hands = await openTarget(cluster, { kubeconfig, allowNamespaces: [namespace] });

  const [mine, web] = [configMap(namespace, 'mine', { a: 'b' }), deployment(namespace, 'web')];
  const outside = await hands.resolve(mine, configMap(other, 'theirs', {}), {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: other },
  });
  assert.deepEqual(
    outside.problems.map(({ code }) => code),
    ['NAMESPACE_NOT_ALLOWED', 'NAMESPACE_NOT_ALLOWED'],
  );
  const results = await hands.apply(mine, web);
  assert.equal(results.get(keyOf(mine))?.action, 'created');
  const problem = results.get(keyOf(web))?.problem;
  assert.equal(problem?.code, 'FORBIDDEN');
  assert.match(problem.message, /get deployments\.apps in namespace n/);

  const watched = await hands.watch(mine, web);
  assert.deepEqual(watched.lists, ['ConfigMap']);
  assert.match(watched.problems[0]?.message ?? '', /list deployments\.apps in namespace/);
  await cluster.patch(`/api/v1/namespaces/${namespace}/configmaps/mine`, { data: { a: 'c' } });
  await watched.event(keyOf(mine), 'the change');
  assert.equal(watched.problems.length, 1, 'told once');
});

test('without an allow-list an agent that may not watch the cluster watches where its objects are', async () => {
  const namespace = await newNamespace(cluster);
  await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'weaveflux' } });
  await allow('bob', namespace, ALL);
  await allow('bob', 'weaveflux', ALL);
  const kubeconfig = await cluster.kubeconfigFor({ user: 'bob' });
  await using hands = await openTarget(cluster, { kubeconfig, environment: 'bob' });
  const objects = Array.from({ length: 6 }, (_, index) => configMap(namespace, `c${index}`, {}));
  await hands.apply(...objects);
  const watched = await hands.watch(...objects);
  assert.deepEqual([watched.lists, watched.problems], [['ConfigMap'], []]);
  await cluster.patch(`/api/v1/namespaces/${namespace}/configmaps/c3`, { data: { a: 'c' } });
  await watched.event(keyOf(objects[3] ?? {}), 'the change');
});

test('an aggregated API that is dead makes discovery incomplete and stops nothing else', async () => {
  const namespace = await newNamespace(cluster);
  await using hands = await openTarget(cluster);
  const object = configMap(namespace, 'a', {});
  assert.equal((await hands.resolve(object)).complete, true);
  await cluster.apply({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'dead', namespace },
    spec: { ports: [{ port: 443 }] },
  });
  await cluster.apply({
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: 'v1.dead.example.com' },
    spec: {
      group: 'dead.example.com',
      version: 'v1',
      groupPriorityMinimum: 1000,
      versionPriority: 10,
      insecureSkipTLSVerify: true,
      service: { name: 'dead', namespace, port: 443 },
    },
  });
  try {
    const thing = { apiVersion: 'dead.example.com/v1', kind: 'Thing', metadata: { name: 't', namespace } };
    const resolved = await waitFor({ what: 'discovery to notice the dead API', deadline: 60_000 }, async () => {
      const found = await hands.resolve(object, thing);
      return found.complete ? undefined : found;
    });
    assert.equal(resolved.desired.length, 1);
    assert.match(resolved.problems[0]?.message ?? '', /does not answer at the moment/);
    assert.equal((await hands.apply(object)).get(keyOf(object))?.action, 'created');
    const id = { group: 'dead.example.com', kind: 'Thing', namespace, name: 't' };
    const removed = await hands.target.remove({ id, apiVersion: 'dead.example.com/v1' }, never);
    assert.equal(removed.action, 'failed', 'what cannot be seen is not deleted');
  } finally {
    await cluster.delete('/apis/apiregistration.k8s.io/v1/apiservices/v1.dead.example.com');
  }
  await waitFor(
    { what: 'discovery to be complete again', deadline: 60_000 },
    async () => (await hands.resolve(object)).complete,
  );
});

test('an object whose kind went with its CRD counts as deleted', async () => {
  const namespace = await newNamespace(cluster);
  await using hands = await openTarget(cluster);
  const gizmo = { apiVersion: 'two.example.com/v1', kind: 'Gizmo', metadata: { name: 'g', namespace }, spec: {} };
  await hands.apply(crd('two.example.com', 'Gizmo'), gizmo);
  await cluster.delete('/apis/apiextensions.k8s.io/v1/customresourcedefinitions/gizmos.two.example.com');
  const id = { group: 'two.example.com', kind: 'Gizmo', namespace, name: 'g' };
  await waitFor(
    { what: 'the object to count as deleted', deadline: 60_000 },
    async () => (await hands.target.remove({ id, apiVersion: 'two.example.com/v1' }, never)).action === 'deleted',
  );
});

test('an unknown kind, a wrong version, a duplicate and the own inventory are named with file and line', async () => {
  const namespace = await newNamespace(cluster);
  await using hands = await openTarget(cluster);
  const { desired, problems } = await hands.resolve(
    { apiVersion: 'nobody.example.com/v1', kind: 'Widget', metadata: { name: 'w' } },
    { apiVersion: 'apps/v1beta1', kind: 'Deployment', metadata: { name: 'w', namespace } },
    configMap(namespace, 'twice', { a: '1' }),
    configMap(namespace, 'twice', { a: '2' }),
    configMap('weaveflux', 'weaveflux-inventory-default-0', {}),
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'nowhere' } },
  );
  assert.deepEqual(
    desired.map(({ key }) => key),
    [`/ConfigMap/${namespace}/twice`, '/ConfigMap/default/nowhere'],
  );
  assert.deepEqual(
    problems.map(({ code, file, line }) => [code, file, line]),
    [
      ['UNKNOWN_KIND', 'objects.yaml', 1],
      ['UNKNOWN_KIND', 'objects.yaml', 11],
      ['DUPLICATE_OBJECT', 'objects.yaml', 31],
      ['INVALID_MANIFEST', 'objects.yaml', 41],
    ],
  );
  assert.match(problems[1]?.message ?? '', /serves it as apps\/v1;/);
  assert.match(problems[2]?.message ?? '', /objects\.yaml:21 and in objects\.yaml:31/);
});
