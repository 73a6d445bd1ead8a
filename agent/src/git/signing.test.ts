import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { asWeavefluxError, type WeavefluxError } from '@weaveflux/shared';
import { type OpenRepository, openRepository } from './open.ts';
import type { SigningKey } from './signing.ts';
import { makeOrigin, type Origin } from './testing.ts';

const never = new AbortController().signal;
const EMAIL = 'weaveflux@example.com';
const HAS_GPG = spawnSync('gpg', ['--version']).status === 0;
let origin: Origin;
let base: string;

beforeEach(() => {
  origin = makeOrigin();
  base = origin.base;
});
afterEach(() => origin.close());

function git(...args: string[]): string {
  return origin.git(...args);
}

/** Commits as the agent does, with this key. */
async function commit(signing: SigningKey, repository?: OpenRepository): Promise<string> {
  const used = repository ?? (await open(signing));
  const { revision } = await used.look(never);
  const files = new Map([['a.yaml', `at: ${revision}\n`]]);
  return (await used.push(revision, { files, message: 'Release a:2\n' }, never)).revision;
}

function open(signing: SigningKey): Promise<OpenRepository> {
  return origin.open({ email: EMAIL, signing });
}

/** No commit is made without the signature that was asked for. */
async function refused(signing: SigningKey): Promise<WeavefluxError> {
  const before = git('rev-parse', 'main');
  const error = await commit(signing).then(
    () => assert.fail('it was committed'),
    (reason: unknown) => asWeavefluxError(reason),
  );
  assert.equal(error.code, 'GIT_AUTH', error.message);
  assert.equal(git('rev-parse', 'main'), before);
  return error;
}

describe('commits signed with an SSH key', () => {
  function makeKey(name: string, passphrase = ''): string {
    const file = join(base, name);
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-C', name, '-f', file]);
    return file;
  }

  function verify(revision: string, signers: readonly string[]): string {
    const allowed = join(base, 'allowed');
    writeFileSync(allowed, signers.map((file) => `${EMAIL} ${readFileSync(`${file}.pub`, 'utf8')}`).join(''));
    const settings = ['-c', 'gpg.format=ssh', '-c', `gpg.ssh.allowedSignersFile=${allowed}`];
    const { status, stderr } = spawnSync('git', ['-C', origin.folder, ...settings, 'verify-commit', revision], {
      encoding: 'utf8',
    });
    return `${status} ${stderr}`;
  }

  it('are verified by git against the allowed signers, whatever the mode and line ends of the file', async () => {
    const file = makeKey('signing');
    const mounted = join(base, 'mounted');
    writeFileSync(mounted, readFileSync(file, 'utf8').replaceAll('\n', '\r\n').trimEnd(), { mode: 0o644 });
    const revision = await commit({ kind: 'ssh', file: mounted });
    assert.match(verify(revision, [file]), new RegExp(`^0 Good "git" signature for ${EMAIL} with ED25519 key`));
    assert.match(verify(revision, [makeKey('other')]), /^1 /);
  });

  it('take a rotated key without a restart', async () => {
    const [first, second] = [makeKey('first'), makeKey('second')];
    const file = join(base, 'current');
    writeFileSync(file, readFileSync(first));
    const repository = await open({ kind: 'ssh', file });
    assert.match(verify(await commit({ kind: 'ssh', file }, repository), [first]), /^0 /);
    writeFileSync(file, readFileSync(second));
    assert.match(verify(await commit({ kind: 'ssh', file }, repository), [second]), /^0 /);
  });

  it('are not made where the file is missing, is no key, or is encrypted', async () => {
    const file = join(base, 'bad');
    assert.match((await refused({ kind: 'ssh', file })).message, /names .*bad, which cannot be read/);
    writeFileSync(file, 'no key\n');
    assert.match((await refused({ kind: 'ssh', file })).message, /no unencrypted private key/);
    const locked = makeKey('locked', 's3cret words');
    assert.match((await refused({ kind: 'ssh', file: locked })).message, /no unencrypted private key/);
  });
});

describe('commits signed with a GPG key', { skip: HAS_GPG ? false : 'gpg is not installed' }, () => {
  let home: string;
  beforeEach(() => {
    // Sockets of gpg's agent need a short path.
    home = mkdtempSync(join(tmpdir(), 'wg-'));
  });
  afterEach(() => {
    spawnSync('gpgconf', ['--kill', 'all'], { env: { ...process.env, GNUPGHOME: home } });
    rmSync(home, { recursive: true, force: true });
  });

  function gpg(...args: string[]): Buffer {
    return execFileSync('gpg', ['--batch', '--pinentry-mode', 'loopback', ...args], {
      env: { ...process.env, GNUPGHOME: home },
      stdio: 'pipe',
    });
  }

  /** A key of this address in a file of its own, exported. */
  function makeKey(address: string, passphrase = ''): string {
    gpg('--passphrase', passphrase, '--quick-generate-key', address, 'ed25519', 'sign', 'never');
    const file = join(base, 'keys', address);
    mkdirSync(join(base, 'keys'), { recursive: true });
    writeFileSync(file, gpg('--passphrase', passphrase, '--armor', '--export-secret-keys', address));
    return file;
  }

  function verify(revision: string): string {
    const env = { ...process.env, GNUPGHOME: home };
    const { status, stderr } = spawnSync('git', ['-C', origin.folder, 'verify-commit', revision], {
      encoding: 'utf8',
      env,
    });
    return `${status} ${stderr}`;
  }

  it('are verified by git, with the keys of a folder, and leave no key behind', async () => {
    makeKey('one@example.com');
    makeKey('two@example.com');
    const files = [join(base, 'keys')];
    const signing: SigningKey = { kind: 'gpg', key: 'two@example.com', files };
    const repository = await open(signing);
    const revision = await commit(signing, repository);
    assert.match(verify(revision), /^0 [\s\S]*Good signature from "two@example\.com"/);
    await repository.close();
    assert.equal(existsSync(join(base, 'data', 'gpg')), false);
  });

  it('are not made with a key that an agent before had', async () => {
    const old = makeKey('old@example.com');
    // Never closed, as one that is killed.
    const killed = await openRepository(
      origin.options({ email: EMAIL, signing: { kind: 'gpg', key: 'old@example.com', files: [old] } }),
    );
    await commit({ kind: 'gpg', key: 'old@example.com', files: [old] }, killed);
    const file = makeKey('new@example.com');
    const error = await refused({ kind: 'gpg', key: 'old@example.com', files: [file] });
    assert.match(error.message, /no secret key without a passphrase for "old@example\.com"/);
    await killed.close();
  });

  it('are not made without the key, or where it has a passphrase', async () => {
    const file = makeKey('locked@example.com', 's3cret words');
    for (const key of ['locked@example.com', 'nobody@example.com'])
      assert.match((await refused({ kind: 'gpg', key, files: [file] })).message, /no secret key without a passphrase/);
    const missing = join(base, 'nowhere');
    assert.match((await refused({ kind: 'gpg', key: 'x', files: [missing] })).message, /nowhere, which cannot be read/);
    writeFileSync(missing, 'no key\n');
    assert.match((await refused({ kind: 'gpg', key: 'x', files: [missing] })).message, /gpg cannot import a key/);
  });
});
