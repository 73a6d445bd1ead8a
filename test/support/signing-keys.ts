import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { temporaryDirectory } from '../rig/index.ts';
import type { Flags } from './agent-process.ts';

/** A key that an agent signs with, and how git verifies what it signed. */
export interface SigningKey extends Disposable {
  readonly flags: Flags;
  /** Settings of git, as arguments before its command. */
  readonly verifiedBy: readonly string[];
}

/** Of the agent, unless it is told another one. */
const EMAIL = 'support@weave.works';

/** A new SSH key, and the file of allowed signers that it stands in. */
export function makeSshKey(): SigningKey {
  const dir = temporaryDirectory('signing');
  const [key, allowed] = [join(dir, 'signing'), join(dir, 'allowed')];
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'agent', '-f', key]);
  writeFileSync(allowed, `${EMAIL} ${readFileSync(`${key}.pub`, 'utf8')}`);
  return {
    flags: { 'git-ssh-signing-key': key },
    verifiedBy: ['-c', 'gpg.format=ssh', '-c', `gpg.ssh.allowedSignersFile=${allowed}`],
    [Symbol.dispose]: () => undefined,
  };
}

/** A new GPG key, exported for the agent as for Flux v1; a person's key ring knows only its public half. */
export function makeGpgKey(): SigningKey {
  const dir = temporaryDirectory('signing');
  // The sockets of gpg's agent need a short path.
  const short = mkdtempSync(join(tmpdir(), 'wg-'));
  const [maker, person] = [join(short, 'm'), join(short, 'p')];
  for (const home of [maker, person]) mkdirSync(home, { mode: 0o700 });
  const [secret, open] = [join(dir, 'secret.asc'), join(dir, 'public.asc')];
  gpg(maker, '--passphrase', '', '--quick-generate-key', `Weave Flux <${EMAIL}>`, 'ed25519', 'sign', 'never');
  writeFileSync(secret, gpg(maker, '--armor', '--export-secret-keys', EMAIL), { mode: 0o600 });
  writeFileSync(open, gpg(maker, '--armor', '--export', EMAIL));
  gpg(person, '--import', open);
  const program = join(dir, 'gpg');
  writeFileSync(program, `#!/bin/sh\nGNUPGHOME='${person}' exec gpg "$@"\n`);
  chmodSync(program, 0o755);
  return {
    flags: { 'git-gpg-key-import': secret, 'git-signing-key': EMAIL },
    verifiedBy: ['-c', `gpg.program=${program}`],
    [Symbol.dispose]() {
      for (const home of [maker, person]) execFileSync('gpgconf', ['--homedir', home, '--kill', 'all']);
      rmSync(short, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

function gpg(home: string, ...args: readonly string[]): Buffer {
  const quiet = ['--homedir', home, '--batch', '--quiet', '--pinentry-mode', 'loopback'];
  return execFileSync('gpg', [...quiet, ...args], { stdio: 'pipe' });
}
