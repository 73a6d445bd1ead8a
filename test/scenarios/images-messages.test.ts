import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { temporaryDirectory, waitFor } from '../rig/index.ts';
import { type ImageScene, type ImageWorld, policies, startImageWorld, workload } from './images-support.ts';

const SETTINGS = `images:
  commit: workload
  message: |
    chore(images): {{image}} to {{to}} [shop]

    {{workload}} had {{from}}, and {{policy}} asks for more.
`;
let images: ImageWorld;
before(async () => {
  images = await startImageWorld();
});
after(() => images[Symbol.asyncDispose]());

test('each workload has its commit, worded as the repository asks, with our trailers, and nothing outside the path is written', async () => {
  const { registry } = images;
  await registry.pushTags('one', ['1', '2']);
  await registry.pushTags('two', ['1', '2']);
  const [one, two] = [web('one'), web('two')];
  const files = { '.weaveflux.yaml': SETTINGS, 'env/one.yaml': one, 'env/two.yaml': two, 'elsewhere/one.yaml': one };
  await using scene = await images.scene('worded', files, { 'git-path': 'env', 'git-ci-skip': 'true' });
  await scene.untilFile('env/one.yaml', '/one:2 ');
  await scene.untilFile('env/two.yaml', '/two:2 ');
  assert.equal(await scene.repository.read('elsewhere/one.yaml'), one);
  const commits = await log(scene, 2);
  for (const name of ['one', 'two']) {
    const image = `${registry.host}/${name}`;
    assert.ok(
      commits.includes(
        [
          `chore(images): ${image} to 2 [shop]`,
          `worded:deployment/${name} had 1, and numerical: asks for more.`,
          '[ci skip]',
          `Weaveflux-Change: worded:deployment/${name} app ${image} 1 -> 2 (numerical:)`,
        ].join('\n\n'),
      ),
      commits.join('\n---\n'),
    );
  }
  const head = await scene.repository.head();
  await scene.running.until('both to be delivered', ({ sync }) => sync.revision === head && sync.finishedAt);
  const released = await Promise.all(
    ['one', 'two'].map((name) =>
      scene.running.event(
        `the release of ${name}`,
        ({ type, object }) => type === 'released' && object?.endsWith(`/${name}`),
      ),
    ),
  );
  assert.equal(new Set(released.map(({ revision }) => revision)).size, 2);
  const history = JSON.parse((await scene.command('history', 'one', '-o', 'json')).text) as { policy: string }[];
  assert.equal(history[0]?.policy, 'numerical:');
});

test('workloads of a group have one commit that names it, whoever is in none has its own', async () => {
  await images.registry.pushTags('grouped', ['1', '2']);
  const settings = 'images: { commit: group, message: "Release {{group}} with {{to}}" }\n';
  const inShop = { 'weaveflux.dev/group': 'shop' };
  const files = {
    '.weaveflux.yaml': settings,
    'cart.yaml': web('cart', 'grouped', inShop),
    'mail.yaml': web('mail', 'grouped'),
    'till.yaml': web('till', 'grouped', inShop),
  };
  await using scene = await images.scene('grouped', files);
  for (const name of ['cart', 'mail', 'till']) await scene.untilFile(`${name}.yaml`, '/grouped:2 ');
  const image = `${images.registry.host}/grouped`;
  const changed = (name: string) => `Weaveflux-Change: grouped:deployment/${name} app ${image} 1 -> 2 (numerical:)`;
  assert.deepEqual(
    new Set(await log(scene, 2)),
    new Set([
      `Release shop with 2\n\n${changed('cart')}\n${changed('till')}`,
      `Release grouped:deployment/mail with 2\n\n${changed('mail')}`,
    ]),
  );
});

test('releases by the agent and by people are signed with the SSH key of the flag, as git verifies', async () => {
  const dir = temporaryDirectory('signing');
  const [key, allowed] = [join(dir, 'signing'), join(dir, 'allowed')];
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'agent', '-f', key]);
  writeFileSync(allowed, `support@weave.works ${readFileSync(`${key}.pub`, 'utf8')}`);
  await images.registry.pushTags('signed', ['1', '2']);
  await using scene = await images.scene('signed', { 'signed.yaml': web('signed') }, { 'git-ssh-signing-key': key });
  await scene.untilFile('signed.yaml', '/signed:2 ');
  const pinned = await scene.command('pin', 'signed', '--message', 'until the audit is over');
  assert.equal(pinned.code, 0, pinned.text);
  assert.equal((await log(scene, 2)).length, 2);
  const settings = ['-c', 'gpg.format=ssh', '-c', `gpg.ssh.allowedSignersFile=${allowed}`];
  for (const revision of ['main', 'main~1']) await scene.repository.git([...settings, 'verify-commit', revision]);
  await assert.rejects(scene.repository.git([...settings, 'verify-commit', 'main~2']), 'a person signs by themselves');
});

test('a message that is not usable is told at its line, and what was in force before goes on', async () => {
  await images.registry.pushTags('kept', ['1', '2']);
  await using scene = await images.scene('kept', { '.weaveflux.yaml': 'images: { message: "Take {{to}}" }\n' });
  await scene.running.healthy(await scene.repository.head());
  await scene.push({ '.weaveflux.yaml': 'images:\n  message: "{{range .Changes}}"\n', 'kept.yaml': web('kept') });
  const told = /"images\.message": it takes the placeholders .* so the previous settings stay in force/;
  await scene.running.until('the problem', ({ sync }) =>
    sync.problems.some(({ message, line }) => told.test(message) && line === 2),
  );
  await scene.untilFile('kept.yaml', '/kept:2 ');
  assert.match((await log(scene, 1))[0] ?? '', /^Take 2\n\nWeaveflux-Change: /);
});

function web(name: string, repository = name, more: Readonly<Record<string, string>> = {}): string {
  const image = `${images.registry.host}/${repository}:1`;
  const annotations = { ...policies({ app: 'numerical:' }), ...more };
  return workload(name, { annotations, containers: { app: image } });
}

/** The messages of the agent's commits, once there are so many, newest first. */
async function log({ repository, running }: ImageScene, count: number): Promise<string[]> {
  return waitFor({ what: `${count} commits by the agent`, deadline: 45_000, interval: 200 }, async () => {
    const text = await repository.git(['log', '--author=Weave Flux', '--format=%B%x00', 'main']);
    const found = text.split('\0').flatMap((entry) => (entry.trim() === '' ? [] : [entry.trim()]));
    if (found.length === count) return found;
    throw new Error(`${text}\n${running.process.tail(5)}`);
  });
}
