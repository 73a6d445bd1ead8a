import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { WeavefluxError } from '@weaveflux/shared';
import { GpgHome } from './gpg.ts';
import { isThere, privateFolder, writePrivate } from './private-folder.ts';
import { ProcessFailure } from './process.ts';
import { textOf } from './secret.ts';

/** The key that commits are signed with. */
export type SigningKey =
  /** Path of an unencrypted private SSH key. */
  | { readonly kind: 'ssh'; readonly file: string }
  /** Id, fingerprint or address of a GPG key, and the files or folders that its private half is imported from. */
  | { readonly kind: 'gpg'; readonly key: string; readonly files: readonly string[] };

/** What git needs to sign one commit object. */
export interface Signature {
  /** Settings that stand before the command. */
  readonly settings: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Signs commits with git's own means; the key is read anew for each, so that a rotated one needs no restart. */
export interface Signing {
  /** Errors: GIT_AUTH where the key is missing or not usable. */
  prepare(signal: AbortSignal): Promise<Signature>;
  /** What a `commit-tree -S` that failed says of the key; other failures as they are. */
  failure(error: unknown): unknown;
  close(): Promise<void>;
}

/** What a signing is made of. `env` is the environment of git and of the programs that it starts. */
export interface SigningParts {
  readonly dataDir: string;
  readonly env: Readonly<Record<string, string>>;
  /** The user's own folder for private files in memory, where there is one. */
  readonly runtime: string | undefined;
}

/** A signing that has read no key yet. */
export function createSigning(key: SigningKey, parts: SigningParts): Signing {
  return key.kind === 'ssh' ? sshSigning(key.file, parts) : gpgSigning(key, parts);
}

function sshSigning(file: string, { dataDir, runtime }: SigningParts): Signing {
  let folder: string | undefined;
  let written: string | undefined;
  return {
    async prepare() {
      const text = await textOf(file);
      if (text === undefined) throw unusable(`--git-ssh-signing-key names ${file}, which cannot be read or is empty.`);
      // A mounted Secret is readable by its group, and OpenSSH refuses a key that is.
      folder ??= await privateFolder(`${dataDir} signing`, runtime);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const copy = join(folder, 'signing');
      const key = `${text.replaceAll('\r\n', '\n').trimEnd()}\n`;
      if (written !== key || !(await isThere(copy))) await writePrivate(copy, key);
      written = key;
      return { settings: settingsOf({ 'gpg.format': 'ssh', 'user.signingKey': copy }), env: {} };
    },
    failure: (error) =>
      isExit(error)
        ? unusable(
            `The commit could not be signed: ${file} of --git-ssh-signing-key is no unencrypted private key in OpenSSH or PEM format; put one there.`,
          )
        : error,
    async close() {
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

function gpgSigning({ key, files }: Extract<SigningKey, { kind: 'gpg' }>, parts: SigningParts): Signing {
  const home = new GpgHome(parts);
  return {
    async prepare(signal) {
      const env = await home.open(files, signal);
      return { settings: settingsOf({ 'gpg.format': 'openpgp', 'user.signingKey': key }), env };
    },
    failure: (error) =>
      isExit(error)
        ? unusable(
            `The commit could not be signed: there is no secret key without a passphrase for ${JSON.stringify(key)} of --git-signing-key in the files of --git-gpg-key-import, or it has expired; export one there.`,
          )
        : error,
    close: () => home.close(),
  };
}

function settingsOf(settings: Readonly<Record<string, string>>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

function isExit(error: unknown): boolean {
  if (!(error instanceof ProcessFailure) || error.reason !== 'exit') return false;
  return /failed to sign|signing failed|load (public )?key|gpg: |ssh-keygen/i.test(error.stderr);
}

function unusable(message: string): WeavefluxError {
  return new WeavefluxError('GIT_AUTH', message);
}
