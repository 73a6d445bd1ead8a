import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { WeavefluxError } from '@weaveflux/shared';
import { SshKey } from './keys.ts';
import { Secret, type SecretStore } from './secret.ts';

const never = new AbortController().signal;
const forbidden = () => new WeavefluxError('FORBIDDEN', 'no');

describe('the ssh key of an agent in a pod', () => {
  let dir: string;
  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'weaveflux-keys-'));
  });
  after(() => rmSync(dir, { recursive: true }));

  function keyOf(store: SecretStore, inPod = true, mounted: readonly string[] = []) {
    const mustLast = inPod ? 'weaveflux/flux-git-deploy' : undefined;
    const folder = mkdtempSync(join(dir, 'key-'));
    const mount = join(folder, 'mount');
    if (mounted.length > 0) mkdirSync(mount);
    for (const name of mounted) writeFileSync(join(mount, name), 'something');
    const secret = new Secret(mount, store, Date.now);
    const env = { PATH: process.env.PATH ?? '' };
    const warnings: string[] = [];
    const warn = (message: string) => void warnings.push(message);
    return { warnings, key: new SshKey({ dataKey: 'identity', dataDir: folder, folder, env, warn, mustLast }, secret) };
  }

  it('is made and saved in the Secret, and stays the same', async () => {
    const held: Record<string, Buffer> = {};
    const save = async (data: Record<string, Buffer>) => void Object.assign(held, data);
    const { key } = keyOf({ read: async () => held, save });
    const path = await key.file(never);
    const made = await readFile(path, 'utf8');
    assert.equal(held.identity?.toString(), made);
    assert.equal(await readFile(await key.file(never), 'utf8'), made);
    const [type, half] = execFileSync('ssh-keygen', ['-y', '-f', path], { encoding: 'utf8' }).split(' ');
    assert.equal(await key.publicKey(never), `${type} ${half?.trim()} weaveflux`);
  });

  const save = () => Promise.reject(forbidden());
  const other = { known_hosts: Buffer.from('a host') };
  const create = / && kubectl -n weaveflux create secret generic flux-git-deploy --from-file=identity=identity$/;
  const patch = / --dry-run=client -o yaml \| kubectl -n weaveflux patch secret flux-git-deploy --patch-file=\S+$/;
  it('is not used or shown before the Secret holds it, and saved as soon as that can be', async () => {
    const held: Record<string, Buffer> = {};
    let away = true;
    const save = async (data: Record<string, Buffer>) => {
      if (away) throw new WeavefluxError('API_UNREACHABLE', 'The cluster is away.');
      Object.assign(held, data);
    };
    const { key } = keyOf({ read: async () => held, save });
    await assert.rejects(
      key.publicKey(never),
      /^WeavefluxError: The ssh key that was made is not saved .*: The cluster is away/,
    );
    away = false;
    assert.equal(await readFile(await key.file(never), 'utf8'), held.identity?.toString());
  });

  const closed: [string, SecretStore, string[], RegExp][] = [
    ['may not be seen', { read: async () => 'forbidden', save }, [], create],
    ['may not be seen but is mounted without it', { read: async () => 'forbidden', save }, ['known_hosts'], patch],
    ['may not be seen and is mounted empty', { read: async () => 'forbidden', save }, ['..data'], create],
    ['may be seen but not written', { read: async () => ({}), save }, [], create],
    ['may be seen with other keys but not written', { read: async () => other, save }, [], patch],
  ];
  for (const [name, store, mounted, command] of closed) {
    it(`is not made where the Secret ${name}; the commands that make one are told, each time`, async () => {
      const { key } = keyOf(store, true, mounted);
      for (let time = 0; time < 2; time += 1) {
        await assert.rejects(key.file(never), (error: WeavefluxError) => {
          assert.equal(error.code, 'GIT_AUTH');
          assert.match(error.message, /run: ssh-keygen /);
          assert.match(error.message, command);
          return true;
        });
      }
    });
  }

  it('outside a cluster lasts as long as the data folder, with one warning', async () => {
    const { key, warnings } = keyOf({ read: async () => ({}), save: () => Promise.reject(forbidden()) }, false);
    assert.equal(await key.publicKey(never), await key.publicKey(never));
    assert.equal(warnings.length, 1);
  });
});
