import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type ApiObject, waitFor } from '../rig/index.ts';
import type { AgentProcess } from '../support/agent-process.ts';
import { startWorld, type World } from '../support/world.ts';
import { deadGroup, documents, objectOf } from './delivery-support.ts';
import {
  applyAsFlux,
  fluxDeployment,
  fluxLogin,
  fluxName,
  inShop,
  kubectl,
  markerOf,
  markOf,
  migrate,
  shopObjects,
  startMigration,
  withMark,
} from './migrate-support.ts';

const LABEL = 'weaveflux.dev/environment';
const OWNER = 'flux.default';
const INVENTORY = '/api/v1/namespaces/flux/configmaps/weaveflux-inventory-default-0';
const FLUXD = '/apis/apps/v1/namespaces/flux/deployments/flux';
const ignored = inShop({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'by-hand', annotations: { 'fluxcd.io/ignore': 'true' } },
  data: { a: 'git' },
});
const plain = (name: string) => inShop({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { a: name } });
const leftNamespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'legacy' } };

let world: World;
let stated: ApiObject[];
/** All that fluxd has applied and marked, the two that left the repository since among them. */
let marked: ApiObject[];
before(async () => {
  world = await startWorld({ 'deploy/shop.yaml': documents(...shopObjects(), ignored) }, { controllers: true });
  stated = [...shopObjects(), ignored];
  const mark = markerOf(world, world.repository);
  marked = [...stated, plain('leftover'), leftNamespace].map(mark);
  const copied = withMark(plain('copied'), markOf(mark(plain('settings'))));
  const theirs = mark(plain('theirs'));
  theirs.metadata.labels[LABEL] = 'elsewhere.default';
  await world.cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'flux' } });
  await applyAsFlux(world, 'first', marked.slice(0, 2));
  await waitFor({ what: 'kubectl to know the kind of the CRD', deadline: 60_000, interval: 200 }, async () => {
    const { code, out } = await kubectl(world.cluster, 'get', 'widgets.shop.example.com', '-n', 'shop');
    if (code !== 0) throw new Error(out);
    return true;
  });
  const widget = inShop({ apiVersion: 'shop.example.com/v1', kind: 'Widget', metadata: { name: 'round' }, spec: {} });
  stated.push(widget);
  marked.push(mark(widget));
  await world.person.write({ 'deploy/widget.yaml': documents(widget) });
  await world.person.commitAndPush('A widget');
  await applyAsFlux(world, 'rest', [...marked, copied, theirs, plain('bystander')]);
  await applyAsFlux(world, 'flux', [fluxLogin(world), fluxDeployment(world.repository)]);
  await untilAtRest();
});
after(() => world[Symbol.asyncDispose]());

/** Waits until the controllers have written all that they have to say of what fluxd applied. */
async function untilAtRest(): Promise<void> {
  const rolledOut = (pods: number) => (object: ApiObject) =>
    object.status?.readyReplicas === pods &&
    object.status.conditions?.some(({ reason }: ApiObject) => reason === 'NewReplicaSetAvailable');
  const apps = '/apis/apps/v1/namespaces/shop';
  const rest: [path: string, what: string, holds: (object: ApiObject) => boolean][] = [
    [`${apps}/deployments/web`, 'web to be rolled out', rolledOut(2)],
    [`${apps}/deployments/api`, 'api to be rolled out', rolledOut(1)],
    [FLUXD, 'fluxd to be rolled out', rolledOut(1)],
    [`${apps}/statefulsets/db`, 'db to be ready', ({ status }) => status?.availableReplicas === 1],
    [
      '/apis/policy/v1/namespaces/shop/poddisruptionbudgets/web',
      'both pods of web to be counted',
      ({ status }) => status?.currentHealthy === 2 && status.expectedPods === 2,
    ],
  ];
  for (const [path, what, holds] of rest) await world.cluster.until(path, what, holds, { deadline: 90_000 });
}

/** Where our manifests are written to. */
function oursIn({ dir }: World): string {
  return join(dir, 'weaveflux-deployment.yaml');
}

async function read(object: ApiObject): Promise<ApiObject> {
  return world.cluster.get(await world.cluster.pathOf(object));
}

/** What tells whether something was restarted or made anew: pods, ReplicaSets, and the objects with their pod templates. */
async function workload(of: readonly ApiObject[] = marked): Promise<unknown> {
  const lists = ['/api/v1/namespaces/shop/pods', '/apis/apps/v1/namespaces/shop/replicasets'];
  const found = await Promise.all(lists.map((path) => world.cluster.get(path)));
  const made = found.flatMap(({ items }) => items.map(({ metadata }: ApiObject) => `${metadata.name} ${metadata.uid}`));
  const objects = await Promise.all(of.map(read));
  return [made.sort(), objects.map(({ metadata, spec }) => [metadata.name, metadata.uid, spec?.template])];
}

async function generations(): Promise<unknown[]> {
  return (await Promise.all(marked.map(read))).map(({ metadata }) => metadata.generation);
}

/** The resourceVersions of everything that a migration may touch. */
async function versions(): Promise<unknown> {
  const objects = await Promise.all([...marked, plain('copied'), plain('theirs'), plain('bystander')].map(read));
  const inventory = await world.cluster.find(INVENTORY);
  return [...objects, inventory].map((object) => object?.metadata.resourceVersion);
}

async function labels(objects: readonly ApiObject[]): Promise<(string | undefined)[]> {
  const found = await Promise.all(objects.map(read));
  return found.map(({ metadata }) => metadata.labels?.[LABEL]);
}

test('without --apply everything is shown and nothing is changed, and our manifests are what the API server takes', async () => {
  const before = await versions();
  const file = oursIn(world);
  const { code, out } = await migrate(world.cluster, `--write=${file}`);
  assert.equal(code, 0, out);
  assert.deepEqual(await versions(), before);
  const shown = await migrate(world.cluster, '--output=json');
  const told = JSON.parse(shown.out);
  const adopted = told.objects.filter(({ action }: { action: string }) => action === 'adopt');
  assert.deepEqual(adopted.map(({ object }: { object: string }) => object).sort(), marked.map(fluxName).sort());
  const rest = told.objects.filter(({ action }: { action: string }) => action !== 'adopt');
  assert.deepEqual(rest, [
    {
      object: 'shop:configmap/copied',
      action: 'skip',
      reason: 'it carries the mark of shop:configmap/settings: a copy',
    },
    {
      object: 'shop:configmap/theirs',
      action: 'skip',
      reason: 'it belongs to environment elsewhere.default; take it with "weaveflux adopt" if that is a mistake',
    },
  ]);
  assert.equal(told.complete, true);
  assert.match(out, new RegExp(`${marked.length} to adopt, 0 adopted already, 2 left alone`));
  assert.match(
    out,
    /1\. kubectl -n flux scale deployment flux --replicas=0\n +2\. weaveflux migrate --from-flux --kubeconfig=\S+ --apply/,
  );
  const manifests = await readFile(file, 'utf8');
  for (const text of [out, shown.out, manifests]) assert.ok(!text.includes(world.git.token), 'no token is shown');
  assert.match(manifests, /--git-url=https:\/\/\$\(GIT_AUTHUSER\):\$\(GIT_AUTHKEY\)@/);
  assert.match(out, /which also name what fluxd delivered: widgets\.shop\.example\.com\./);
  const taken = await kubectl(world.cluster, 'apply', '--dry-run=server', '-f', file);
  assert.equal(taken.code, 0, taken.out);
  assert.match(taken.out, /deployment.apps\/weaveflux created/);
  assert.doesNotMatch(taken.out, /^namespace\//m, 'the namespace of fluxd stays as it is');
});

test('while fluxd runs nothing is taken, and the command that stops it is said', async () => {
  const before = await versions();
  const { code, out } = await migrate(world.cluster, '--apply');
  assert.equal(code, 1);
  assert.match(out, /fluxd still runs .*kubectl -n flux scale deployment flux --replicas=0\./);
  assert.deepEqual(await versions(), before);
});

test('with fluxd stopped its objects get our label and a place in the inventory, and nothing restarts', async () => {
  const before = [await workload(), await generations()];
  const stop = await kubectl(world.cluster, '-n', 'flux', 'scale', 'deployment', 'flux', '--replicas=0');
  assert.equal(stop.code, 0, stop.out);
  await world.cluster.until('/api/v1/namespaces/flux/pods', 'fluxd to be gone', ({ items }) => items.length === 0);
  await world.cluster.until(FLUXD, 'no pod of fluxd to be counted', ({ status }) => (status?.replicas ?? 0) === 0);
  const { code, out } = await migrate(world.cluster, '--apply');
  assert.equal(code, 0, out);
  assert.match(out, new RegExp(`Adopted ${marked.length} objects into ${OWNER}`));
  assert.deepEqual(
    await labels(marked),
    marked.map(() => OWNER),
  );
  assert.deepEqual(await labels(['copied', 'theirs', 'bystander'].map(plain)), [
    undefined,
    'elsewhere.default',
    undefined,
  ]);
  const { data } = await world.cluster.get(INVENTORY);
  assert.equal(data.objects.trim().split('\n').length, marked.length);
  assert.deepEqual([await workload(), await generations()], before);
  const kept = await Promise.all(marked.map(read));
  assert.deepEqual(kept.map(markOf), marked.map(markOf), "fluxd's marks stay, for who goes back");
});

test('a second time nothing is written; after half of it the rest is done', async () => {
  const before = await versions();
  const again = await migrate(world.cluster, '--apply');
  assert.equal(again.code, 0, again.out);
  assert.match(again.out, /Adopted 0 objects/);
  assert.deepEqual(await versions(), before);

  const unlabelled = [plain('settings'), inShop({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' } })];
  for (const object of unlabelled)
    await world.cluster.patch(await world.cluster.pathOf(object), { metadata: { labels: { [LABEL]: null } } });
  const { data } = await world.cluster.get(INVENTORY);
  await world.cluster.patch(INVENTORY, { data: { objects: data.objects.replace(/^.*leftover.*\n/m, '') } });
  const rest = await migrate(world.cluster, '--apply');
  assert.equal(rest.code, 0, rest.out);
  assert.match(rest.out, /Adopted 3 objects/);
  assert.deepEqual(await labels(unlabelled), [OWNER, OWNER]);
  assert.deepEqual((await world.cluster.get(INVENTORY)).data, data);
});

test('an API group that does not answer is named, and the migration is not called complete', async () => {
  const name = 'v1.dead.example.com';
  await world.cluster.apply(deadGroup('dead.example.com'));
  try {
    const ended = await waitFor({ what: 'the group to be missed', deadline: 90_000, interval: 500 }, async () => {
      const one = await migrate(world.cluster, '--apply');
      return one.code === 0 ? undefined : one;
    });
    assert.match(ended.out, /Adopted 0 objects/);
    assert.match(ended.out, /not complete/);
    assert.match(ended.out, /The API group dead\.example\.com does not answer/);
  } finally {
    await world.cluster.delete(`/apis/apiregistration.k8s.io/v1/apiservices/${name}`);
  }
  await waitFor({ what: 'the group to be forgotten', deadline: 90_000, interval: 500 }, async () => {
    const { out } = await migrate(world.cluster, '--output=json');
    return JSON.parse(out).complete;
  });
});

test('killed in the middle it goes on when it is run again', async () => {
  const { data } = await world.cluster.get(INVENTORY);
  await world.cluster.delete(INVENTORY);
  for (const object of marked)
    await world.cluster.patch(await world.cluster.pathOf(object), { metadata: { labels: { [LABEL]: null } } });
  const first = startMigration(world.cluster, '--apply');
  await waitFor({ what: 'it to have begun', deadline: 60_000, interval: 2 }, () => world.cluster.find(INVENTORY));
  first.kill('SIGKILL');
  await first.ended;
  const { code, out } = await migrate(world.cluster, '--apply');
  assert.equal(code, 0, out);
  assert.ok((await labels(marked)).every((label) => label === OWNER));
  assert.deepEqual((await world.cluster.get(INVENTORY)).data, data);
});

/** Starts our agent as the manifests do: in fluxd's namespace, with fluxd's branch and path, and no more rights than they give. */
async function start(garbageCollection: boolean): Promise<AgentProcess> {
  const kubeconfig = await world.cluster.kubeconfigFor({ serviceAccount: 'weaveflux', namespace: 'flux' });
  return world.agent({
    kubeconfig,
    'git-branch': 'main',
    'git-path': 'deploy',
    'agent-namespace': 'flux',
    'sync-garbage-collection': String(garbageCollection),
    'registry-disable-scanning': 'true',
  });
}

test('our agent goes on with the same repository: nothing is deleted or restarted, and Flux annotations hold', async () => {
  const applied = await kubectl(world.cluster, 'apply', '-f', oursIn(world));
  assert.equal(applied.code, 0, applied.out);
  const before = await workload();
  const byHand = await world.cluster.pathOf(ignored);
  await world.cluster.patch(byHand, { data: { a: 'by hand' } });
  const agent = await start(false);
  const status = await agent.healthy(await world.repository.head(), 90_000);
  assert.deepEqual(await workload(), before);
  assert.deepEqual(status.sync.problems, []);
  assert.equal(status.sync.counts.created ?? 0, 0);
  assert.equal(status.sync.counts.failed ?? 0, 0);
  assert.equal((await world.cluster.get(byHand)).data.a, 'by hand', 'fluxcd.io/ignore');
  const image = await agent.process.ready({ what: 'the image of web to be known' }, async () =>
    (await agent.api.images()).find(({ object }) => object.endsWith('Deployment/shop/web')),
  );
  assert.deepEqual([image.automated, image.policy], [true, 'semver:~1']);
  const leftover = objectOf(status, 'configmap/leftover');
  assert.match(JSON.stringify(leftover.drift), /garbage collection is off/);
  await agent.stop();
});

test('with garbage collection on, what left the repository goes by the usual rules', async () => {
  const agent = await start(true);
  const revision = await world.repository.head();
  const { prune } = await agent.until('the namespace to wait', (status) => status.prune?.revision === revision);
  assert.deepEqual(prune?.objects, ['/Namespace//legacy']);
  await world.cluster.untilGone(await world.cluster.pathOf(plain('leftover')));
  for (const name of ['copied', 'theirs', 'bystander']) assert.ok(await read(plain(name)), `${name} is not ours`);
  const found = await Promise.all(stated.map(read));
  assert.ok(found.every(({ metadata }) => metadata.deletionTimestamp === undefined));
  await agent.stop();
});

test('who goes back has fluxd apply again: the marks return, and nothing restarts', async () => {
  const before = await workload(stated);
  await applyAsFlux(world, 'back', stated.map(markerOf(world, world.repository)));
  assert.deepEqual(await workload(stated), before);
  const found = await Promise.all(stated.map(read));
  assert.deepEqual(
    found.map(markOf),
    stated.map((object) => markOf(markerOf(world, world.repository)(object))),
  );
});
