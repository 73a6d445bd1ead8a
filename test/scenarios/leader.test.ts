import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { freePort, waitFor } from '../rig/index.ts';
import type { AgentProcess } from '../support/agent-process.ts';
import type { EnvironmentWorld } from '../support/world.ts';
import { type ImageWorld, policies, startImageWorld, workload } from './images-support.ts';

/** Milliseconds. A Lease counts for ten seconds; whoever stands by looks every one and a half. */
const TAKEOVER = 20_000;
const LEASE = '/apis/coordination.k8s.io/v1/namespaces/weaveflux/leases/weaveflux-';

let images: ImageWorld;
before(async () => {
  images = await startImageWorld();
  await images.world.cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'weaveflux' } });
});
after(() => images[Symbol.asyncDispose]());

/** Two replicas of one environment: `a` works, `b` waits; `b.works` resolves when it works, too. */
async function pair(name: string) {
  const { world, registry } = images;
  await world.cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  await registry.pushTags(name, ['1.0.0']);
  const cart = workload('cart', {
    annotations: policies({ app: 'semver:*' }),
    containers: { app: `${registry.host}/${name}:1.0.0` },
  });
  const environment = await world.environment(name, { 'cart.yaml': cart });
  const first = await replica(environment, name, 'a');
  const a = await first.works;
  await a.until('the first delivery', ({ sync }) => sync.appliedRevision !== undefined);
  const b = await replica(environment, name, 'b');
  await waitFor({ what: 'b to stand by' }, () => b.lines.some((line) => line.includes('Standing by: a works.')));
  const lease = async () => (await world.cluster.get(`${LEASE}${name}`)).spec;
  const holder = async () => (await lease()).holderIdentity;
  return { environment, registry, a, aLines: first.lines, b, lease, holder };
}

async function replica(environment: EnvironmentWorld, name: string, pod: string) {
  const lines: string[] = [];
  const [api, health] = [await freePort(), await freePort()];
  const flags = {
    environment: name,
    'leader-election': 'true',
    'k8s-default-namespace': name,
    listen: `127.0.0.1:${api}`,
    'listen-metrics': `127.0.0.1:${health}`,
  };
  const env = { POD_NAME: pod, SSL_CERT_FILE: images.registry.caFile };
  const works = environment.agent(flags, env, (line) => void lines.push(line));
  works.catch(() => undefined);
  return { works, lines, api: `http://127.0.0.1:${api}`, health: `http://127.0.0.1:${health}` };
}

/** Waits until the file at the branch's head has this tag, and the cluster, too. */
async function untilReleased(environment: EnvironmentWorld, agent: AgentProcess, tag: string): Promise<void> {
  await waitFor({ what: `${tag} in the repository`, deadline: 30_000 }, async () =>
    (await environment.repository.read('cart.yaml')).includes(`:${tag} `),
  );
  const head = await environment.repository.head();
  await agent.until(`${tag} to be applied`, ({ sync }) => sync.appliedRevision === head);
}

/** The changes that agents committed, by what they changed. */
async function changes(environment: EnvironmentWorld): Promise<string[]> {
  const log = await environment.repository.git(['log', '--format=%(trailers:key=Weaveflux-Change,valueonly)']);
  return log.split('\n').filter((line) => line !== '');
}

test('who stands by is ready and serves health only; it takes over from one that is killed, and nothing is done twice', async () => {
  const { environment, registry, a, b, lease, holder } = await pair('killed');
  assert.equal(await holder(), 'a');
  assert.equal((await fetch(`${b.health}/readyz`)).status, 200);
  assert.match(await (await fetch(`${b.health}/metrics`)).text(), /^weaveflux_build_info\{/m);
  await assert.rejects(fetch(`${b.api}/api/v1/status`), /fetch failed/);

  await registry.pushTags('killed', ['1.1.0']);
  await untilReleased(environment, a, '1.1.0');
  await a.kill();
  const since = Date.now();
  await registry.pushTags('killed', ['1.2.0']);
  const successor = await b.works;
  assert.equal(await holder(), 'b');
  const took = Date.parse((await lease()).acquireTime) - since;
  assert.ok(took < TAKEOVER, `it took ${took} ms`);
  await untilReleased(environment, successor, '1.2.0');
  const made = await changes(environment);
  assert.equal(made.length, 2, made.join('\n'));
  assert.equal(new Set(made).size, 2);
});

test('one that was frozen past its Lease writes nothing when it wakes, and stands by', async () => {
  const { environment, registry, a, aLines, b, holder } = await pair('frozen');
  // Its scan of the registry is on the way when it stops.
  await registry.pushTags('frozen', ['1.1.0']);
  a.process.signal('SIGSTOP');
  const successor = await b.works;
  await untilReleased(environment, successor, '1.1.0');
  const version = (await images.world.cluster.get('/apis/apps/v1/namespaces/frozen/deployments/cart')).metadata;
  a.process.signal('SIGCONT');
  await waitFor({ what: 'a to stand by' }, () => aLines.some((line) => line.includes('Standing by: b works.')));
  assert.equal(await holder(), 'b');
  assert.equal((await changes(environment)).length, 1);
  const now = (await images.world.cluster.get('/apis/apps/v1/namespaces/frozen/deployments/cart')).metadata;
  assert.equal(now.resourceVersion, version.resourceVersion);
});

test('one that is stopped gives the Lease back, so that the other follows at once', async () => {
  const { a, b, holder } = await pair('stopped');
  await a.stop();
  assert.ok(['', 'b'].includes(await holder()), 'it is free, long before it would be by itself');
  await b.works;
  assert.equal(await holder(), 'b');
});
