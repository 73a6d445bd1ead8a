import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startSshGit } from '../rig/index.ts';
import { startWorld } from '../support/world.ts';
import { configMap } from './delivery-support.ts';
import { weaveflux } from './interference-support.ts';
import { conditionOf, environmentPath, installEnvironments, is } from './publish-support.ts';

test('a key that the repository does not know yet is shown until it is let in', async () => {
  await using world = await startWorld({});
  await using git = await startSshGit();
  await installEnvironments(world);
  const remote = await git.createRepository('locked', { 'a.yaml': configMap('a') });
  await using agent = await world.agent({
    'git-url': remote.url,
    environment: 'locked',
    'ssh-known-hosts': git.knownHostsFile,
  });
  const { repository } = await agent.until('the key to be shown', (status) => status.repository.deployKey);
  assert.match(repository.deployKey ?? '', /^ssh-ed25519 \S+ weaveflux$/);
  assert.ok((await weaveflux(agent, 'status')).includes(repository.deployKey ?? '?'));
  // The namespace comes with the inventory, which is made when there is something to keep.
  await world.cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'weaveflux' } });
  const shown = await world.cluster.until(
    environmentPath('locked'),
    'to show the key',
    ({ status }) => status?.deployKey !== undefined,
    { deadline: 60_000 },
  );
  assert.equal(shown.status.deployKey, repository.deployKey);
  assert.equal(conditionOf(shown, 'Ready')?.reason, 'GitAuth');
  assert.equal(conditionOf(shown, 'Stalled')?.status, 'True', 'it waits for a person');
  assert.equal(shown.status.problems[0].code, 'GIT_AUTH');

  await git.allow(repository.deployKey ?? '');
  const open = await world.cluster.until(environmentPath('locked'), 'to be ready', is('Ready', 'True'));
  assert.equal(open.status.deployKey, undefined);
});
