import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ControlPlane } from '../rig/index.ts';
import { type ImageScene, type ImageWorld, policies, startImageWorld, workload } from './images-support.ts';
import { install, objectsOf } from './install-support.ts';

const AMD = 'linux/amd64';
const ARM = 'linux/arm64';
const BY_NODES = { '.weaveflux.yaml': 'images: { platforms: nodes }\n' };
const RBAC = 'rbac.authorization.k8s.io';

let images: ImageWorld;
before(async () => {
  images = await startImageWorld();
});
after(() => images[Symbol.asyncDispose]());

test('when a node of another platform joins, only tags with an image for it are chosen, but where pods select their nodes', async () => {
  await using _nodes = await nodes(images.world.cluster, { amd: 'amd64' });
  for (const name of ['all', 'amd', 'either']) await push(name, '1.0.0', AMD);
  const arch = { key: 'kubernetes.io/arch', operator: 'In', values: ['amd64', 's390x'] };
  const required = {
    requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [arch] }] },
  };
  await using scene = await images.scene('joined', {
    ...BY_NODES,
    'all.yaml': written('all'),
    'amd.yaml': written('amd', { pod: { nodeSelector: { 'kubernetes.io/arch': 'amd64' } } }),
    'either.yaml': written('either', { pod: { affinity: { nodeAffinity: required } } }),
  });
  await scene.untilImage('the first scan', 'all', ({ state }) => state === 'current');
  await push('all', '1.1.0', AMD);
  await scene.untilFile('all.yaml', '/all:1.1.0');

  await using _more = await nodes(images.world.cluster, { arm: 'arm64' });
  for (const name of ['all', 'amd', 'either']) await push(name, '1.2.0', AMD);
  await scene.untilFile('amd.yaml', '/amd:1.2.0');
  await scene.untilFile('either.yaml', '/either:1.2.0');
  assert.deepEqual(await untilTold(scene, 'all', '1.2.0'), [
    'wrong-platform',
    `It has no image for ${ARM}, which nodes have; it has for ${AMD}.`,
  ]);
  assert.match(await scene.repository.read('all.yaml'), /all:1\.1\.0/);

  await push('all', '1.3.0', AMD, `${ARM}/v8`);
  await push('all', '1.4.0', AMD);
  await scene.untilFile('all.yaml', '/all:1.3.0');
  await untilTold(scene, 'all', '1.4.0');
  const { code, text } = await scene.command('images', '--explain', 'all', '--tag', '1.4.0');
  assert.equal(code, 0, text);
  assert.match(text, /^1\.4\.0 .*wrong-platform +It has no image for linux\/arm64, which nodes have;/m);
});

test('an annotation goes before the setting, and may ask for the nodes by itself', async () => {
  await using _nodes = await nodes(images.world.cluster, { amd: 'amd64', arm: 'arm64' });
  for (const name of ['free', 'bound', 'unasked']) {
    await push(name, '1.0.0', AMD, ARM);
    await push(name, '1.1.0', AMD);
  }
  const free = written('free', { annotations: { 'weaveflux.dev/platform.app': 'any' } });
  await using scene = await images.scene('excepted', { ...BY_NODES, 'free.yaml': free });
  await scene.untilFile('free.yaml', '/free:1.1.0');
  const bound = written('bound', { annotations: { 'weaveflux.dev/platform.app': 'nodes' } });
  const files = { '.weaveflux.yaml': '{}\n', 'bound.yaml': bound, 'unasked.yaml': written('unasked') };
  await scene.push(files);
  await scene.untilFile('unasked.yaml', '/unasked:1.1.0');
  const [standing] = await untilTold(scene, 'bound', '1.1.0');
  assert.equal(standing, 'wrong-platform');
  assert.equal(await scene.repository.read('bound.yaml'), bound);
});

test('an agent that may not list nodes says so and releases as ever, until the overlay gives it the right', async () => {
  const { cluster } = images.world;
  await using _nodes = await nodes(cluster, { amd: 'amd64', arm: 'arm64' });
  const kubeconfig = await restricted(cluster);
  await push('blind', '1.0.0', AMD, ARM);
  await push('blind', '1.1.0', AMD);
  await using scene = await images.scene('blind', { ...BY_NODES, 'blind.yaml': written('blind') }, { kubeconfig });
  await scene.untilFile('blind.yaml', '/blind:1.1.0');
  const missing =
    /^Images are released whatever platforms they are for, .* may not list nodes in the whole cluster; .*"nodes".*ClusterRole/;
  const { sync } = await scene.running.until('the missing right', (status) =>
    status.sync.problems.some(({ message }) => missing.test(message)),
  );
  const told = sync.problems.filter(({ message }) => missing.test(message));
  assert.deepEqual(
    told.map(({ severity, code, file }) => [severity, code, file]),
    [['warning', 'FORBIDDEN', '.weaveflux.yaml']],
  );

  for (const [key, object] of Object.entries(objectsOf(await install('nodes'))))
    if (key.endsWith('weaveflux-nodes')) await cluster.apply(object);
  await scene.running.until('the right to be used', (status) =>
    status.sync.problems.every(({ message }) => !missing.test(message)),
  );
  await push('blind', '1.2.0', AMD);
  const [standing] = await untilTold(scene, 'blind', '1.2.0');
  assert.equal(standing, 'wrong-platform');
});

/** A workload of this name, automated by version, with the image of its name. */
function written(name: string, more: Pick<Parameters<typeof workload>[1], 'annotations' | 'pod'> = {}): string {
  return workload(name, {
    ...more,
    annotations: { ...policies({ app: 'semver:1.x' }), ...more.annotations },
    containers: { app: `${images.registry.host}/${name}:1.0.0` },
  });
}

async function push(name: string, tag: string, ...platforms: string[]): Promise<void> {
  await images.registry.pushImage(name, { tag, platforms });
}

/** Nodes by name, with their architecture, as long as they are held. */
async function nodes(cluster: ControlPlane, architectures: Readonly<Record<string, string>>): Promise<AsyncDisposable> {
  for (const [name, architecture] of Object.entries(architectures)) {
    const labels = { 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': architecture };
    await cluster.apply({ apiVersion: 'v1', kind: 'Node', metadata: { name, labels } });
  }
  return {
    async [Symbol.asyncDispose]() {
      for (const name of Object.keys(architectures)) await cluster.delete(`/api/v1/nodes/${name}`);
    },
  };
}

/** The kubeconfig of the account that installations have, which may do what it needs here and nothing with nodes. */
async function restricted(cluster: ControlPlane): Promise<string> {
  const namespace = 'weaveflux';
  await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  await cluster.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'weaveflux', namespace } });
  const groups = ['apps', 'autoscaling', 'coordination.k8s.io', 'weaveflux.dev'];
  const core = ['namespaces', 'configmaps', 'secrets', 'serviceaccounts', 'events'];
  await cluster.apply({
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRole',
    metadata: { name: 'without-nodes' },
    rules: [
      { apiGroups: groups, resources: ['*'], verbs: ['*'] },
      { apiGroups: [''], resources: core, verbs: ['*'] },
    ],
  });
  await cluster.apply({
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: 'without-nodes' },
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: 'without-nodes' },
    subjects: [{ kind: 'ServiceAccount', name: 'weaveflux', namespace }],
  });
  return cluster.kubeconfigFor({ serviceAccount: 'weaveflux', namespace });
}

/** Waits until a tag is known and decided about; gives how it stands, and why. */
async function untilTold({ running }: ImageScene, name: string, tag: string): Promise<readonly [string, string]> {
  return running.process.ready({ what: `${name}:${tag} to be decided about`, deadline: 45_000 }, async () => {
    const [image] = await running.api.explainImages({ workload: name });
    const found = image?.tags.find((one) => one.tag === tag);
    if (found === undefined || found.standing === 'unread' || image?.image.state === 'not-scanned')
      throw new Error(JSON.stringify(image));
    return [found.standing, found.reason] as const;
  });
}
