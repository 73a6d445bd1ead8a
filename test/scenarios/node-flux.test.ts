import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type ApiObject, waitFor } from '../rig/index.ts';
import { isReady, type NodeWorld, startNodeWorld } from '../support/node-world.ts';
import { applyAsFluxd, deployedObjects, FLUX, fluxRepository, startFlux } from './node-flux-support.ts';

const SHOP_PODS = '/api/v1/namespaces/shop/pods';
const FLUX_PODS = `/api/v1/namespaces/${FLUX}/pods`;
const ENVIRONMENT = `/apis/weaveflux.dev/v1alpha1/namespaces/${FLUX}/environments/default`;

let world: NodeWorld;
let objects: readonly ApiObject[];
/** Where `--write` puts our manifests. */
let manifests: string;
/** What was there before anything of ours ran. */
let earlier: { readonly pods: readonly string[]; readonly uids: readonly string[] };

describe('from fluxd, whose process another program stands in for, to a pod of ours, by the guide', () => {
  before(async () => {
    world = await startNodeWorld(async (node) => {
      const files = await fluxRepository(node);
      objects = deployedObjects(files);
      return files;
    });
    manifests = join(world.node.dir, 'weaveflux-deployment.yaml');
    await startFlux(world);
    await applyAsFluxd(world, objects);
    earlier = { pods: await shopPods(), uids: await uids() };
  });
  after(() => world?.[Symbol.asyncDispose]());

  test('1. it is shown what becomes of the flags and objects, and our manifests are written', async () => {
    const { code, stdout, stderr } = await world.command([
      ...['migrate', '--from-flux', '--write', manifests],
      ...['--image', world.image.reference, '--image-pull-secret', 'registry'],
    ]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, new RegExp(`${objects.length} to adopt, 0 adopted already, 0 left alone`));
    assert.match(stdout, /kubectl -n flux scale deployment flux --replicas=0/);
  });

  test('2. fluxd is stopped, 3. its objects are taken, 4. our agent starts and is healthy', async () => {
    await world.node.kubectl(['-n', 'flux', 'scale', 'deployment', 'flux', '--replicas=0']);
    const taken = await waitFor({ what: 'fluxd to be gone', deadline: 60_000, interval: 500 }, async () => {
      const ended = await world.command(['migrate', '--from-flux', '--apply']);
      return /fluxd still runs/.test(ended.stderr) ? undefined : ended;
    });
    assert.equal(taken.code, 0, taken.stderr);
    assert.match(taken.stdout, new RegExp(`Adopted ${objects.length} objects into flux\\.default`));
    await world.node.kubectl(['apply', '-f', manifests]);
    await healthy(await world.repository.head());
  });

  test('nothing was deleted, made anew or restarted', async () => {
    assert.deepEqual(await shopPods(), earlier.pods);
    assert.deepEqual(await uids(), earlier.uids);
    const found = await Promise.all(objects.map(live));
    assert.ok(found.every(({ metadata }) => metadata.deletionTimestamp === undefined));
    assert.ok(found.every(({ metadata }) => metadata.labels['weaveflux.dev/environment'] === 'flux.default'));
  });

  test("fluxd's flags, Secret and host keys are used as they are", async () => {
    const { spec } = await agentPod();
    const [container] = spec.containers;
    for (const flag of [
      `--git-url=${world.repository.url}`,
      '--git-branch=main',
      '--git-path=deploy',
      '--git-user=Flux of the shop',
      '--registry-include-image=*/shop/*',
      `--registry-insecure-host=${world.node.registry.host}`,
      '--k8s-secret-name=flux-git-deploy',
    ])
      assert.ok(container.args.includes(flag), `${flag} among ${container.args.join(' ')}`);
    assert.ok(spec.volumes.some(({ secret }: ApiObject) => secret?.secretName === 'flux-git-deploy'));
    assert.ok(spec.volumes.some(({ configMap }: ApiObject) => configMap?.name === 'flux-ssh-config'));
    const seen = await world.node.kubectl(['-n', FLUX, 'exec', 'deployment/weaveflux', '--', 'ls', '/etc/fluxd/ssh']);
    assert.equal(seen.trim(), 'identity');
  });

  test('what stands outside the path of fluxd is not delivered', async () => {
    assert.equal(await world.node.find('/api/v1/namespaces/default/configmaps/outside'), undefined);
  });

  test('a new image is released by the annotations of Flux v1 and runs, and only its tag changes in the file', async () => {
    const before = await Promise.all(['cart', 'worker', 'pinned'].map(fileOf));
    for (const [name, tag] of [
      ['cart', '1.1.0'],
      ['cart', '1.0.1'],
      ['worker', '2.0.1'],
      ['pinned', '1.0.1'],
    ] as const)
      await world.node.pushApp(`shop/${name}`, tag);
    await running('cart', '1.0.1');
    await running('worker', '2.0.1');
    await healthy(await world.repository.head());
    const [cart = '', worker = '', pinned = ''] = before;
    assert.equal(await fileOf('cart'), cart.replace('shop/cart:1.0.0', 'shop/cart:1.0.1'));
    assert.equal(await fileOf('worker'), worker.replace('shop/worker:2.0.0', 'shop/worker:2.0.1'));
    assert.equal(await fileOf('pinned'), pinned, 'fluxcd.io/locked');
    const author = await world.repository.git(['log', '-1', '--format=%an', 'main']);
    assert.equal(author.trim(), 'Flux of the shop');
  });

  test('the other workloads have not noticed', async () => {
    const others = (pods: readonly string[]) => pods.filter((pod) => !/^(cart|worker)-/.test(pod));
    assert.deepEqual(others(await shopPods()), others(earlier.pods));
  });
});

async function live(object: ApiObject): Promise<ApiObject> {
  return world.node.get(await world.node.pathOf(object));
}

async function uids(): Promise<string[]> {
  return (await Promise.all(objects.map(live))).map(({ kind, metadata }) => `${kind}/${metadata.name} ${metadata.uid}`);
}

/** Every pod with what changes when it is replaced or restarted. */
async function shopPods(): Promise<string[]> {
  const { items } = await world.node.get(SHOP_PODS);
  const pods: ApiObject[] = items;
  return pods
    .map(({ metadata, status }) => `${metadata.name} ${metadata.uid} ${status.containerStatuses?.[0]?.restartCount}`)
    .sort();
}

/** The agent delivers as soon as it runs; that its pod is ready the kubelet tells a little later. */
async function agentPod(): Promise<ApiObject> {
  return waitFor({ what: 'a ready pod of the agent', deadline: 60_000, interval: 200 }, async () => {
    const { items } = await world.node.get(`${FLUX_PODS}?labelSelector=app.kubernetes.io/name=weaveflux`);
    return items.find(isReady);
  });
}

async function healthy(revision: string): Promise<void> {
  await waitFor({ what: `${revision} to be healthy`, deadline: 120_000, interval: 200 }, async () => {
    const found = await world.node.find(ENVIRONMENT);
    if (found?.status?.healthyRevision === revision) return true;
    const log = world.node.kubectl(['-n', FLUX, 'logs', 'deployment/weaveflux', '--tail=20']);
    throw new Error(`${JSON.stringify(found?.status ?? {}).slice(0, 1_500)}\n${await log.catch(String)}`);
  });
}

/** Waits until every pod of a workload runs this tag and is ready. */
async function running(name: string, tag: string): Promise<void> {
  await waitFor({ what: `${name}:${tag} to run`, deadline: 120_000, interval: 200 }, async () => {
    const { items } = await world.node.get(`${SHOP_PODS}?labelSelector=app=${name}`);
    const pods: ApiObject[] = items;
    return pods.length > 0 && pods.every((pod) => isReady(pod) && pod.spec.containers[0].image.endsWith(`:${tag}`));
  });
}

function fileOf(name: string): Promise<string> {
  return world.repository.read(`deploy/${name}.yaml`);
}
