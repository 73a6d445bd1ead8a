import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { type ApiObject, findTool, type RigNode, waitFor } from '../rig/index.ts';
import { environmentFiles, imageOf } from '../sandbox/environment.ts';
import { SERVICES } from '../sandbox/services.ts';
import { HOME, isReady, type NodeWorld, startNodeWorld } from '../support/node-world.ts';

const run = promisify(execFile);
const NAMESPACES = ['shop', 'platform'];
const EXTRA = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: extra, namespace: shop }\ndata: { a: b }\n';
const CART = '/apis/apps/v1/namespaces/shop/deployments/cart';

/** The commands of a section of the README, in order. */
async function commandsOf(section: string): Promise<string[]> {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const text = readme.split(/^## /m).find((part) => part.startsWith(section)) ?? '';
  const [, block = ''] = /```sh\n([\s\S]*?)```/.exec(text) ?? [];
  return block.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

/** A registry that wants a login; whoever runs pods in these namespaces has it. */
async function prepareNamespaces(node: RigNode): Promise<void> {
  for (const name of NAMESPACES) {
    await node.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    await node.createPullSecret(name);
    const account = `/api/v1/namespaces/${name}/serviceaccounts/default`;
    await node.until(account, 'the default service account', () => true);
    await node.patch(account, { imagePullSecrets: [{ name: 'registry' }] });
  }
}

async function filesOf(node: RigNode) {
  for (const service of SERVICES)
    for (const tag of [...service.tags, service.tag]) await node.pushApp(imageOf(service), tag);
  return environmentFiles(node.registry.host);
}

describe('the README, on a real node', () => {
  let world: NodeWorld;
  let node: RigNode;
  before(async () => {
    world = await startNodeWorld(filesOf);
    node = world.node;
    await prepareNamespaces(node);
    await world.prepare({ key: false });
  });
  after(() => world?.[Symbol.asyncDispose]());

  async function podsOf(namespace: string): Promise<ApiObject[]> {
    const pods: ApiObject[] = (await node.get(`/api/v1/namespaces/${namespace}/pods`)).items;
    return pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  }

  /** What a pod answers; one without a probe counts as ready a moment before it listens. */
  function answerOf(pod: ApiObject | undefined): Promise<string> {
    return waitFor({ what: `an answer of ${pod?.metadata.name}`, interval: 200 }, async () =>
      (await fetch(`http://${pod?.status.podIP}:8080/`)).text(),
    );
  }

  async function untilCommitted(tag: string, interval = 200): Promise<void> {
    await waitFor({ what: `${tag} to be committed`, deadline: 60_000, interval }, async () =>
      (await world.repository.read('shop/cart.yaml')).includes(`:${tag}\n`),
    );
  }

  /** What the ready pods of cart are made of, once all are of one image. */
  function cartRuns(tag: string, deadline = 120_000): Promise<ApiObject> {
    const runs = ({ status, metadata, spec }: ApiObject): boolean => {
      const settled = status?.observedGeneration === metadata.generation && status?.updatedReplicas === spec.replicas;
      const image: string = spec.template.spec.containers[0].image;
      return settled && status.replicas === status.availableReplicas && image.endsWith(`:${tag}`);
    };
    return node.until(CART, `cart:${tag} to run`, runs, { deadline });
  }

  it('leads from nothing to a healthy environment in three commands and an edit', async (context) => {
    const commands = await commandsOf('Deploy it');
    assert.equal(commands.length, 3);
    const folder = join(node.dir, 'readme');
    const file = join(folder, 'deploy', 'weaveflux-deployment.yaml');
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, await world.oneFile());
    const kubectl = await findTool('kubectl');
    const env = { PATH: `${dirname(kubectl)}:${process.env.PATH}`, HOME: folder, KUBECONFIG: node.kubeconfig };
    const since = performance.now();
    const said: string[] = [];
    for (const [index, command] of commands.entries()) {
      const { stdout } = await run('bash', ['-ec', command], { cwd: folder, env, timeout: 300_000 });
      said.push(stdout);
      const [key] = /ssh-ed25519 \S+/.exec(stdout) ?? [];
      // What a person does on the page of the Git server.
      if (index === 1) await node.git.allow(key ?? assert.fail(`no key in: ${stdout}`));
    }
    context.diagnostic(`from the first command to Ready: ${Math.round(performance.now() - since)} ms`);
    assert.match(said[2] ?? '', /environment\.weaveflux\.dev\/default condition met/);
    await world.healthy();
    for (const namespace of NAMESPACES) {
      const pods = await podsOf(namespace);
      const wanted = SERVICES.filter((service) => service.namespace === namespace);
      const count = wanted.reduce((sum, { replicas }) => sum + replicas, 0);
      assert.equal(pods.length, count, pods.map(({ metadata }) => metadata.name).join());
      for (const pod of pods) assert.ok(isReady(pod), `${pod.metadata.name} is not ready`);
    }
    const table = await world.kubectl('get', 'environments');
    assert.match(table, /NAME +REVISION +READY .*\ndefault +[0-9a-f]{7} +True /);
  });

  it('brings a pushed image to running pods', async (context) => {
    for (const tag of ['1.4.2', '1.4.3', '1.4.4']) {
      const pushed = performance.now();
      await node.pushApp('shop/cart', tag);
      await untilCommitted(tag, 50);
      const committed = performance.now();
      await cartRuns(tag);
      await world.healthy();
      const seconds = (from: number, to: number) => ((to - from) / 1000).toFixed(1);
      context.diagnostic(
        `${tag}: push to commit ${seconds(pushed, committed)} s, commit to healthy ${seconds(committed, performance.now())} s`,
      );
    }
    const pod = (await podsOf('shop')).find(({ metadata }) => metadata.name.startsWith('cart-'));
    assert.equal(await answerOf(pod), 'shop/cart:1.4.4\n');
  });

  it('tells the workload and the environment in few events of Kubernetes', async () => {
    const about = async (namespace: string, kind: string) => {
      const { items } = await node.get(
        `/api/v1/namespaces/${namespace}/events?fieldSelector=involvedObject.kind=${kind}`,
      );
      const all: ApiObject[] = items;
      return all.filter(({ source, reportingComponent }) =>
        [source?.component, reportingComponent].includes('weaveflux'),
      );
    };
    await waitFor({ what: 'an event of the release', deadline: 60_000 }, async () =>
      (await about('shop', 'Deployment')).some(({ message }) => /1\.4\.4/.test(message)),
    );
    const ours = [...(await about('shop', 'Deployment')), ...(await about(HOME, 'Environment'))];
    assert.ok(ours.length < 20, `${ours.length} events: ${ours.map(({ reason }) => reason).join()}`);
  });

  it('puts right what somebody changes by hand', async () => {
    await node.kubectl(['-n', 'shop', 'scale', 'deployment/catalog', '--replicas=1']);
    await node.until(
      '/apis/apps/v1/namespaces/shop/deployments/catalog',
      'catalog to be three again',
      ({ spec, status }) => spec.replicas === 3 && status.availableReplicas === 3,
      { deadline: 60_000 },
    );
  });

  it('carries on after its process was killed, in the same pod', async () => {
    const [pod] = await world.pods();
    const name: string = pod?.metadata.name;
    await node.killContainer(HOME, name);
    await node.pushApp('shop/cart', '1.4.5');
    await cartRuns('1.4.5');
    // The agent works again sooner than the kubelet tells that it was started again.
    const again = await waitFor({ what: 'the restart to be told', deadline: 60_000, interval: 200 }, async () => {
      const found = await world.readyPod();
      const isNews = found.metadata.name !== name || found.status.containerStatuses[0].restartCount > 0;
      return isNews ? found : undefined;
    });
    assert.equal(again.metadata.name, name);
    assert.equal(again.status.containerStatuses[0].restartCount, 1);
  });

  it('carries on when its pod is gone', async () => {
    const [pod] = await world.pods();
    await world.kubectl('delete', 'pod', pod?.metadata.name, '--wait=false');
    await node.pushApp('shop/cart', '1.4.6');
    await cartRuns('1.4.6');
    await world.readyPod([pod?.metadata.name]);
    await world.healthy();
  });

  it('does not notice that the kubelet restarts', async () => {
    const before = await world.readyPod();
    await node.stopKubelet('SIGKILL');
    await node.pushApp('shop/cart', '1.4.7');
    await untilCommitted('1.4.7');
    await node.startKubelet();
    await cartRuns('1.4.7');
    const after = await world.readyPod();
    const [was, is] = [before, after].map(({ status }) => status.containerStatuses[0].containerID);
    assert.equal(is, was);
  });

  it('waits for an API server that is away for a minute, and catches up', async () => {
    const pod = await world.readyPod();
    await node.stopApiServer();
    const since = performance.now();
    await node.pushApp('shop/cart', '1.4.8');
    await world.person.pull();
    await world.person.write({ 'shop/extra.yaml': EXTRA });
    await world.person.commitAndPush('While nobody listens');
    await waitFor(
      { what: 'a minute to pass', deadline: 70_000, interval: 1_000 },
      () => performance.now() - since > 60_000,
    );
    await node.startApiServer();
    const extra = '/api/v1/namespaces/shop/configmaps/extra';
    await node.until(extra, 'what was pushed meanwhile', () => true, { deadline: 120_000 });
    // Controllers and kubelet look again after pauses that have grown meanwhile.
    await cartRuns('1.4.8', 180_000);
    await world.healthy();
    const after = await world.readyPod();
    const [was, is] = [pod, after].map(({ status }) => status.containerStatuses[0].containerID);
    assert.equal(is, was, 'the agent did not have to start again');
    const made = await world.repository.git(['log', '--format=%(trailers:key=Weaveflux-Change,valueonly)']);
    const changes = made.split('\n').filter((line) => line !== '');
    assert.equal(new Set(changes).size, changes.length, 'nothing was done twice');
    assert.ok((await world.repository.read('shop/cart.yaml')).includes(':1.4.8\n'));
  });
});
