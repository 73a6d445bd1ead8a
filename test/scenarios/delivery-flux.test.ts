import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createApiClient, readAgentFile } from '@weaveflux/shared/node';
import { startProcess, waitFor } from '../rig/index.ts';
import { startWorld, type World } from '../support/world.ts';
import { configMap, deployment, documents, objectOf, startScene, urlOf } from './delivery-support.ts';

const MAIN = fileURLToPath(new URL('../../agent/src/main.ts', import.meta.url));

let world: World;
before(async () => {
  world = await startWorld({});
});
after(() => world[Symbol.asyncDispose]());

/** A ConfigMap of four lines with an annotation of Flux v1. */
function annotated(name: string, key: string, value: string, data: Readonly<Record<string, string>> = { a: 'git' }) {
  return configMap(name, data).replace(`name: ${name}`, `name: ${name}, annotations: { ${key}: ${value} }`);
}

const SPELLINGS = ['fluxcd.io', 'flux.weave.works'] as const;

for (const spelling of SPELLINGS) {
  test(`${spelling}/ignore means in the file and in the cluster what it meant in Flux v1`, async () => {
    const key = `${spelling}/ignore`;
    const name = spelling.replaceAll('.', '-');
    await using scene = await startScene(world, name, {
      'ignored.yaml': annotated('ignored', key, '"true"'),
      'sync-only.yaml': annotated('sync-only', key, 'sync_only'),
      'in-cluster.yaml': configMap('in-cluster', { a: 'git' }),
      'other.yaml': configMap('other'),
    });
    const { agent } = scene;
    const first = await agent.healthy(await scene.repository.head());
    assert.equal(await world.cluster.find(scene.path('configmaps/ignored')), undefined, 'not applied');
    assert.equal(objectOf(first, 'configmap/ignored').action, 'skipped');
    assert.deepEqual(first.sync.problems, []);

    const live = scene.path('configmaps/in-cluster');
    await world.cluster.patch(live, { metadata: { annotations: { [key]: 'true' } }, data: { a: 'by hand' } });
    await agent.event(
      'the change being left',
      ({ type, object }) => type === 'drift-reported' && object?.endsWith('/in-cluster') === true,
    );
    const changed = await agent.healthy(
      await scene.push({
        'in-cluster.yaml': configMap('in-cluster', { a: 'newer' }),
        'sync-only.yaml': annotated('sync-only', key, 'sync_only', { a: 'newer' }),
      }),
    );
    assert.equal((await world.cluster.get(live)).data.a, 'by hand', 'left alone');
    assert.equal(objectOf(changed, 'configmap/in-cluster').action, 'skipped');
    assert.equal((await world.cluster.get(scene.path('configmaps/sync-only'))).data.a, 'newer', 'applied');

    const less = await agent.healthy(await scene.push({}, 'in-cluster.yaml', 'sync-only.yaml', 'ignored.yaml'));
    for (const kept of ['in-cluster', 'sync-only']) {
      assert.ok(await world.cluster.find(scene.path(`configmaps/${kept}`)), `${kept} is not deleted`);
      assert.match(objectOf(less, `configmap/${kept}`).drift?.differences[0]?.live ?? '', /ignore/);
    }
  });
}

test('what somebody annotated with ignore before the agent came is left as it is', async () => {
  await world.cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'already-there' } });
  const metadata = { name: 'mine', namespace: 'already-there', annotations: { 'fluxcd.io/ignore': 'true' } };
  await world.cluster.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { a: 'mine' } }, 'a-person');
  const names = ['one', 'two', 'three', 'four', 'five'];
  await using scene = await startScene(world, 'already-there', {
    'mine.yaml': configMap('mine', { a: 'git' }),
    'more.yaml': names.map((name) => configMap(name)).join('---\n'),
  });
  const status = await scene.delivered(await scene.repository.head());
  const live = await world.cluster.get(scene.path('configmaps/mine'));
  assert.deepEqual([live.data.a, live.metadata.labels], ['mine', undefined]);
  assert.equal(objectOf(status, 'configmap/mine').action, 'skipped');
  assert.equal(status.sync.counts.created, names.length);

  await world.cluster.patch(scene.path('configmaps/mine'), { metadata: { annotations: { 'fluxcd.io/ignore': null } } });
  await scene.agent.healthy(await scene.push({ 'README.md': 'the annotation is gone' }));
  await world.cluster.until(
    scene.path('configmaps/mine'),
    'it to be as the repository says',
    ({ data }) => data.a === 'git',
  );
});

test('policies in the spellings of Flux v1 are read', async () => {
  const rows = [
    ['legacy', { 'flux.weave.works/automated': 'true', 'flux.weave.works/tag.app': 'semver:~1' }, 'semver:~1'],
    ['newer', { 'fluxcd.io/automated': 'true', 'fluxcd.io/tag.app': 'glob:main-*' }, 'glob:main-*'],
    ['filter', { 'fluxcd.io/automated': 'true', 'filter.fluxcd.io/app': 'regexp:^v' }, 'regexp:^v'],
  ] as const;
  const workloads = rows.map(([name, annotations]) => {
    const workload = deployment(name);
    return { ...workload, metadata: { ...workload.metadata, annotations } };
  });
  await using scene = await startScene(
    world,
    'spellings',
    { 'all.yaml': documents(...workloads) },
    { 'registry-disable-scanning': 'true' },
  );
  await scene.delivered(await scene.repository.head());
  const images = await waitFor({ what: 'the images to be decided' }, async () => {
    const all = await scene.agent.api.images();
    return all.length === rows.length ? all : undefined;
  });
  for (const [name, , policy] of rows) {
    const image = images.find(({ object }) => object.endsWith(`/${name}`));
    assert.deepEqual([image?.automated, image?.policy], [true, policy], name);
  }
});

test('the command line of a Flux v1 daemon works, and says what became of its flags', async () => {
  const repository = await world.git.createRepository('flux-flags', { 'deploy/a.yaml': configMap('a') });
  await world.cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'flux-flags' } });
  const file = join(world.dir, 'flux-flags.json');
  const args = [
    ['--git-url', urlOf(world, repository)],
    ['--git-path', 'deploy'],
    ['--git-poll-interval=500ms', '--sync-interval', '5m', '--sync-garbage-collection'],
    ['--memcached-service=', '--memcached-hostname=memcached', '--ssh-keygen-dir=/var/fluxd/keygen'],
    ['--sync-state=secret', '--git-label', 'flux-sync', '--connect=ws://fluxcloud', '--token', 'nothing'],
    ['--k8s-namespace-whitelist=flux-flags', '--k8s-default-namespace', 'flux-flags', '--registry-trace'],
    ['--listen=:0', '--listen-metrics=127.0.0.1:0', '--kubeconfig', world.cluster.kubeconfig],
    ['--environment=flux-flags', `--data-dir=${join(world.dir, 'flux-flags')}`],
  ].flat();
  await using agent = await startProcess({
    name: 'agent',
    command: process.execPath,
    args: [MAIN, 'agent', ...args],
    env: { WEAVEFLUX_AGENT_FILE: file, GIT_SSL_CAINFO: world.git.caFile },
    grace: 15_000,
  });
  const { url, token } = await agent.ready({ what: 'the agent file' }, () => readAgentFile(file));
  assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/, 'people are served on loopback only');
  const api = createApiClient({ url, token: async () => token });
  const revision = await repository.head();
  await agent.ready({ what: 'the delivery' }, async () => (await api.status()).sync.healthyRevision === revision);
  assert.ok(await world.cluster.find('/api/v1/namespaces/flux-flags/configmaps/a'));
  const log = agent.tail(200);
  for (const flag of ['memcached-hostname', 'sync-state', 'git-label', 'connect', 'registry-trace', 'ssh-keygen-dir'])
    assert.match(log, new RegExp(`level=warn.*--${flag} does nothing: `), flag);
  assert.match(log, /--k8s-namespace-whitelist has another name now: it is taken as --k8s-allow-namespace/);
  assert.match(log, /--listen got .*":0.* is taken as 127\.0\.0\.1:0/);
  assert.ok(!log.includes(world.git.token), 'no token in the log');
  await agent.stop();
  assert.equal(await agent.ended, 'exit code 0');
});

const REFUSED = [
  { args: ['--git-verify-signatures'], says: /--git-verify-signatures is not supported yet: .*signatures/ },
  { args: ['--sops'], says: /--sops is not supported yet: .*decrypted/ },
  { args: ['--manifest-generation=true'], says: /--manifest-generation is not supported yet: / },
  {
    args: ['--git-pol-interval=5m'],
    says: /--git-pol-interval is no flag of the agent; did you mean --git-poll-interval/,
  },
  { args: ['--sync-interval', 'often'], says: /--sync-interval got "often"; it takes / },
] as const;

test('a guard that is missing, an unknown flag and a bad value end the agent at once with one sentence', async () => {
  await Promise.all(
    REFUSED.map(async ({ args, says }) => {
      const command = [MAIN, 'agent', '--git-url', 'https://git.example/x.git', ...args];
      await using agent = await startProcess({ name: 'agent', command: process.execPath, args: command });
      assert.equal(await agent.ended, 'exit code 2', args.join(' '));
      await agent.line(says, 5_000).catch(() => assert.match(agent.tail(), says));
      assert.equal(agent.tail().trim().split('\n').length, 1, agent.tail());
    }),
  );
});
