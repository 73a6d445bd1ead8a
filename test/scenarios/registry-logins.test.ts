import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createAuthority, type RigRegistry, startRegistry, temporaryDirectory } from '../rig/index.ts';
import { deadline, openScanner, repositoryOf } from './registry-world.ts';

/** A docker config that names a helper, and the helper on a PATH of its own, which notes what it was asked. */
async function startHelper(rig: RigRegistry, answer: string) {
  const dir = temporaryDirectory('helper');
  const asked = join(dir, 'asked');
  const program = `#!/bin/sh\necho "$1 $(cat)" >> ${asked}\n${answer}\n`;
  await writeFile(join(dir, 'docker-credential-rig'), program, { mode: 0o755 });
  const dockerConfig = join(dir, 'config.json');
  await writeFile(dockerConfig, JSON.stringify({ credHelpers: { [rig.host]: 'rig' } }));
  return {
    dockerConfig,
    env: { PATH: `${dir}:${process.env.PATH}` },
    asked: () => readFile(asked, 'utf8').catch(() => ''),
  };
}

function login(rig: RigRegistry, password = rig.users.robot): string {
  return `echo '${JSON.stringify({ ServerURL: rig.host, Username: 'robot', Secret: password })}'`;
}

describe('credential helpers', { concurrency: false }, () => {
  test('the program that the docker config names gives the login, once for several scans', async () => {
    await using rig = await startRegistry();
    await rig.pushTags('team/app', ['1.0.0']);
    const helper = await startHelper(rig, login(rig));
    await using world = await openScanner({ caFile: rig.caFile, ...helper });
    for (let scans = 0; scans < 2; scans += 1) {
      const { tags, problem } = await world.registry.scan(repositoryOf(rig, 'team/app', []), deadline());
      assert.deepEqual([tags.length, problem], [1, undefined]);
    }
    assert.equal(await helper.asked(), `get ${rig.host}\n`);
  });

  test('one that fails is named in the problem, without a word of what it printed', async () => {
    await using rig = await startRegistry();
    const helper = await startHelper(rig, 'echo c4n4ry; echo c4n4ry >&2; exit 1');
    await using world = await openScanner({ caFile: rig.caFile, ...helper });
    const { problem } = await world.registry.scan(repositoryOf(rig, 'team/app', []), deadline());
    assert.match(problem?.message ?? '', /docker-credential-rig, which gave no login; check --docker-config/);
    assert.ok(!JSON.stringify(problem).includes('c4n4ry'));
  });

  test('one that knows no login leaves the registry to be asked as nobody', async () => {
    await using rig = await startRegistry({ users: {} });
    await rig.pushTags('team/app', ['1.0.0']);
    const helper = await startHelper(rig, 'echo credentials not found in native keychain; exit 1');
    await using world = await openScanner({ caFile: rig.caFile, ...helper });
    const { tags, problem } = await world.registry.scan(repositoryOf(rig, 'team/app', []), deadline());
    assert.deepEqual([tags.length, problem], [1, undefined]);
  });

  test('a pull secret names no program to run', async () => {
    await using rig = await startRegistry();
    const helper = await startHelper(rig, login(rig));
    await using world = await openScanner({ caFile: rig.caFile, env: helper.env });
    const secret = await readFile(helper.dockerConfig, 'utf8');
    const { problem } = await world.registry.scan(repositoryOf(rig, 'team/app', [secret]), deadline());
    assert.deepEqual([problem?.code, await helper.asked()], ['REGISTRY_AUTH', '']);
  });
});

describe('certificates of a registry, in the layout of certs.d', { concurrency: false }, () => {
  test('its authority and the client certificate that it asks for are taken from its folder', async () => {
    const clients = createAuthority('clients');
    await using rig = await startRegistry({ clientCa: clients.cert });
    await rig.pushTags('team/app', ['1.0.0']);
    const certificates = temporaryDirectory('certs.d');
    const folder = join(certificates, rig.host);
    await mkdir(folder);
    const own = clients.issue({ commonName: 'weaveflux' });
    const files = { 'ca.crt': rig.ca, 'client.cert': own.cert, 'client.key': own.key };
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);

    await using world = await openScanner({ certificates });
    const { tags, problem } = await world.registry.scan(repositoryOf(rig, 'team/app'), deadline());
    assert.deepEqual([tags.length, problem], [1, undefined]);
    await using without = await openScanner({ caFile: rig.caFile });
    const refused = await without.registry.scan(repositoryOf(rig, 'team/app'), deadline());
    assert.equal(refused.problem?.code, 'REGISTRY_UNREACHABLE');
  });

  test('a client certificate without its key is one clear sentence', async () => {
    await using rig = await startRegistry();
    const certificates = temporaryDirectory('certs.d');
    await mkdir(join(certificates, rig.host));
    await writeFile(join(certificates, rig.host, 'client.cert'), 'none');
    await using world = await openScanner({ certificates, caFile: rig.caFile });
    const { problem } = await world.registry.scan(repositoryOf(rig, 'team/app'), deadline());
    assert.match(problem?.message ?? '', /client\.cert has no client\.key beside it/);
  });
});
