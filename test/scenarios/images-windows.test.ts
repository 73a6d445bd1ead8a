import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { waitFor } from '../rig/index.ts';
import { type ImageScene, type ImageWorld, policies, startImageWorld, workload } from './images-support.ts';

const MINUTE = 60_000;

/** When the windows of the test open and close: they are made as late as can be, so that they do not while the agent starts. */
let opening: Date;
let images: ImageWorld;
let scene: ImageScene;

before(async () => {
  images = await startImageWorld();
  const { registry } = images;
  const tags = ['1.0.0', '1.1.0'].map((tag, index) => ({
    tag,
    created: new Date(Date.UTC(2026, 0, 1, index)).toISOString(),
  }));
  for (const name of ['cart', 'bank', 'free', 'broken']) await registry.pushTags(`team/${name}`, tags);
  opening = nextMinute(Date.now() + 60_000);
  // Longer than the test: what happens at the opening is not the work of an interval.
  scene = await images.scene('windows', files(registry.host, settings(opening)), { 'automation-interval': '10m' });
});
after(async () => {
  await scene?.[Symbol.asyncDispose]();
  await images[Symbol.asyncDispose]();
});

test('what no window is about is committed at once, and the rest says until when it waits', async () => {
  await scene.untilFile('free.yaml', 'free:1.1.0');
  const time = `${opening.toISOString().slice(0, 16)} (UTC)`;
  const isWaiting = ({ state }: { state: string }) => state === 'outside-window';
  const cart = await scene.untilImage('it to wait for the window', 'cart', isWaiting);
  assert.match(cart.reason, /^1\.1\.0 waits for the window soon until /);
  assert.ok(cart.reason.includes(time), cart.reason);
  assert.equal(cart.until, opening.toISOString());
  const bank = await scene.untilImage('it to wait for the end of the freeze', 'bank', isWaiting);
  assert.match(bank.reason, /^1\.1\.0 waits for the end of the window freeze until /);
  assert.match((await scene.command('images')).text, /outside-window[\s\S]*waits for the window soon until /);
  const status = (await scene.command('status')).text;
  assert.ok(status.includes(`soon (windows:*/cart) is closed until ${time}`), status);
  assert.match(status, /freeze \(windows:\*\/bank\) keeps images from being committed until /);
});

test('a window that cannot be understood is told at its line, and keeps closed what it is about', async () => {
  const broken = await scene.untilImage('it to wait', 'broken', ({ state }) => state === 'outside-window');
  assert.match(broken.reason, /waits because the window odd \(\.weaveflux\.yaml:\d+\) cannot be understood/);
  const { sync } = await scene.running.api.status();
  const problem = sync.problems.find(({ file }) => file === '.weaveflux.yaml');
  assert.equal(problem?.severity, 'error');
  const line =
    settings(opening)
      .split('\n')
      .findIndex((text) => text.includes('odd')) + 1;
  assert.equal(problem?.line, line);
  assert.match(problem?.message ?? '', /"75 \* \* \* \*" is no cron expression/);
});

test('the agent commits by itself as the window opens, and not before', async () => {
  const before = await scene.repository.read('cart.yaml');
  assert.ok(Date.now() >= opening.getTime() || before.includes('cart:1.0.0'), before);
  const deadline = Math.max(0, opening.getTime() - Date.now()) + 60_000;
  await waitFor({ what: 'cart to be released when its window opens', deadline }, async () =>
    (await scene.repository.read('cart.yaml')).includes('cart:1.1.0'),
  );
  const log = await scene.repository.git(['log', '-1', '--format=%ct', 'main', '--', 'cart.yaml']);
  const committed = Number(log.trim()) * 1000;
  assert.ok(
    committed >= opening.getTime(),
    `committed ${new Date(committed).toISOString()}, open ${opening.toISOString()}`,
  );
  assert.match(await scene.repository.read('bank.yaml'), /bank:1\.0\.0/);
});

test('a person releases in spite of a window', async () => {
  const { code, text } = await scene.command('release', 'windows:deployment/bank', '--tag', '1.1.0');
  assert.equal(code, 0, text);
  await scene.untilFile('bank.yaml', 'bank:1.1.0');
});

test('a window that is taken out of the repository keeps nothing any more', async () => {
  await scene.push({ '.weaveflux.yaml': 'windows: []\n' });
  await scene.untilFile('broken.yaml', 'broken:1.1.0');
  assert.doesNotMatch((await scene.command('status')).text, /^Window/m);
});

function nextMinute(after: number): Date {
  return new Date(Math.ceil(after / MINUTE) * MINUTE);
}

/** `cart` opens at a minute for an hour, `bank` is denied for an hour since some minutes ago. */
function settings(opens: Date): string {
  const at = (time: Date) => `${time.getUTCMinutes()} ${time.getUTCHours()} * * *`;
  const denied = new Date(opens.getTime() - 5 * MINUTE);
  return `windows:
  - name: soon
    allow: ${at(opens)}
    for: 1h
    workloads: ["windows:*/cart"]
  - name: freeze
    deny: ${at(denied)}
    for: 1h
    workloads: ["windows:*/bank"]
  - { name: odd, deny: 75 * * * *, for: 1h, workloads: ["windows:*/broken"] }
`;
}

function files(host: string, text: string): Record<string, string> {
  const names = ['cart', 'bank', 'free', 'broken'];
  const annotations = policies({ app: 'semver:~1' });
  const workloads = names.map((name) => [
    `${name}.yaml`,
    workload(name, { annotations, containers: { app: `${host}/team/${name}:1.0.0` } }),
  ]);
  return { ...Object.fromEntries(workloads), '.weaveflux.yaml': text };
}
