import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import type { JsonObject } from '@weaveflux/shared';
import { type ControlPlane, findTool, startControlPlane } from '../rig/index.ts';
import { configMap, deployment, entryOf, keyOf, never, newNamespace, openTarget } from './kubernetes-world.ts';

let cluster: ControlPlane;
before(async () => {
  cluster = await startControlPlane({ controllers: false });
});
after(() => cluster.stop());

const INVENTORY = '/api/v1/namespaces/weaveflux/configmaps/weaveflux-inventory';

test('what kubectl apply made is taken over, so that a field removed later really goes', async () => {
  for (const flags of [[], ['--server-side']]) {
    const namespace = await newNamespace(cluster);
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments/web`;
    const env = (...names: string[]) => names.map((name) => ({ name, value: 'x' }));
    const web = (...names: string[]) => withEnv(deployment(namespace, 'web'), env(...names));
    await kubectl(['apply', ...flags, '-f', '-'], web('GONE_BEFORE', 'GONE_LATER', 'KEPT'));

    await using hands = await openTarget(cluster);
    assert.equal((await hands.apply(web('GONE_LATER', 'KEPT'))).get(keyOf(web()))?.action, 'configured');
    assert.deepEqual(await envNames(path), ['GONE_LATER', 'KEPT'], 'what Git lacks already goes at once');
    const managers: string[] = (await cluster.get(path)).metadata.managedFields.map((m: JsonObject) => m.manager);
    assert.deepEqual(managers, ['weaveflux']);
    await hands.apply(web('KEPT'));
    assert.deepEqual(await envNames(path), ['KEPT']);
    const live = await cluster.get(path);
    assert.equal(live.metadata.annotations?.['kubectl.kubernetes.io/last-applied-configuration'], undefined);
  }
});

test('what another manager adds beside the manifest stays', async () => {
  const namespace = await newNamespace(cluster);
  await using hands = await openTarget(cluster);
  const settings = configMap(namespace, 'settings', { a: 'b' });
  await hands.apply(settings);
  await cluster.patch(`/api/v1/namespaces/${namespace}/configmaps/settings`, { data: { extra: '1' } }, 'kubectl-edit');
  await hands.apply(configMap(namespace, 'settings', { a: 'c' }));
  const live = await cluster.get(`/api/v1/namespaces/${namespace}/configmaps/settings`);
  assert.deepEqual(live.data, { a: 'c', extra: '1' });
});

test('what kubectl apply changes after us is interference, not an inheritance', async () => {
  const namespace = await newNamespace(cluster);
  const settings = configMap(namespace, 'settings', { a: 'b' });
  {
    await using hands = await openTarget(cluster);
    await hands.apply(settings);
  }
  // The times of managedFields have whole seconds.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  await cluster.patch(
    `/api/v1/namespaces/${namespace}/configmaps/settings`,
    { data: { extra: '1' } },
    'kubectl-client-side-apply',
  );
  await using restarted = await openTarget(cluster);
  await restarted.apply(settings);
  const live = await cluster.get(`/api/v1/namespaces/${namespace}/configmaps/settings`);
  assert.deepEqual(live.data, { a: 'b', extra: '1' });
});

test('an object of another environment is refused while that environment knows it, and can be adopted', async () => {
  const namespace = await newNamespace(cluster);
  await using staging = await openTarget(cluster, { environment: 'staging' });
  await using production = await openTarget(cluster, { environment: 'production' });
  const shared = configMap(namespace, 'shared', { of: 'staging' });
  const wanted = configMap(namespace, 'shared', { of: 'production' });
  await staging.apply(shared);

  const result = (await production.apply(wanted)).get(keyOf(shared));
  assert.equal(result?.problem?.code, 'FOREIGN_OBJECT');
  assert.match(result.problem.message, /weaveflux\.staging/);
  const path = `/api/v1/namespaces/${namespace}/configmaps/shared`;
  assert.deepEqual((await cluster.get(path)).data, { of: 'staging' });

  await production.target.adopt({ group: '', kind: 'ConfigMap', namespace, name: 'shared' }, 'v1', never);
  assert.equal((await production.apply(wanted)).get(keyOf(shared))?.action, 'configured');
  assert.deepEqual((await cluster.get(path)).data, { of: 'production' });
});

test('a label that no inventory stands behind does not hold an object', async () => {
  const namespace = await newNamespace(cluster);
  await using old = await openTarget(cluster, { environment: 'old' });
  const left = configMap(namespace, 'left', { a: 'b' });
  await old.apply(left);
  await old.target.inventory.remove([keyOf(left)], never);
  await using hands = await openTarget(cluster);
  assert.equal((await hands.apply(left)).get(keyOf(left))?.action, 'configured');
});

test('two agents that both call their environment default do not collide', async () => {
  const namespace = await newNamespace(cluster);
  await using one = await openTarget(cluster, { agentNamespace: 'agent-one' });
  await using two = await openTarget(cluster, { agentNamespace: 'agent-two' });
  const [a, b] = [configMap(namespace, 'a', {}), configMap(namespace, 'b', {})];
  assert.equal((await one.apply(a)).get(keyOf(a))?.action, 'created');
  assert.equal((await two.apply(b)).get(keyOf(b))?.action, 'created');
  assert.deepEqual([...(await one.target.inventory.load(never)).keys()], [keyOf(a)]);
  assert.deepEqual([...(await two.target.inventory.load(never)).keys()], [keyOf(b)]);
  assert.equal((await two.apply(a)).get(keyOf(a))?.problem?.code, 'FOREIGN_OBJECT');
});

test('only what carries our label is deleted, and what is gone counts as deleted', async () => {
  const namespace = await newNamespace(cluster);
  await using hands = await openTarget(cluster);
  const [ours, unlabelled, gone] = ['ours', 'unlabelled', 'gone'].map((name) => configMap(namespace, name, {}));
  assert.ok(ours && unlabelled && gone);
  const { desired } = await hands.resolve(ours, unlabelled, gone);
  await hands.apply(ours, unlabelled, gone);
  const path = `/api/v1/namespaces/${namespace}/configmaps`;
  await cluster.patch(`${path}/unlabelled`, { metadata: { labels: { 'weaveflux.dev/environment': null } } });
  await cluster.delete(`${path}/gone`);
  const actions = [];
  for (const object of desired) actions.push((await hands.target.remove(entryOf(object), never)).action);
  assert.deepEqual(actions, ['deleted', 'skipped', 'deleted']);
  assert.equal(await cluster.find(`${path}/ours`), undefined);
  assert.ok(await cluster.find(`${path}/unlabelled`));
});

test('the inventory is split over ConfigMaps, written only when it changes, and read again by the next agent', async () => {
  await using hands = await openTarget(cluster, { environment: 'large' });
  const names = Array.from(
    { length: 9_000 },
    (_, index) => `object-with-a-long-name-${String(index).padStart(40, '0')}`,
  );
  const entries = names.map((name) => ({
    id: { group: '', kind: 'ConfigMap', namespace: 'somewhere', name },
    apiVersion: 'v1',
  }));
  await hands.target.inventory.add(entries, never);
  const second = await cluster.get(`${INVENTORY}-large-1`);
  for (const index of [0, 1]) {
    const { data } = await cluster.get(`${INVENTORY}-large-${index}`);
    assert.ok(data.objects.length <= 512 * 1024);
  }
  await hands.target.inventory.add(entries, never);
  const again = await cluster.get(`${INVENTORY}-large-1`);
  assert.equal(again.metadata.resourceVersion, second.metadata.resourceVersion);

  await using next = await openTarget(cluster, { environment: 'large' });
  assert.equal((await next.target.inventory.load(never)).size, 9_000);
  const keys = entries.slice(0, 8_999).map(({ id }) => `/ConfigMap/somewhere/${id.name}`);
  await next.target.inventory.remove(keys, never);
  assert.equal((await hands.target.inventory.load(never)).size, 1);
});

test('the inventory loses nothing when two writers and a person change it at once', async () => {
  await using one = await openTarget(cluster, { environment: 'busy' });
  await using two = await openTarget(cluster, { environment: 'busy' });
  const entry = (name: string) => ({ id: { group: '', kind: 'ConfigMap', namespace: 'x', name }, apiVersion: 'v1' });
  await one.target.inventory.add([entry('first')], never);
  await two.target.inventory.load(never);
  const since = '2026-01-01T00:00:00Z';
  await Promise.all([
    ...[1, 2, 3, 4].flatMap((n) => [
      one.target.inventory.add([entry(`one-${n}`)], never),
      two.target.inventory.add([entry(`two-${n}`)], never),
    ]),
    one.target.inventory.suspend([{ reason: 'an incident', by: 'Ada', since }], never),
    cluster.patch(`${INVENTORY}-busy-0`, { metadata: { annotations: { note: 'of a person' } } }),
  ]);
  assert.equal((await two.target.inventory.load(never)).size, 9);
  assert.deepEqual(await two.target.inventory.suspensions(never), [{ reason: 'an incident', by: 'Ada', since }]);
  assert.equal((await cluster.get(`${INVENTORY}-busy-0`)).metadata.annotations.note, 'of a person');
  await two.target.inventory.suspend([], never);
  assert.deepEqual(await one.target.inventory.suspensions(never), []);
});

test('credentials come from the pod template and its service account', async () => {
  const namespace = await newNamespace(cluster);
  await using hands = await openTarget(cluster);
  const config = (host: string) => JSON.stringify({ auths: { [host]: { auth: 'dTpw' } } });
  for (const name of ['pod', 'account']) {
    await cluster.apply({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace },
      type: 'kubernetes.io/dockerconfigjson',
      stringData: { '.dockerconfigjson': config(`${name}.example`) },
    });
  }
  const imagePullSecrets = [{ name: 'account' }];
  await cluster.apply({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default', namespace },
    imagePullSecrets,
  });
  const template = { spec: { imagePullSecrets: [{ name: 'pod' }, { name: 'missing' }] } };
  const texts = await hands.target.pullSecrets(namespace, template, never);
  assert.deepEqual(texts, [config('pod.example'), config('account.example')]);
});

function withEnv(object: JsonObject, env: JsonObject[]): JsonObject {
  const copy = structuredClone(object) as { spec: { template: { spec: { containers: JsonObject[] } } } };
  for (const container of copy.spec.template.spec.containers) container.env = env;
  return copy as unknown as JsonObject;
}

async function envNames(path: string): Promise<string[]> {
  const live = await cluster.get(path);
  return live.spec.template.spec.containers[0].env.map((each: JsonObject) => each.name);
}

async function kubectl(args: readonly string[], object: JsonObject): Promise<void> {
  const file = join(cluster.dir, `${keyOf(object).replaceAll('/', '_')}.json`);
  await writeFile(file, JSON.stringify(object));
  const all = ['--kubeconfig', cluster.kubeconfig, ...args.map((arg) => (arg === '-' ? file : arg))];
  await promisify(execFile)(await findTool('kubectl'), all);
}
