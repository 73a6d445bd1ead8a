import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type ApiObject, type ControlPlane, startControlPlane, temporaryDirectory } from '../rig/index.ts';
import { configMap } from './kubernetes-world.ts';
import { fluxName, migrate, withMark } from './migrate-support.ts';

const SET = createHash('sha256').update('ssh://git@git.example.com:2222/acme/env.gitmaster').digest('base64url');
const LABEL = 'weaveflux.dev/environment';

let cluster: ControlPlane;
before(async () => {
  cluster = await startControlPlane({ controllers: false });
  for (const name of ['fluxcd', 'shop', 'elsewhere']) await cluster.apply(namespace(name));
  await cluster.apply(
    deployment('fluxcd', 'prod-flux', 'mirror.example.com/fluxcd/flux:1.21.1', {
      volumes: [
        { name: 'kubedir', configMap: { name: 'prod-flux-kube-config' } },
        { name: 'sshdir', configMap: { name: 'prod-flux-ssh-config' } },
      ],
      mounts: [
        { name: 'kubedir', mountPath: '/root/.kubectl' },
        { name: 'sshdir', mountPath: '/root/.ssh' },
      ],
      env: [{ name: 'KUBECONFIG', value: '/root/.kubectl/config' }],
      args: ['--git-url=ssh://git@git.example.com:2222/acme/env.git', '--k8s-allow-namespace=shop,fluxcd'],
    }),
  );
  await cluster.apply(deployment('fluxcd', 'prod-flux-memcached', 'memcached:1.5'));
  await cluster.apply(deployment('fluxcd', 'helm-operator', 'docker.io/fluxcd/helm-operator:1.4.4'));
  const kubeconfig = {
    'current-context': 'default',
    contexts: [{ name: 'default', context: { namespace: 'team' } }],
  };
  await cluster.apply(configMap('fluxcd', 'prod-flux-kube-config', { config: JSON.stringify(kubeconfig) }));
  await cluster.apply(configMap('fluxcd', 'prod-flux-ssh-config', { config: 'Host *', known_hosts: 'h ssh-rsa A' }));
  for (const inside of ['shop', 'elsewhere']) await cluster.apply(marked(configMap(inside, 'settings', { a: 'b' })));
});
after(() => cluster.stop());

function namespace(name: string): ApiObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

function marked(object: ApiObject): ApiObject {
  const mark = createHash('sha256')
    .update(SET + fluxName(object))
    .digest('base64url');
  return withMark(object, `sha256.${mark}`);
}

interface Parts {
  readonly volumes?: ApiObject[];
  readonly mounts?: ApiObject[];
  readonly env?: ApiObject[];
  readonly args?: string[];
}

/** A Deployment that nothing runs. */
function deployment(inside: string, name: string, image: string, parts: Parts = {}): ApiObject {
  const { volumes = [], mounts = [], env = [], args = [] } = parts;
  const labels = { app: name };
  const container = { name: 'main', image, args, env, volumeMounts: mounts };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: inside },
    spec: {
      replicas: 0,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { volumes, containers: [container] } },
    },
  };
}

async function labelOf(inside: string): Promise<string | undefined> {
  return (await cluster.get(`/api/v1/namespaces/${inside}/configmaps/settings`)).metadata.labels[LABEL];
}

test('a manifest that names no namespace is of the fluxd of that name, wherever it runs', async () => {
  const path = '/apis/apps/v1/namespaces/fluxcd/deployments/prod-flux';
  await cluster.patch(path, { spec: { replicas: 1 } });
  const { metadata, spec } = await cluster.get(path);
  const file = join(temporaryDirectory('migrate'), 'flux.yaml');
  await writeFile(
    file,
    JSON.stringify({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: metadata.name }, spec }),
  );
  const { code, out } = await migrate(cluster, '--file', file, '--apply');
  assert.equal(code, 1);
  assert.match(out, /fluxd still runs .*kubectl -n fluxcd scale deployment prod-flux --replicas=0/);
  assert.equal(await labelOf('shop'), undefined);
  await cluster.patch(path, { spec: { replicas: 0 } });
});

test('who may not look everywhere must say where the fluxd of such a manifest is', async () => {
  await grant('bob', 'fluxcd', [
    { apiGroups: ['apps'], resources: ['deployments'], verbs: ['list'] },
    { apiGroups: [''], resources: ['configmaps'], verbs: ['get'] },
  ]);
  const bob = { ...cluster, kubeconfig: await cluster.kubeconfigFor({ user: 'bob' }) };
  const { spec } = await cluster.get('/apis/apps/v1/namespaces/fluxcd/deployments/prod-flux');
  const file = join(temporaryDirectory('migrate'), 'flux.yaml');
  const manifest = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'prod-flux' }, spec };
  await writeFile(file, JSON.stringify(manifest));
  const { code, out } = await migrate(bob, '--file', file, '--apply');
  assert.equal(code, 1, out);
  assert.match(out, /flux\.yaml names no namespace.* name its namespace with --flux-namespace/);
  assert.match((await migrate(bob, '--file', file)).out, /Whether it runs is not known/, 'the manifests are shown');
  const told = await migrate(bob, '--file', file, '--flux-namespace=fluxcd');
  assert.match(told.out, /fluxd fluxcd\/prod-flux .* It does not run\./);
  assert.match(told.out, /You may not list pods in namespace fluxcd: see yourself/);
});

test('a pod of fluxd that is ending is one that runs, until it is gone', async () => {
  const containers = [{ name: 'main', image: 'mirror.example.com/fluxcd/flux:1.21.1' }];
  const metadata = { namespace: 'fluxcd', labels: { app: 'prod-flux' }, finalizers: ['example.com/held'] };
  const spec = { containers, automountServiceAccountToken: false };
  await cluster.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'fluxcd' } });
  for (const name of ['ending', 'ended'])
    await cluster.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, name }, spec });
  const pod = (name: string) => `/api/v1/namespaces/fluxcd/pods/${name}`;
  await cluster.patch(`${pod('ended')}/status`, { status: { phase: 'Failed' } });
  await cluster.request('DELETE', pod('ending'));
  const { code, out } = await migrate(cluster, '--apply');
  assert.equal(code, 1, out);
  assert.match(
    out,
    /fluxd still runs until its pods are gone.* kubectl -n fluxcd wait --for=delete pod\/ending --timeout/,
  );
  assert.equal(await labelOf('shop'), undefined);
  assert.match((await migrate(cluster)).out, /fluxd fluxcd\/prod-flux .* It is stopping\./);
  for (const name of ['ending', 'ended']) await cluster.patch(pod(name), { metadata: { finalizers: null } });
});

test('fluxd is found wherever it is, with what its ConfigMaps say and what stands around it', async () => {
  const { code, out } = await migrate(cluster);
  assert.equal(code, 0, out);
  assert.match(out, /fluxd fluxcd\/prod-flux .* It does not run\./);
  assert.match(out, /k8s-default-namespace +added/);
  assert.match(out, /--k8s-default-namespace=team/);
  assert.match(out, /--ssh-known-hosts=\/etc\/weaveflux\/known-hosts\/known_hosts/);
  assert.match(out, /"config" of the ConfigMap prod-flux-ssh-config is not read/);
  assert.match(out, /The Helm Operator fluxcd\/helm-operator is not covered yet/);
  assert.match(out, /The memcached fluxcd\/prod-flux-memcached is not needed/);
  assert.match(out, /^shop:configmap\/settings +adopt$/m);
  assert.doesNotMatch(out, /elsewhere:configmap/, 'fluxd was held to two namespaces');
});

test('who may do little is told what is missing, gets the rest done, and is not told that it is complete', async () => {
  const rules = {
    fluxcd: [
      { apiGroups: ['apps'], resources: ['deployments'], verbs: ['list'] },
      { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'create', 'update'] },
    ],
    shop: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['list', 'patch'] }],
  };
  for (const [inside, granted] of Object.entries(rules)) await grant('ann', inside, granted);
  const kubeconfig = await cluster.kubeconfigFor({ user: 'ann' });
  const ann = { ...cluster, kubeconfig };
  const shown = await migrate(ann);
  assert.equal(shown.code, 0, shown.out);
  assert.match(shown.out, /This is not complete/);
  const { code, out } = await migrate(ann, '--apply');
  assert.equal(code, 1, out);
  assert.match(out, /Adopted 1 objects into fluxcd\.default/);
  assert.match(out, /You may not list these \(what is in namespaces: in shop, fluxcd\): .*deployments\.apps.* secrets/);
  assert.equal(await labelOf('shop'), 'fluxcd.default');
  assert.equal(await labelOf('elsewhere'), undefined);
});

test('an object that may not be labelled is named, and its name leaves the inventory again', async () => {
  await cluster.apply(marked(configMap('fluxcd', 'own', { a: 'b' })));
  const { code, out } = await migrate(
    { ...cluster, kubeconfig: await cluster.kubeconfigFor({ user: 'ann' }) },
    '--apply',
  );
  assert.equal(code, 1, out);
  assert.match(out, /fluxcd:configmap\/own +failed/);
  assert.match(out, /may not patch configmaps in namespace fluxcd/);
  const { data } = await cluster.get('/api/v1/namespaces/fluxcd/configmaps/weaveflux-inventory-default-0');
  assert.equal(data.objects, '/ConfigMap/shop/settings v1\n');
});

test('of several fluxd the one that is meant must be named', async () => {
  const args = ['--git-url=git@git.example.com:acme/other'];
  await cluster.apply(deployment('elsewhere', 'flux', 'docker.io/fluxcd/flux:1.25.4', { args }));
  const unclear = await migrate(cluster);
  assert.equal(unclear.code, 2, unclear.out);
  assert.match(unclear.out, /Several fluxd .*elsewhere\/flux, fluxcd\/prod-flux/);
  const chosen = await migrate(cluster, '--flux-namespace=elsewhere');
  assert.match(chosen.out, /fluxd elsewhere\/flux/);
  assert.match(chosen.out, /No mark fits these flags/);
  assert.match((await migrate(cluster, '--flux-deployment=prod-flux')).out, /fluxd fluxcd\/prod-flux/);
  const none = await migrate(cluster, '--flux-namespace=shop');
  assert.deepEqual([none.code, /No Deployment of fluxd/.test(none.out)], [1, true]);
});

async function grant(user: string, inside: string, rules: unknown[]): Promise<void> {
  const api = 'rbac.authorization.k8s.io';
  await cluster.apply({ apiVersion: `${api}/v1`, kind: 'Role', metadata: { name: user, namespace: inside }, rules });
  await cluster.apply({
    apiVersion: `${api}/v1`,
    kind: 'RoleBinding',
    metadata: { name: user, namespace: inside },
    roleRef: { apiGroup: api, kind: 'Role', name: user },
    subjects: [{ apiGroup: api, kind: 'User', name: user }],
  });
}
