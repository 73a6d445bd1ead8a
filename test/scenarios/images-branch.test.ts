import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { waitFor } from '../rig/index.ts';
import { type ImageScene, type ImageWorld, policies, startImageWorld, workload } from './images-support.ts';

const BRANCH = 'weaveflux/images';
const SETTINGS = `images: { write: { branch: ${BRANCH} } }\n`;
let images: ImageWorld;
before(async () => {
  images = await startImageWorld();
});
after(() => images[Symbol.asyncDispose]());

test('updates are proposed on a branch of its own, in one commit on the head, and a newer one takes their place', async () => {
  const { registry } = images;
  await registry.pushTags('one', ['1', '2']);
  await registry.pushTags('two', ['1', '2']);
  const [one, two] = [web('one', '1'), web('two', '1')];
  await using scene = await images.scene('proposed', { '.weaveflux.yaml': SETTINGS, 'one.yaml': one, 'two.yaml': two });
  await untilBranch(scene, 'both updates', { 'one.yaml': ':2 ', 'two.yaml': ':2 ' });
  const head = await scene.repository.head();
  assert.equal(await scene.repository.read('one.yaml'), one, 'the branch of the environment stays');
  const [commit] = await log(scene, BRANCH);
  assert.match(commit ?? '', new RegExp(`^${head} Release 2 images\\n`));
  assert.match(commit ?? '', /\nWeaveflux-Change: proposed:deployment\/one app \S+\/one 1 -> 2 \(numerical:\)\n/);
  assert.match(commit ?? '', new RegExp(`\\nWeaveflux-Proposal: ${BRANCH}$`));
  const told = await scene.running.event('the proposal', ({ type }) => type === 'proposed');
  assert.match(told.message, /1 → 2 is proposed on the branch weaveflux\/images\.$/);
  const tip = await scene.repository.head(BRANCH);
  const status = await scene.untilImage('what is proposed', 'one', ({ proposed }) => proposed?.commit === tip);
  assert.deepEqual([status.tag, status.state, status.chosen?.tag], ['1', 'update', '2']);
  assert.match(status.reason, /^2 is proposed: merge the branch weaveflux\/images to release it\.$/);

  await registry.pushImage('one', { tag: '3' });
  await untilBranch(scene, 'the newer tag', { 'one.yaml': ':3 ', 'two.yaml': ':2 ' });
  assert.equal((await log(scene, `main..${BRANCH}`)).length, 1, 'one commit takes the place of the other');
  assert.equal(await scene.repository.head(), head);
});

test('the branch follows the head, rests while nothing changes, and goes when it is merged', async () => {
  const { registry } = images;
  await registry.pushTags('follow', ['1', '2']);
  const files = { '.weaveflux.yaml': SETTINGS, 'web.yaml': web('follow', '1'), 'note.yaml': note('a') };
  await using scene = await images.scene('followed', files);
  await untilBranch(scene, 'the update', { 'web.yaml': ':2 ' });
  const first = await scene.repository.head(BRANCH);

  await scene.push({ 'note.yaml': note('b') });
  await untilBranch(scene, "the person's change", { 'web.yaml': ':2 ', 'note.yaml': 'value: b' });
  assert.equal((await log(scene, `main..${BRANCH}`)).length, 1);

  const rests = await scene.repository.head(BRANCH);
  assert.notEqual(rests, first);
  const seen = await scene.image('follow');
  await scene.untilImage('two scans more', 'follow', ({ scannedAt }) => later(scannedAt, seen.scannedAt, 2_000));
  await scene.restart();
  await scene.untilImage('the same after a restart', 'follow', ({ proposed }) => proposed?.commit === rests);
  assert.equal(await scene.repository.head(BRANCH), rests, 'no endless commits');

  await scene.person.pull();
  await scene.repository.git(['update-ref', 'refs/heads/main', rests]);
  await scene.untilImage('the release', 'follow', ({ tag, proposed }) => tag === '2' && proposed === undefined);
  await untilGone(scene);
  assert.equal(await scene.repository.head(), rests);
});

test("a branch with somebody's work is neither overwritten nor removed, and the status says so", async () => {
  const { registry } = images;
  await registry.pushTags('theirs', ['1', '2']);
  await using scene = await images.scene('theirs', { 'web.yaml': web('theirs', '1').replace('numerical:', 'glob:1') });
  await scene.repository.git(['branch', BRANCH, 'main']);
  const theirs = await scene.repository.head(BRANCH);
  await scene.push({ '.weaveflux.yaml': SETTINGS, 'web.yaml': web('theirs', '1') });
  const problem = /weaveflux\/images of .* holds a commit that is not the agent's.*merge or delete that branch/;
  await scene.running.event('the refusal', ({ type, message }) => type === 'release-failed' && problem.test(message));
  await scene.running.until('the problem', ({ sync }) => sync.problems.some(({ message }) => problem.test(message)));
  assert.equal(await scene.repository.head(BRANCH), theirs);
  await scene.repository.git(['branch', '-D', BRANCH]);
  await untilBranch(scene, 'the update, made anew', { 'web.yaml': ':2 ' });
  await scene.running.until('no problem', ({ sync }) => !sync.problems.some(({ message }) => problem.test(message)));
});

test('without the setting what was proposed is committed, and the branch goes', async () => {
  const { registry } = images;
  await registry.pushTags('direct', ['1', '2']);
  await using scene = await images.scene('direct', { '.weaveflux.yaml': SETTINGS, 'web.yaml': web('direct', '1') });
  await untilBranch(scene, 'the update', { 'web.yaml': ':2 ' });
  await scene.push({ '.weaveflux.yaml': 'images: { write: { branch: main } }\n' });
  await scene.running.event('the refusal', ({ message }) => /names main, the branch that is delivered/.test(message));
  await untilGone(scene);
  await scene.push({ '.weaveflux.yaml': 'ignore: []\n' });
  await scene.untilFile('web.yaml', ':2 ');
});

function web(name: string, tag: string): string {
  const image = `${images.registry.host}/${name}:${tag}`;
  return workload(name, { annotations: policies({ app: 'numerical:' }), containers: { app: image } });
}

function note(value: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: note }\ndata:\n  value: ${value}\n`;
}

async function untilBranch(scene: ImageScene, what: string, files: Readonly<Record<string, string>>): Promise<void> {
  await waitFor({ what: `the branch to hold ${what}`, deadline: 45_000, interval: 200 }, async () => {
    for (const [file, text] of Object.entries(files)) {
      const content = await scene.repository.read(file, BRANCH);
      if (!content.includes(text)) throw new Error(`${content}\n${scene.running.process.tail(5)}`);
    }
    return true;
  });
}

async function untilGone({ repository, running }: ImageScene): Promise<void> {
  await waitFor({ what: 'the branch to be gone', deadline: 45_000, interval: 200 }, async () => {
    if ((await repository.git(['branch', '--list', BRANCH])) === '') return true;
    throw new Error(running.process.tail(5));
  });
}

/** Parent, subject and body of the commits, newest first. */
async function log({ repository }: ImageScene, range: string): Promise<string[]> {
  const text = await repository.git(['log', '--format=%P %B%x00', range]);
  return text.split('\0').flatMap((entry) => (entry.trim() === '' ? [] : [entry.trim()]));
}

function later(now: string | undefined, before: string | undefined, milliseconds: number): boolean {
  return now !== undefined && Date.parse(now) >= Date.parse(before ?? now) + milliseconds;
}
