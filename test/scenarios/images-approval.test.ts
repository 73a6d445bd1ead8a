import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { waitFor } from '../rig/index.ts';
import { type ImageScene, type ImageWorld, policies, startImageWorld, workload } from './images-support.ts';

let images: ImageWorld;
before(async () => {
  images = await startImageWorld();
});
after(() => images[Symbol.asyncDispose]());

const APPROVAL = { 'weaveflux.dev/approval': 'required' };

test('what needs approval is only proposed, a newer tag takes its place, and a person approves just what was seen', async () => {
  await images.registry.pushTags('cart', ['1', '2']);
  await images.registry.pushTags('free', ['1', '2']);
  const files = { 'cart.yaml': web('cart', APPROVAL), 'free.yaml': web('free') };
  await using scene = await images.scene('asked', files);
  await scene.untilFile('free.yaml', '/free:2');
  const waiting = await scene.untilImage('it to wait for approval', 'cart', isWaiting);
  assert.equal(waiting.chosen?.tag, '2');
  assert.equal(
    waiting.reason,
    '2 waits for approval; approve it in the editor, or run weaveflux approve asked:deployment/cart --container app --tag 2.',
  );
  const told = await scene.running.event('the proposal', ({ type }) => type === 'proposed');
  assert.match(told.message, /^asked:deployment\/cart app: 2 waits for approval; /);
  assert.match((await scene.command('images')).text, /cart +app +1 +numerical: +needs-approval/);
  assert.match((await scene.command('images', '--explain', 'cart')).text, /2 waits for approval/);
  assert.match(await scene.repository.read('cart.yaml'), /\/cart:1 /);
  await waitFor({ what: 'one proposal to be counted, as the other is committed' }, async () => {
    const metrics = await (await fetch(`${scene.running.metricsUrl}/metrics`)).text();
    return /^weaveflux_proposals 1$/m.test(metrics);
  });

  await images.registry.pushImage('cart', { tag: '3' });
  await scene.untilImage('the newer tag to wait', 'cart', (image) => isWaiting(image) && image.chosen?.tag === '3');
  const stale = await scene.command('approve', 'asked:deployment/cart', '--tag', '2');
  assert.notEqual(stale.code, 0, stale.text);
  assert.match(
    oneLine(stale.text),
    /asked:deployment\/cart is not approved with 2: app waits with 3 now; look again and approve that\./,
  );
  assert.match(await scene.repository.read('cart.yaml'), /\/cart:1 /);

  const approved = await scene.command('approve', 'cart', '-m', 'tried on staging');
  assert.equal(approved.code, 0, approved.text);
  await scene.untilFile('cart.yaml', '/cart:3 ');
  const message = await scene.repository.git(['log', '-1', '--format=%B', 'main', '--', 'cart.yaml']);
  assert.match(message, /^Release cart:3\n\ntried on staging\n/);
  assert.match(
    message,
    /\nWeaveflux-Change: asked:deployment\/cart app \S+\/cart 1 -> 3 \(numerical:\)\nWeaveflux-Approved-By: Ann <ann@x\.io>\s*$/,
  );
  assert.doesNotMatch(message, /Requested-By/);
  await scene.untilImage('the release', 'cart', ({ state, tag }) => state === 'current' && tag === '3');
  await waitFor({ what: 'the approved image to be applied', deadline: 30_000 }, async () => {
    const live = await images.world.cluster.get('/apis/apps/v1/namespaces/asked/deployments/cart');
    return JSON.stringify(live).includes('/cart:3"');
  });
  assert.match((await scene.command('history', 'cart')).text, /1 -> 3 +numerical:, approved by Ann <ann@x\.io>/);
  const event = await scene.running.event(
    'the release',
    ({ type, message: text }) => type === 'released' && text.includes('1 -> 3'),
  );
  assert.match(event.message, /Approved by Ann\.$/);
  assert.match(
    oneLine((await scene.command('approve', 'cart', '--tag', '3')).text),
    /does not wait for approval of 3: 3 is the newest/,
  );
});

test('of a tag whose digest is written just the digest that was seen is approved, not another one pushed since', async () => {
  const push = (created: string) => images.registry.pushImage('moved', { tag: '2', created });
  await images.registry.pushTags('moved', ['1']);
  const seen = await push('2026-01-01T00:00:00Z');
  await using scene = await images.scene('moved', {
    'moved.yaml': web('moved', { ...APPROVAL, 'weaveflux.dev/digest.app': 'follow' }),
  });
  const waiting = await scene.untilImage('it to wait for approval', 'moved', isWaiting);
  assert.ok(waiting.reason.endsWith(` --container app --tag 2@${seen}.`), waiting.reason);
  const now = await push('2026-01-02T00:00:00Z');
  await scene.untilImage(
    'the other digest to wait',
    'moved',
    (image) => isWaiting(image) && image.reason.includes(now),
  );
  for (const tag of [`2@${seen}`, '2']) {
    const { code, text } = await scene.command('approve', 'moved', '--tag', tag);
    assert.notEqual(code, 0, text);
    assert.match(text.replaceAll(/\s+/g, ''), new RegExp(`isnotapprovedwith${tag}:appwaitswith2@${now}now;`));
  }
  assert.match(await scene.repository.read('moved.yaml'), /\/moved:1 /);
  const approved = await scene.command('approve', 'moved', '--tag', `2@${now}`);
  assert.equal(approved.code, 0, approved.text);
  await scene.untilFile('moved.yaml', `/moved:2@${now} `);
});

test('`.weaveflux.yaml` asks for approval of many workloads, and one command approves all of them in one commit', async () => {
  for (const name of ['left', 'right', 'other']) await images.registry.pushTags(name, ['1', '2']);
  const files = Object.fromEntries(['left', 'right', 'other'].map((name) => [`${name}.yaml`, web(name)]));
  const settings = 'images: { approval: [{ workloads: ["*/left", "many:*/right"] }] }\n';
  await using scene = await images.scene('many', { ...files, '.weaveflux.yaml': settings });
  await scene.untilFile('other.yaml', '/other:2 ');
  for (const name of ['left', 'right']) await scene.untilImage('it to wait for approval', name, isWaiting);
  const { code, text } = await scene.command('approve', '--all');
  assert.equal(code, 0, text);
  for (const name of ['left', 'right']) assert.match(await scene.repository.read(`${name}.yaml`), /:2 /);
  assert.match(await scene.repository.git(['log', '-1', '--format=%s', 'main']), /^Release 2 images/);
  for (const name of ['left', 'right'])
    await scene.untilImage('the release', name, (image) => image.state === 'current' && image.tag === '2');
  assert.match((await scene.command('approve', '--all')).text, /Nothing waits for approval/);
});

test('a setting that is taken away lets the agent commit, and one on a branch leaves approving to who merges', async () => {
  await images.registry.pushTags('later', ['1', '2']);
  const settings = 'images: { approval: [{}] }\n';
  await using scene = await images.scene('later', { 'later.yaml': web('later'), '.weaveflux.yaml': settings });
  await scene.untilImage('it to wait for approval', 'later', isWaiting);
  await scene.push({ '.weaveflux.yaml': 'images: { approval: [{}], write: { branch: weaveflux/images } }\n' });
  const { proposed } = await scene.untilImage('it to be proposed on the branch', 'later', (image) => image.proposed);
  const refused = await scene.command('approve', 'later', '--tag', '2');
  assert.match(
    oneLine(refused.text),
    /does not wait for approval of 2: It is proposed on the branch weaveflux\/images; merge that/,
  );
  assert.match(await scene.repository.read('later.yaml'), /:1 /);
  await scene.person.pull();
  await scene.repository.git(['update-ref', 'refs/heads/main', proposed?.commit ?? '']);
  await scene.untilImage('what was merged', 'later', ({ state, tag }) => state === 'current' && tag === '2');
});

function web(name: string, annotations: Readonly<Record<string, string>> = {}): string {
  const image = `${images.registry.host}/${name}:1`;
  return workload(name, {
    annotations: { ...policies({ app: 'numerical:' }), ...annotations },
    containers: { app: image },
  });
}

/** A table's cell on one line. */
function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}

function isWaiting({ state }: Awaited<ReturnType<ImageScene['image']>>): boolean {
  return state === 'needs-approval';
}
