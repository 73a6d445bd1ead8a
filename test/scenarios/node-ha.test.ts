import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type ApiObject, type RigNode, waitFor } from '../rig/index.ts';
import { HOME, isReady, type NodeWorld, startNodeWorld } from '../support/node-world.ts';
import { policies, workload } from './images-support.ts';
import { environment, install } from './node-support.ts';

/** Another works so many milliseconds after a kill, at most. */
const TAKEOVER = 15_000;
const OUTAGE = 60_000;
const LEASE = `/apis/coordination.k8s.io/v1/namespaces/${HOME}/leases/weaveflux-default`;
const CART = '/apis/apps/v1/namespaces/shop/deployments/cart';
const API_FOR_PEOPLE = `fetch('http://127.0.0.1:3030/api/v1/status').then(({ status }) => console.log(status), ({ cause }) => console.log(cause.code))`;

function files({ registry }: RigNode) {
  const cart = workload('cart', {
    annotations: policies({ app: 'semver:*' }),
    containers: { app: `${registry.host}/shop/cart:1.0.0` },
    pod: { imagePullSecrets: [{ name: 'registry' }] },
  });
  return {
    'cart.yaml': cart
      .replace('  name: cart\n', '  name: cart\n  namespace: shop\n')
      .replace('replicas: 0', 'replicas: 2'),
  };
}

function note(name: string): Record<string, string> {
  return { [`${name}.yaml`]: `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, namespace: shop }\n` };
}

describe('two replicas on a real node', () => {
  let world: NodeWorld;
  let node: RigNode;
  before(async () => {
    world = await startNodeWorld(files);
    node = world.node;
    await node.pushApp('shop/cart', '1.0.0');
    await node.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
    await node.createPullSecret('shop');
    await world.prepare();
    await install(world, { overlay: 'ha' });
  });
  after(() => world?.[Symbol.asyncDispose]());

  /** Both pods, once there are two that are ready. */
  function both(deadline = 120_000): Promise<ApiObject[]> {
    return waitFor({ what: 'two ready pods of the agent', deadline, interval: 200 }, async () => {
      const pods = await world.pods();
      return pods.length === 2 && pods.every(isReady) ? pods : undefined;
    });
  }

  /** Who renewed the Lease last, and when. */
  async function lease(): Promise<{ readonly holder: string; readonly renewed: number }> {
    const { spec } = (await node.find(LEASE)) ?? { spec: {} };
    return { holder: spec.holderIdentity ?? '', renewed: Date.parse(spec.renewTime ?? '') };
  }

  /** Both pods: the one that works, and the one that stands by. */
  async function roles(): Promise<{ readonly leader: ApiObject; readonly standby: ApiObject }> {
    const pods = await both();
    const { holder } = await lease();
    const leader = pods.find(({ metadata }) => metadata.name === holder);
    const standby = pods.find((pod) => pod !== leader);
    if (leader === undefined || standby === undefined) throw new Error(`"${holder}" holds the Lease`);
    return { leader, standby };
  }

  /** How long it took from `since` until a Lease was renewed by somebody whom `who` admits. */
  async function takeover(since: number, who: (holder: string) => boolean): Promise<{ holder: string; took: number }> {
    const { holder, renewed } = await waitFor(
      { what: 'another to work', deadline: 60_000, interval: 100 },
      async () => {
        const now = await lease();
        return now.renewed > since && now.holder !== '' && who(now.holder) ? now : undefined;
      },
    );
    const took = renewed - since;
    assert.ok(took < TAKEOVER, `it took ${took} ms`);
    return { holder, took };
  }

  /** The tags of cart that were pushed for the agent to release, in order. */
  const pushed: string[] = [];

  async function pushCart(tag: string): Promise<void> {
    await node.pushApp('shop/cart', tag);
    pushed.push(tag);
  }

  async function committed(tag = pushed.at(-1)): Promise<void> {
    await waitFor({ what: `${tag} to be committed`, deadline: 60_000, interval: 200 }, async () =>
      (await world.repository.read('cart.yaml')).includes(`:${tag} `),
    );
  }

  /** Waits until the last tag is committed and runs; committed so far must be those that were pushed, each once. */
  async function released(): Promise<void> {
    const tag = pushed.at(-1);
    await committed();
    await node.until(
      CART,
      `${tag} to run`,
      ({ status, spec, metadata }) =>
        spec.template.spec.containers[0].image.endsWith(`:${tag}`) &&
        status.observedGeneration === metadata.generation &&
        status.updatedReplicas === 2 &&
        status.availableReplicas === 2,
      // After an outage controllers and kubelet look again after pauses that have grown meanwhile.
      { deadline: 180_000 },
    );
    await world.healthy();
    const log = await world.repository.git(['log', '--reverse', '--format=%(trailers:key=Weaveflux-Change,valueonly)']);
    const made = log.split('\n').filter((line) => line !== '');
    assert.deepEqual(
      made.map((line) => / -> (\S+)/.exec(line)?.[1]),
      pushed,
    );
  }

  async function push(name: string): Promise<void> {
    await world.person.pull();
    await world.person.write(note(name));
    await world.person.commitAndPush(`Adds ${name}`);
  }

  /** Whether each pod says that it works, by its own metrics. */
  async function working(pods: readonly ApiObject[]): Promise<string[]> {
    const texts = await Promise.all(pods.map(async ({ status }) => machine(status.podIP, 'metrics')));
    return pods.flatMap(({ metadata }, index) =>
      /^weaveflux_leader(\{.*\})? 1$/m.test(texts[index] ?? '') ? [metadata.name] : [],
    );
  }

  /** Who of these pods says that it works, once one does: a Lease is held before the work begins. */
  function workers(pods: readonly ApiObject[]): Promise<string[]> {
    return waitFor({ what: 'a pod to say that it works', deadline: 60_000, interval: 200 }, async () => {
      const names = await working(pods);
      return names.length > 0 ? names : undefined;
    });
  }

  async function machine(address: string, path: string): Promise<string> {
    const answer = await fetch(`http://${address}:3031/${path}`);
    assert.equal(answer.status, 200, `${address} ${path}`);
    return answer.text();
  }

  test('one works, by its name in the Lease; the other is ready and has no API for people', async () => {
    await world.healthy();
    const { leader, standby } = await roles();
    const apiOf = async ({ metadata }: ApiObject) =>
      (await world.kubectl('exec', metadata.name, '--', 'node', '-e', API_FOR_PEOPLE)).trim();
    assert.equal(await apiOf(leader), '401');
    assert.equal(await apiOf(standby), 'ECONNREFUSED');
    await machine(standby.status.podIP, 'readyz');
    assert.deepEqual(await workers([leader, standby]), [leader.metadata.name]);
    assert.match(
      await world.kubectl('logs', standby.metadata.name),
      new RegExp(`Standing by: ${leader.metadata.name}`),
    );
    const { code, stderr } = await world.command(['status']);
    assert.equal(code, 0, stderr);
    await pushCart('1.1.0');
    await released();
  });

  test('its process killed: somebody works within 15 s, and nothing is done twice', async (context) => {
    const { leader, standby } = await roles();
    await node.killContainer(HOME, leader.metadata.name);
    const since = Date.now();
    await pushCart('1.2.0');
    const { holder, took } = await takeover(since, () => true);
    const who = holder === leader.metadata.name ? 'the same pod, started again' : 'the other';
    context.diagnostic(`${who} held the Lease ${took} ms after the kill`);
    assert.ok([leader, standby].some(({ metadata }) => metadata.name === holder));
    await released();
    // Whoever is started again works sooner than the kubelet tells of it.
    const restarts = await waitFor({ what: 'the restart to be told', deadline: 60_000, interval: 200 }, async () => {
      const counts = (await both()).map(
        ({ metadata, status }) => [metadata.name, status.containerStatuses[0].restartCount] as const,
      );
      return counts.some(([, count]) => count > 0) ? counts : undefined;
    });
    assert.deepEqual(Object.fromEntries(restarts), { [leader.metadata.name]: 1, [standby.metadata.name]: 0 });
  });

  test('its process killed and not started again: the other works within 15 s', async (context) => {
    const { leader, standby } = await roles();
    await node.stopKubelet('SIGKILL');
    await node.killContainer(HOME, leader.metadata.name);
    const since = Date.now();
    await pushCart('1.3.0');
    const { holder, took } = await takeover(since, (name) => name !== leader.metadata.name);
    context.diagnostic(`the other held the Lease ${took} ms after the kill`);
    assert.equal(holder, standby.metadata.name);
    await committed();
    await node.startKubelet();
    await released();
    const after = await roles();
    assert.equal(after.leader.metadata.name, standby.metadata.name);
    assert.deepEqual(await workers([after.leader, after.standby]), [holder]);
  });

  test('its pod deleted by force: the other works within 15 s, and people reach it', async (context) => {
    const { leader } = await roles();
    const gone: string = leader.metadata.name;
    const since = Date.now();
    await world.kubectl('delete', 'pod', gone, '--force', '--grace-period=0', '--wait=false');
    const { holder, took } = await takeover(since, (name) => name !== gone);
    context.diagnostic(`another held the Lease ${took} ms after the pod was deleted`);
    await waitFor({ what: 'people to reach the new holder', deadline: 60_000, interval: 200 }, async () => {
      const { code, stderr } = await world.command(['status']);
      if (code !== 0) throw new Error(stderr);
      return true;
    });
    context.diagnostic(`people reached it ${Date.now() - since} ms after that`);
    await environment(world, 'the new holder to be shown', (status) => status.holder === holder);
    await pushCart('1.4.0');
    await released();
  });

  test('a rolling restart loses nothing', async (context) => {
    const before = (await both()).map(({ metadata }) => metadata.name);
    const since = Date.now();
    await world.kubectl('rollout', 'restart', 'deployment/weaveflux');
    await pushCart('1.5.0');
    await push('during-restart');
    await world.kubectl('rollout', 'status', 'deployment/weaveflux', '--timeout=120s');
    context.diagnostic(`the restart took ${Date.now() - since} ms`);
    const holder = await waitFor({ what: 'a new pod to work', deadline: 60_000 }, async () => {
      const now = await lease();
      return before.includes(now.holder) ? undefined : now.holder;
    });
    await released();
    await node.get('/api/v1/namespaces/shop/configmaps/during-restart');
    const pods = await both();
    assert.deepEqual(await workers(pods), [holder]);
    assert.ok(pods.every(({ status }) => status.containerStatuses[0].restartCount === 0));
  });

  test('the API server away for a minute: all that runs goes on, and then one works', async (context) => {
    const agents = await both();
    const all: ApiObject[] = (await node.get('/api/v1/namespaces/shop/pods')).items;
    const carts = all.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    assert.equal(carts.length, 2);
    const containers = (pods: readonly ApiObject[]) =>
      pods.map(({ status }) => status.containerStatuses[0].containerID).sort();
    await node.stopApiServer();
    const since = Date.now();
    await pushCart('1.6.0');
    await push('during-outage');
    await waitFor(
      { what: 'a minute to pass', deadline: OUTAGE + 10_000, interval: 1_000 },
      () => Date.now() - since > OUTAGE,
    );
    for (const { status } of carts) assert.equal((await fetch(`http://${status.podIP}:8080/`)).status, 200);
    for (const { status } of agents) await machine(status.podIP, 'healthz');
    assert.deepEqual(await working(agents), [], 'nobody works without a Lease');
    await node.startApiServer();
    const back = Date.now();
    const { holder, took } = await takeover(back, () => true);
    context.diagnostic(`somebody held the Lease ${took} ms after the API server was back`);
    await node.until(
      CART,
      'the agent to apply 1.6.0',
      ({ spec }) => spec.template.spec.containers[0].image.endsWith(':1.6.0'),
      { deadline: 60_000 },
    );
    context.diagnostic(`what was pushed meanwhile was applied ${Date.now() - back} ms after it was back`);
    await released();
    context.diagnostic(`and healthy ${Date.now() - back} ms after it was back`);
    await node.get('/api/v1/namespaces/shop/configmaps/during-outage');
    const after = await both();
    assert.deepEqual(containers(after), containers(agents), 'no agent had to start again');
    assert.deepEqual(await workers(after), [(await lease()).holder]);
    assert.ok(agents.some(({ metadata }) => metadata.name === holder));
  });
});
