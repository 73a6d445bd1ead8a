import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type RigEcr, startEcr } from '../rig/index.ts';
import { startWorld, type World } from '../support/world.ts';
import { policies, workload } from './images-support.ts';

/** An agent with an AWS identity, and no secret anywhere. */
describe('an image at Amazon ECR', { concurrency: false }, () => {
  let world: World;
  let ecr: RigEcr;

  before(async () => {
    [world, ecr] = await Promise.all([startWorld({}), startEcr()]);
    await ecr.push('shop/cart', { tag: 'build-7', pushed: '2026-05-01T00:00:00Z' });
  });
  after(async () => {
    await Promise.all([world?.[Symbol.asyncDispose](), ecr?.stop()]);
  });

  test('its newest push is released by the identity of the agent, and no manifest is read for it', async () => {
    await world.cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ecr' } });
    const image = `${ecr.host()}/shop/cart`;
    const text = workload('cart', {
      annotations: policies({ app: 'newest:' }),
      containers: { app: `${image}:build-7` },
    });
    const { repository, agent } = await world.environment('ecr', { 'cart.yaml': text });
    await using running = await agent({ 'k8s-default-namespace': 'ecr', 'automation-interval': '1s' }, ecr.env);
    await running.process.ready({ what: 'the first scan', deadline: 60_000 }, async () => {
      const [cart] = await running.api.images();
      return cart?.state === 'current';
    });
    await ecr.push('shop/cart', { tag: 'build-6', pushed: '2026-06-01T00:00:00Z' });
    await running.event('the release', ({ type }) => type === 'released', { deadline: 60_000 });
    assert.equal(await repository.read('cart.yaml'), text.replace(':build-7', ':build-6'));
    assert.deepEqual(
      ecr.registry.requests.filter(({ path }) => path.includes('/manifests/')),
      [],
    );
  });
});
