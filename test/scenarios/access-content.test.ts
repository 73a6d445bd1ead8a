import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startWorld, type World } from '../support/world.ts';
import { documents, problemAt, type Scene, startScene } from './delivery-support.ts';

const HIDDEN = 'not-for-everyone';

let world: World;
let owner: Scene;
let other: Scene;

function shared(value: string): string {
  return documents({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'shared', namespace: 'owner' },
    data: { value },
  });
}

before(async () => {
  world = await startWorld({});
  owner = await startScene(world, 'owner', { 'shared.yaml': shared(HIDDEN) });
  await owner.delivered(await owner.repository.head());
  const own = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'own' }, data: { value: 'mine' } };
  other = await startScene(world, 'other', { 'shared.yaml': shared('wanted'), 'own.yaml': documents(own) });
  const status = await other.delivered(await other.repository.head());
  assert.equal(problemAt(status, 'shared.yaml').code, 'FOREIGN_OBJECT');
});
after(async () => {
  await Promise.all([owner?.[Symbol.asyncDispose](), other?.[Symbol.asyncDispose]()]);
  await world?.[Symbol.asyncDispose]();
});

test("what is live of another environment's object is not shown, though the repository states it", async () => {
  const detail = await other.agent.api.object('owner:configmap/shared');
  assert.deepEqual([detail.managed, detail.live, detail.differences], [false, undefined, []]);
  assert.ok(!JSON.stringify(await other.agent.api.status()).includes(HIDDEN));
  const { objects } = await other.agent.api.plan({ revision: await other.repository.head() });
  const planned = objects.find(({ name }) => name === 'owner:configmap/shared');
  assert.deepEqual([planned?.differences, planned?.problem?.code], [[], 'FOREIGN_OBJECT']);
  const own = await other.agent.api.object('configmap/own');
  assert.deepEqual([own.managed, (own.live as { data: unknown }).data], [true, { value: 'mine' }]);
});

test('documents about anything in the cluster tell no more than whether it is there', async () => {
  const metadata = { name: 'anyones', namespace: 'kube-system' };
  await world.cluster.apply({ apiVersion: 'v1', kind: 'Secret', metadata, stringData: { password: HIDDEN } });
  await world.cluster.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { password: HIDDEN } });
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata, stringData: { password: 'guess' } };
  const text = [
    documents(secret),
    documents({ ...secret, metadata: { ...metadata, name: 'nobodys' } }),
    documents({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { password: 'guess' } }),
    documents({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'own' }, data: { value: 'changed' } }),
    shared('guess'),
  ].join('---\n');
  const answer = await other.agent.api.plan({ documents: { 'a.yaml': text } });
  const seen = Object.fromEntries(
    answer.objects.map(({ name, action, differences, problem }) => [name, [action, differences.length, problem?.code]]),
  );
  assert.deepEqual(seen, {
    'kube-system:secret/anyones': ['configured', 0, 'FOREIGN_OBJECT'],
    'kube-system:secret/nobodys': ['created', 0, undefined],
    'kube-system:configmap/anyones': ['configured', 0, 'FOREIGN_OBJECT'],
    'owner:configmap/shared': ['configured', 0, 'FOREIGN_OBJECT'],
    'other:configmap/own': ['configured', 1, undefined],
  });
  const told = JSON.stringify(answer);
  for (const value of [HIDDEN, Buffer.from(HIDDEN).toString('base64')]) assert.ok(!told.includes(value));
});
