import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { waitFor } from '../rig/index.ts';
import { startWorld, type World } from '../support/world.ts';
import { configMap, flagsOf, type Scene, startScene } from './delivery-support.ts';
import { watching, weaveflux } from './interference-support.ts';

const MINUTE = 60_000;

let world: World;
let scene: Scene;
before(async () => {
  world = await startWorld({});
  const names = ['probe', 'changed', 'same'];
  const files = Object.fromEntries(names.map((name) => [`${name}.yaml`, configMap(name)]));
  scene = await startScene(world, 'gated', files);
  await scene.delivered(await scene.repository.head());
  await watching(scene, world, 'probe');
});
after(async () => {
  await scene?.[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

const map = (name: string) => scene.path(`configmaps/${name}`);
const dataOf = async (name: string): Promise<string> => (await world.cluster.get(map(name))).data.a;
const change = (name: string, a: string) => world.cluster.patch(map(name), { data: { a } });
const becomes = (name: string, value: string, deadline = 45_000) =>
  waitFor({ what: `${name} to be ${value}`, deadline }, async () => (await dataOf(name)) === value);

/** A window that opens every day at this moment. */
function daily(kind: 'allow' | 'deny', name: string, opens: Date): string {
  const cron = `${opens.getUTCMinutes()} ${opens.getUTCHours()} * * *`;
  return `windows:\n  - { name: ${name}, ${kind}: ${cron}, for: 1h, applies: [deploys] }\n`;
}

test('a revision waits for the end of a window, and what it does not change is still put right', async () => {
  const freeze = daily('deny', 'freeze', new Date(Date.now() - 5 * MINUTE));
  const files = { '.weaveflux.yaml': freeze, 'changed.yaml': configMap('changed', { a: 'new' }) };
  const revision = await scene.push({ ...files, 'more.yaml': configMap('more') });
  const { sync } = await scene.delivered(revision);
  assert.equal(sync.state, 'pending');
  assert.notEqual(sync.appliedRevision, revision);
  assert.match(sync.waits?.reason ?? '', /waits for the end of the window freeze until /);
  await scene.agent.event('that it waits', ({ type }) => type === 'sync-waiting');
  const said = await weaveflux(scene.agent, 'status');
  assert.match(said, /waits for the end of the window freeze until [\s\S]*; weaveflux sync delivers it at/);
  assert.match(said, /freeze keeps revisions from being delivered until /);
  await change('changed', 'mine');
  await change('same', 'mine');
  await becomes('same', 'b');
  assert.equal(await dataOf('changed'), 'mine');
  assert.equal(await world.cluster.find(map('more')), undefined);
});

test('a sync that a person asks for delivers it', async () => {
  await weaveflux(scene.agent, 'sync');
  assert.equal(await dataOf('changed'), 'new');
  await scene.agent.healthy(await scene.repository.head());
  await change('changed', 'mine');
  await becomes('changed', 'new');
});

test('the agent delivers by itself as the window opens, and not before', async () => {
  const opening = new Date(Math.ceil((Date.now() + 30_000) / MINUTE) * MINUTE);
  const allow = daily('allow', 'soon', opening);
  const revision = await scene.push({ '.weaveflux.yaml': allow, 'changed.yaml': configMap('changed', { a: 'newer' }) });
  const { sync } = await scene.delivered(revision);
  assert.match(sync.waits?.reason ?? '', /waits for the window soon until /);
  assert.equal(sync.waits?.until, opening.toISOString());
  await becomes('changed', 'newer', Math.max(0, opening.getTime() - Date.now()) + 60_000);
  assert.ok(Date.now() >= opening.getTime());
  const status = await scene.agent.healthy(revision);
  assert.equal(status.sync.waits, undefined);
});

test('an agent that starts meanwhile looks after what is as the repository says, and sends nothing else', async () => {
  const past = daily('deny', 'freeze', new Date(Date.now() - 5 * MINUTE));
  const held = await scene.push({ '.weaveflux.yaml': past, 'changed.yaml': configMap('changed', { a: 'newest' }) });
  assert.ok((await scene.delivered(held)).sync.waits);
  await scene.agent.stop();
  const again = await world.agent(flagsOf(world, scene.repository, 'gated'));
  scene = { ...scene, agent: again };
  await again.until('the revision to wait', ({ sync }) => sync.revision === held && sync.waits);
  await change('same', 'mine');
  await becomes('same', 'b');
  assert.equal(await dataOf('changed'), 'newer');
});

test('who takes the window out of the repository waits for it no more', async () => {
  await scene.push({}, '.weaveflux.yaml');
  await becomes('changed', 'newest');
});
