import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findTool } from '../rig/index.ts';
import { startWorld, type World } from '../support/world.ts';
import {
  configMap,
  delivered,
  deployment,
  documents,
  objectOf,
  problemAt,
  startScene,
  urlOf,
} from './delivery-support.ts';

const run = promisify(execFile);
const MAIN = fileURLToPath(new URL('../../agent/src/main.ts', import.meta.url));

let world: World;
before(async () => {
  world = await startWorld({});
});
after(() => world[Symbol.asyncDispose]());

test('what kubectl apply made is taken over, and a field removed from Git later really goes', async () => {
  const kubectl = await findTool('kubectl');
  const before = deployment('web', 2);
  const labelled = { ...before, metadata: { ...before.metadata, labels: { tier: 'front', team: 'shop' } } };
  const files = { 'web.yaml': documents(labelled), 'a.yaml': configMap('a', { keep: '1', drop: '2', gone: '3' }) };
  await world.cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'inherited' } });
  const dir = (await world.git.checkout(await world.git.createRepository('by-kubectl', files))).dir;
  const kubeconfig = `--kubeconfig=${world.cluster.kubeconfig}`;
  await run(kubectl, [kubeconfig, 'apply', '--namespace=inherited', `--filename=${dir}`]);

  // One key left the repository before the agent came.
  const first = { ...files, 'a.yaml': configMap('a', { keep: '1', drop: '2' }) };
  await using scene = await startScene(world, 'inherited', first);
  await scene.delivered(await scene.repository.head());
  const { data } = await world.cluster.get(scene.path('configmaps/a'));
  assert.deepEqual(data, { keep: '1', drop: '2' });

  const later = { ...labelled, metadata: { ...labelled.metadata, labels: { tier: 'front' } } };
  await scene.delivered(await scene.push({ 'web.yaml': documents(later), 'a.yaml': configMap('a', { keep: '1' }) }));
  const web = await world.cluster.get(scene.path('deployments/web', 'apps/v1'));
  assert.deepEqual(web.metadata.labels, { tier: 'front', 'weaveflux.dev/environment': 'weaveflux.inherited' });
  assert.deepEqual((await world.cluster.get(scene.path('configmaps/a'))).data, { keep: '1' });
});

test('an object of another environment is refused, the rest applied, and adopt takes it', async () => {
  await using theirs = await startScene(world, 'theirs', { 'shared.yaml': configMap('shared', { of: 'them' }) });
  await theirs.agent.healthy(await theirs.repository.head());
  const shared = configMap('shared', { of: 'us' }).replace('name: shared', 'name: shared, namespace: theirs');
  await using ours = await startScene(world, 'ours', { 'shared.yaml': shared, 'own.yaml': configMap('own') });
  const status = await ours.delivered(await ours.repository.head());
  const problem = problemAt(status, 'shared.yaml');
  assert.deepEqual([problem.code, problem.line, status.sync.state], ['FOREIGN_OBJECT', 1, 'failed']);
  assert.match(problem.message, /environment weaveflux\.theirs.*weaveflux adopt/);
  assert.equal((await world.cluster.get(theirs.path('configmaps/shared'))).data.of, 'them');
  assert.ok(await world.cluster.find(ours.path('configmaps/own')));

  // They give it up without deleting it; then we are asked to take it.
  await theirs.agent.stop();
  const args = [MAIN, 'adopt', 'theirs:configmap/shared', `--agent-file=${ours.agent.file}`];
  const { stdout } = await run(process.execPath, args);
  assert.match(stdout, /Adopted theirs:configmap\/shared/);
  await ours.agent.healthy(await ours.repository.head());
  const live = await world.cluster.get(theirs.path('configmaps/shared'));
  assert.deepEqual([live.data.of, live.metadata.labels['weaveflux.dev/environment']], ['us', 'weaveflux.ours']);
  await ours.agent.event(
    'the adoption',
    ({ type, object }) => type === 'adopted' && object?.endsWith('/shared') === true,
  );
});

test('two agents both called default, in two namespaces of one cluster, leave each other alone', async () => {
  await world.cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'both' } });
  const [left, right] = await Promise.all(
    ['left', 'right'].map((name) =>
      world.git.createRepository(`${name}-default`, {
        'a.yaml': configMap(`of-${name}`),
        'b.yaml': configMap(`more-of-${name}`),
        'c.yaml': configMap('wanted-by-both', { by: name }),
      }),
    ),
  );
  assert.ok(left && right);
  const flags = { environment: 'default', 'k8s-default-namespace': 'both' };
  const start = (repository: typeof left, home: string) =>
    world.agent({ ...flags, 'git-url': urlOf(world, repository), 'agent-namespace': home });
  const first = await start(left, 'left');
  await first.healthy(await left.head());
  const second = await start(right, 'right');
  const refused = await delivered(second, await right.head());
  assert.equal(refused.sync.state, 'failed');
  assert.equal(problemAt(refused, 'c.yaml').code, 'FOREIGN_OBJECT');
  const data = async (name: string) => (await world.cluster.find(`/api/v1/namespaces/both/configmaps/${name}`))?.data;
  assert.deepEqual(await data('wanted-by-both'), { by: 'left' });

  const person = await world.git.checkout(right);
  await person.remove('b.yaml', 'c.yaml');
  await second.healthy(await person.commitAndPush('less'));
  assert.equal(await data('more-of-right'), undefined);
  const other = await world.git.checkout(left);
  await other.remove('b.yaml');
  const status = await first.healthy(await other.commitAndPush('less'));
  assert.equal(objectOf(status, 'configmap/of-left').action, 'unchanged');
  assert.equal(await data('more-of-left'), undefined);
  for (const name of ['of-left', 'of-right', 'wanted-by-both']) assert.ok(await data(name), name);
});
