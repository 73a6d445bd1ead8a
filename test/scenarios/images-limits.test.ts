import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { waitFor } from '../rig/index.ts';
import { type ImageWorld, policies, startImageWorld, workload } from './images-support.ts';

/** Seconds: twice what a request waits for its turn, so that a slow machine, too, asks while it must give up at once. */
const PAUSE = 20;

let images: ImageWorld;
before(async () => {
  images = await startImageWorld();
});
after(() => images[Symbol.asyncDispose]());

test('a registry that wants peace is left in peace, shown beside its images with the tags known before, and told of once', async () => {
  const { registry } = images;
  for (const name of ['one', 'two']) await registry.pushTags(name, ['1', '2']);
  const annotations = policies({ app: 'numerical:' });
  const files = ['one', 'two'].map((name) => [
    `${name}.yaml`,
    workload(name, { annotations, containers: { app: `${registry.host}/${name}:1` } }),
  ]);
  await using scene = await images.scene('limits', Object.fromEntries(files));
  const { running } = scene;
  await scene.untilFile('one.yaml', '/one:2');
  await scene.untilFile('two.yaml', '/two:2');
  registry.requests.length = 0;
  registry.fault({ match: /tags\/list/, times: 1, status: 429, headers: { 'retry-after': String(PAUSE) } });
  const told = await running.event('the limit', ({ type }) => type === 'registry-failed');
  assert.match(told.message, /allows no more requests until \d\d:\d\d UTC/);
  for (const name of ['one', 'two']) {
    const image = await scene.untilImage('the reason to be shown', name, ({ problem }) => problem !== undefined);
    assert.equal(image.problem?.code, 'REGISTRY_RATE_LIMIT');
    assert.deepEqual([image.tag, image.available.map(({ tag }) => tag)], ['2', ['2', '1']]);
  }
  await running.event('the end of the limit', ({ type }) => type === 'registry-recovered', { deadline: 90_000 });
  const refused = registry.requests.find(({ status }) => status === 429) ?? assert.fail('nothing was refused');
  // What was asked beside the refused request had been answered when the limit was told of.
  const until = refused.time + (PAUSE - 1) * 1000;
  const during = registry.requests.filter(({ time }) => time > Date.parse(told.time) && time < until);
  assert.deepEqual(during, [], 'it was asked although it wanted peace');
  await registry.pushTags('one', ['3']);
  await scene.untilFile('one.yaml', '/one:3');
  const count = (type: string) => running.events.filter((event) => event.type === type).length;
  assert.deepEqual([count('registry-failed'), count('registry-recovered')], [1, 1]);
});

test('more image repositories than the rate lets through before others are decided are asked once each, and not again', async () => {
  const { registry } = images;
  const names = Array.from({ length: 40 }, (_, index) => `many-${index}`);
  for (const name of names) await registry.pushTags(name, ['1']);
  const annotations = policies({ app: 'numerical:' });
  const texts = names.map((name) => workload(name, { annotations, containers: { app: `${registry.host}/${name}:1` } }));
  registry.requests.length = 0;
  const flags = { 'registry-rps': '4', 'registry-burst': '1', 'automation-interval': '5m' };
  await using scene = await images.scene('many', { 'many.yaml': texts.join('---\n') }, flags);
  const { running } = scene;
  await waitFor({ what: 'all to be scanned', deadline: 60_000, interval: 200 }, async () => {
    const scanned = (await running.api.images()).filter(({ scannedAt }) => scannedAt !== undefined);
    if (scanned.length < names.length) throw new Error(`${scanned.length} are`);
    return scanned;
  });
  const lists = registry.requests.filter(({ path }) => path.includes('/tags/list'));
  assert.equal(lists.length, names.length);
});
