import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type ControlPlane, startControlPlane, waitFor } from '../rig/index.ts';
import { startLine } from './kubernetes-line.ts';
import { configMap, deployment, keyOf, newNamespace, openTarget } from './kubernetes-world.ts';

let cluster: ControlPlane;
before(async () => {
  cluster = await startControlPlane({ controllers: false });
});
after(() => cluster.stop());

test('a change by another is told at once by the watch, our own never', async () => {
  const namespace = await newNamespace(cluster);
  await using hands = await openTarget(cluster);
  const objects = Array.from({ length: 40 }, (_, index) => configMap(namespace, `c${index}`, { round: '0' }));
  const watched = await hands.watch(...objects);
  for (let round = 1; round <= 5; round++) {
    await hands.apply(...objects.map((object) => ({ ...object, data: { round: `${round}` } })));
  }
  const path = `/api/v1/namespaces/${namespace}/configmaps/c7`;
  await cluster.patch(path, { data: { round: 'theirs' } });
  const event = await watched.event(keyOf(objects[7] ?? {}), 'the change');
  assert.deepEqual(watched.lists, ['ConfigMap'], 'no list was needed to notice it');
  assert.equal(event.type === 'changed' && JSON.stringify(event.object.data), '{"round":"theirs"}');
  await cluster.delete(path);
  await watched.event(keyOf(objects[7] ?? {}), 'the deletion', ({ type }) => type === 'deleted');
  assert.deepEqual(new Set(watched.events.map(({ live }) => live.key)), new Set([keyOf(objects[7] ?? {})]));
});

test('every one of very many watches is open, a namespace each', async () => {
  const namespaces = Array.from({ length: 150 }, (_, index) => `watched-${index}`);
  await Promise.all(
    namespaces.map((name) => cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
  );
  await using hands = await openTarget(cluster, { allowNamespaces: namespaces });
  const objects = namespaces.map((namespace) => configMap(namespace, 'a', { by: 'us' }));
  await hands.apply(...objects);
  const watched = await hands.watch(...objects.slice(0, 1));
  for (const object of [objects[0], objects.at(-1)])
    await cluster.patch(
      `/api/v1/namespaces/${keyOf(object ?? {})
        .split('/')
        .at(-2)}/configmaps/a`,
      { data: { by: 'them' } },
    );
  await watched.event(keyOf(objects[0] ?? {}), 'the change in the first');
  await watched.event(keyOf(objects.at(-1) ?? {}), 'the change in the last');
});

test('our own deletion is not told', async () => {
  const namespace = await newNamespace(cluster);
  await using hands = await openTarget(cluster);
  const [a, b] = [configMap(namespace, 'a', {}), configMap(namespace, 'b', {})];
  await hands.apply(a, b);
  const watched = await hands.watch(a);
  const id = { group: '', kind: 'ConfigMap', namespace, name: 'a' };
  const { action } = await hands.target.remove({ id, apiVersion: 'v1' }, new AbortController().signal);
  assert.equal(action, 'deleted');
  await cluster.delete(`/api/v1/namespaces/${namespace}/configmaps/b`);
  await watched.event(keyOf(b), 'the deletion by another');
  assert.deepEqual(
    watched.events.map(({ live }) => live.key),
    [keyOf(b)],
  );
});

test('an object whose label is taken away is told as gone', async () => {
  const namespace = await newNamespace(cluster);
  await using hands = await openTarget(cluster);
  const object = configMap(namespace, 'a', { a: 'b' });
  await hands.apply(object);
  const watched = await hands.watch(object);
  const labels = { 'weaveflux.dev/environment': null };
  await cluster.patch(`/api/v1/namespaces/${namespace}/configmaps/a`, { metadata: { labels } });
  await watched.event(keyOf(object), 'the end', ({ type }) => type === 'deleted');
  assert.equal((await hands.apply(object)).get(keyOf(object))?.action, 'configured');
});

test('watches go on after the API server was killed and started again, and miss nothing', async () => {
  const namespace = await newNamespace(cluster);
  await using hands = await openTarget(cluster);
  const [object, web] = [configMap(namespace, 'a', { a: 'b' }), deployment(namespace, 'web')];
  await hands.apply(object, web);
  const watched = await hands.watch(object, web);
  const unheard = await openTarget(cluster);
  await cluster.stopApiServer();
  await assert.rejects(unheard.resolve(object), { code: 'API_UNREACHABLE' });
  await cluster.startApiServer();
  await unheard[Symbol.asyncDispose]();
  await waitFor({ what: 'the API to write again' }, () =>
    cluster.patch(`/api/v1/namespaces/${namespace}/configmaps/a`, { data: { a: 'theirs' } }),
  );
  await waitFor(
    { what: 'the change, by event or by a new list', deadline: 60_000 },
    () => watched.events.length > 0 || watched.lists.filter((kind) => kind === 'ConfigMap').length > 1,
  );
  assert.equal((await hands.apply(object)).get(keyOf(object))?.action, 'configured');
  await cluster.patch(`/api/v1/namespaces/${namespace}/configmaps/a`, { data: { a: 'again' } });
  await watched.event(
    keyOf(object),
    'the next change',
    (event) => event.type === 'changed' && JSON.stringify(event.object.data).includes('again'),
  );
});

test('an API server that hangs costs a deadline or a cancel, not the agent', async () => {
  await using hands = await openTarget(cluster);
  await hands.resolve(configMap('default', 'a', {}));
  cluster.pauseApiServer();
  try {
    // What was on its way when the server stopped may still be answered.
    const took = await waitFor({ what: 'a request to be left without an answer' }, async () => {
      const began = performance.now();
      const id = { group: '', kind: 'ConfigMap', namespace: 'default', name: 'a' };
      const ended = await hands.target.get(id, 'v1', AbortSignal.timeout(100)).then(
        () => 'answered',
        () => 'cancelled',
      );
      return ended === 'cancelled' ? performance.now() - began : undefined;
    });
    // Without the cancel it would be left after the 25 s in which nothing came.
    assert.ok(took < 15_000, `cancelled after ${took} ms`);
  } finally {
    cluster.resumeApiServer();
  }
  assert.equal((await hands.resolve(configMap('default', 'a', {}))).problems.length, 0);
});

test('nothing happens while nothing happens: no list and no write, only the open watches', async () => {
  const namespace = await newNamespace(cluster);
  await using hands = await openTarget(cluster);
  const object = configMap(namespace, 'a', {});
  await hands.apply(object);
  await hands.watch(object);
  await waitFor({ what: 'the watch to be open' }, () => hands.requests.includes('watch 200'));
  const before = hands.requests.length;
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  assert.deepEqual(hands.requests.slice(before), []);
});

test('a version that the API server forgot (410) is answered by a new list', async () => {
  // Without its cache the API server reads from etcd, which forgets old versions each second.
  const apiServerFlags = ['--watch-cache=false', '--etcd-compaction-interval=1s'];
  await using forgetful = await startControlPlane({ controllers: false, apiServerFlags });
  await using line = await startLine(forgetful);
  await using hands = await openTarget(forgetful, { kubeconfig: line.kubeconfig });
  const object = configMap('default', 'a', { a: 'b' });
  await hands.apply(object);
  const watched = await hands.watch(object);
  await waitFor({ what: 'the watch to be open' }, () => hands.requests.includes('watch 200'));
  const { resourceVersion } = (await forgetful.get('/api/v1/namespaces/default/configmaps/a')).metadata;
  await line.cut();
  await waitFor({ what: 'the version to be forgotten', deadline: 60_000, interval: 300 }, async () => {
    await forgetful.apply(configMap('default', 'other', { time: `${Date.now()}` }) as never);
    const query = `resourceVersion=${resourceVersion}&resourceVersionMatch=Exact`;
    return (await forgetful.request('GET', `/api/v1/namespaces/default/configmaps?${query}`)).status === 410;
  });
  await forgetful.patch('/api/v1/namespaces/default/configmaps/a', { data: { a: 'missed' } });
  await line.mend();
  await waitFor({ what: 'a second list', deadline: 60_000 }, () => watched.lists.length > 1);
  await forgetful.patch('/api/v1/namespaces/default/configmaps/a', { data: { a: 'c' } });
  await watched.event(keyOf(object), 'a change after it');
});
