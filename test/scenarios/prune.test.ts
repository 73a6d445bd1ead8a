import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Status } from '@weaveflux/shared';
import { type ApiObject, waitFor } from '../rig/index.ts';
import type { EnvironmentWorld, World } from '../support/world.ts';
import { startWorld } from '../support/world.ts';
import { deadGroup } from './delivery-support.ts';

const NAMESPACE = 'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: held\n';

function configMap(name: string, more = ''): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  namespace: default\n${more}data:\n  a: b\n`;
}

/** As many ConfigMaps as asked, one a file, each named after the environment. */
function configMaps(environment: string, count: number): Record<string, string> {
  const names = Array.from({ length: count }, (_, index) => `${environment}-${index}`);
  return Object.fromEntries(names.map((name) => [`${name}.yaml`, configMap(name)]));
}

describe('pruning', () => {
  let world: World;

  before(async () => {
    world = await startWorld({ 'readme.md': 'nothing' });
  });
  after(() => world[Symbol.asyncDispose]());

  async function find(name: string) {
    return world.cluster.find(`/api/v1/namespaces/default/configmaps/${name}`);
  }

  async function environment(name: string, files: Record<string, string>, flags = {}) {
    const env = await world.environment(name, files);
    const agent = await env.agent(flags);
    await agent.healthy(await env.repository.head());
    return { env, agent };
  }

  /** Waits until a delivery of this revision has ended and pruning waits, for this reason; gives the status. */
  async function waits(
    agent: Awaited<ReturnType<EnvironmentWorld['agent']>>,
    revision: string,
    reason: RegExp,
  ): Promise<Status> {
    return agent.until(
      `pruning to wait for ${reason}`,
      ({ prune, sync }) => prune?.revision === revision && reason.test(prune.reason) && sync.finishedAt !== undefined,
    );
  }

  it('deletes what left the repository and forgets it', async () => {
    const { env, agent } = await environment('plain', configMaps('plain', 4));
    await env.person.remove('plain-0.yaml');
    await env.person.commitAndPush('Remove one');
    await waitFor({ what: 'plain-0 to be gone' }, async () => (await find('plain-0')) === undefined);
    const status = await agent.until('it to leave the status', ({ objects }) => objects.length === 3);
    assert.equal(status.prune, undefined);
    await agent.stop();
  });

  it('stops when nothing at all would remain, and obeys a confirmation of exactly that', async () => {
    const { env, agent } = await environment('empty', configMaps('empty', 3));
    await env.person.remove('empty-0.yaml', 'empty-1.yaml', 'empty-2.yaml');
    await env.person.write({ 'readme.md': 'empty now' });
    const revision = await env.person.commitAndPush('Remove all');
    const { prune } = await waits(agent, revision, /no object at all/);
    assert.equal(prune?.objects.length, 3);
    assert.ok(await find('empty-0'));
    await assert.rejects(async () => {
      const { id } = await agent.api.sync({ confirmPrune: 'a'.repeat(40) });
      const job = await agent.api.finishedJob(id);
      if (job.state === 'failed') throw new Error(job.problems[0]?.message);
    }, /not one of aaaa/);
    const job = await agent.api.finishedJob((await agent.api.sync({ confirmPrune: revision })).id);
    assert.equal(job.state, 'succeeded');
    assert.deepEqual(
      job.outcomes.map(({ result }) => result),
      ['deleted', 'deleted', 'deleted'],
    );
    assert.equal(await find('empty-0'), undefined);
    await agent.stop();
  });

  it('stops above the limit, and a commit cannot lift the limit for itself', async () => {
    const { env, agent } = await environment('limit', configMaps('limit', 12));
    await env.person.remove(...Array.from({ length: 6 }, (_, index) => `limit-${index}.yaml`));
    await env.person.write({ '.weaveflux.yaml': 'pruneLimit:\n  objects: 10\n' });
    const revision = await env.person.commitAndPush('Remove six and raise the limit');
    await waits(agent, revision, /6 of 12 objects would be deleted and the limit is 5/);
    assert.ok(await find('limit-0'));
    await env.person.write({ 'readme.md': 'the limit is in force now' });
    await env.person.commitAndPush('Go on');
    await waitFor({ what: 'limit-0 to be gone' }, async () => (await find('limit-0')) === undefined);
    await agent.stop();
  });

  it('stops while a file is broken, however few would go', async () => {
    const { env, agent } = await environment('broken', configMaps('broken', 5));
    await env.person.remove('broken-0.yaml');
    await env.person.write({ 'broken-1.yaml': 'a: [b\n' });
    const revision = await env.person.commitAndPush('Break one, remove another');
    const { sync } = await waits(agent, revision, /broken-1.yaml could not be read/);
    assert.equal(sync.state, 'failed');
    const job = await agent.api.finishedJob((await agent.api.sync({ confirmPrune: revision })).id);
    assert.notEqual(job.outcomes.find(({ subject }) => subject.endsWith('/broken-0'))?.result, 'deleted');
    assert.ok(await find('broken-0'));
    assert.ok(await find('broken-1'), 'what the broken file stated stays');
    await env.person.write({ 'broken-1.yaml': configMap('broken-1') });
    await env.person.commitAndPush('Mend it');
    await waitFor({ what: 'broken-0 to be gone' }, async () => (await find('broken-0')) === undefined);
    await agent.stop();
  });

  it('waits after history was rewritten', async () => {
    const { env, agent } = await environment('rewritten', configMaps('rewritten', 5));
    await env.person.write({ 'more.yaml': configMap('rewritten-more') });
    await agent.healthy(await env.person.commitAndPush('Add one'));
    const revision = await env.person.forcePush('HEAD~1');
    await waits(agent, revision, /history of the branch was rewritten/);
    await agent.event('rewritten history', ({ type }) => type === 'history-rewritten');
    assert.ok(await find('rewritten-more'));
    await agent.api.finishedJob((await agent.api.sync({ confirmPrune: revision })).id);
    assert.equal(await find('rewritten-more'), undefined);
    await agent.stop();
  });

  it('lets Namespaces wait while the rest goes on', async () => {
    const { env, agent } = await environment('kinds', { ...configMaps('kinds', 4), 'ns.yaml': NAMESPACE });
    await env.person.remove('ns.yaml', 'kinds-0.yaml');
    const revision = await env.person.commitAndPush('Remove the namespace and one more');
    const { prune } = await waits(agent, revision, /Namespaces/);
    assert.deepEqual(prune?.objects, ['/Namespace//held']);
    await waitFor({ what: 'kinds-0 to be gone' }, async () => (await find('kinds-0')) === undefined);
    await agent.stop();
  });

  it('stops while an API group does not answer', async () => {
    const { env, agent } = await environment('group', configMaps('group', 5));
    const group = '/apis/apiregistration.k8s.io/v1/apiservices/v1.dead.example.com';
    await world.cluster.apply(deadGroup('dead.example.com'));
    await world.cluster.until(group, 'the group to be known not to answer', ({ status }) =>
      status?.conditions?.some((each: ApiObject) => each.type === 'Available' && each.status === 'False'),
    );
    await env.person.remove('group-0.yaml');
    await env.person.write({
      'thing.yaml': 'apiVersion: dead.example.com/v1\nkind: Thing\nmetadata:\n  name: group-thing\n',
    });
    const revision = await env.person.commitAndPush('Remove one, use the dead group');
    await waits(agent, revision, /API group/);
    assert.ok(await find('group-0'));
    await world.cluster.delete(group);
    await env.person.remove('thing.yaml');
    await env.person.commitAndPush('Do without it');
    await waitFor({ what: 'group-0 to be gone' }, async () => (await find('group-0')) === undefined);
    await agent.stop();
  });

  it('never deletes an object of that name that does not carry our label', async () => {
    const { env, agent } = await environment('foreign', configMaps('foreign', 5));
    await agent.stop();
    const path = '/api/v1/namespaces/default/configmaps/foreign-0';
    await world.cluster.delete(path);
    await world.cluster.apply({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'foreign-0', namespace: 'default' },
      data: { mine: 'yes' },
    });
    await env.person.remove('foreign-0.yaml');
    await env.person.commitAndPush('Remove what is no longer ours');
    const again = await env.agent();
    await again.event('the name to be dropped', ({ message }) => message.includes('foreign-0'));
    assert.equal((await find('foreign-0'))?.data.mine, 'yes');
    await again.stop();
  });

  it('only shows leftovers without --sync-garbage-collection', async () => {
    const { env, agent } = await environment('off', configMaps('off', 4), { 'sync-garbage-collection': 'false' });
    await env.person.remove('off-0.yaml');
    await env.person.commitAndPush('Remove one');
    const status = await agent.until('the leftover to be shown', ({ objects }) =>
      objects.some(({ key, drift }) => key.endsWith('/off-0') && drift?.mode === 'reported'),
    );
    assert.equal(status.objects.length, 4);
    assert.ok(await find('off-0'));
    await agent.stop();
  });

  it('tells what it would delete with --sync-garbage-collection-dry, and deletes nothing', async () => {
    const { env, agent } = await environment('dry', configMaps('dry', 4), { 'sync-garbage-collection-dry': 'true' });
    await env.person.remove('dry-0.yaml');
    const revision = await env.person.commitAndPush('Remove one');
    const told = await agent.event(
      'what would be deleted',
      ({ type, object }) => [type, object?.split('/').at(-1)].join() === 'drift-reported,dry-0',
    );
    assert.match(told.message, /dry-0 is not in the repository and stays: it would be deleted/);
    await agent.healthy(revision);
    assert.ok(await find('dry-0'));
    await agent.stop();
  });

  it('keeps what says prune: disabled', async () => {
    const keep = configMap('kept-0', '  annotations:\n    weaveflux.dev/prune: disabled\n');
    const { env, agent } = await environment('kept', { ...configMaps('kept', 4), 'kept-0.yaml': keep });
    await env.person.remove('kept-0.yaml', 'kept-1.yaml');
    await env.person.commitAndPush('Remove two');
    await waitFor({ what: 'kept-1 to be gone' }, async () => (await find('kept-1')) === undefined);
    assert.ok(await find('kept-0'));
    await agent.stop();
  });
});
