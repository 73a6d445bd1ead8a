import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WeavefluxError } from '@weaveflux/shared';
import { privateFolder } from './private-folder.ts';
import { ProcessFailure, runProcess } from './process.ts';

/** Milliseconds that an import may take. */
const IMPORT_TIMEOUT = 30_000;

/** Nobody is there to be asked for a passphrase. */
const SETTINGS = 'batch\nno-tty\npinentry-mode error\n';

/** What a key ring is made of. */
export interface GpgHomeParts {
  readonly dataDir: string;
  readonly env: Readonly<Record<string, string>>;
  /** The user's own folder for private files in memory, where there is one. */
  readonly runtime: string | undefined;
}

/** A key ring of the agent's own, in a folder that only it can enter. Nobody else's keys are in it. */
export class GpgHome {
  readonly #parts: GpgHomeParts;
  #folder: string | undefined;
  /** What the files held when they were imported. */
  #imported: string | undefined;

  constructor(parts: GpgHomeParts) {
    this.#parts = parts;
  }

  /**
   * Imports the keys of these files, and of the files in these folders, unless that was done and nothing has changed; gives
   * the environment in which gpg finds them. Errors: GIT_AUTH.
   */
  async open(paths: readonly string[], signal: AbortSignal): Promise<Record<string, string>> {
    const { dataDir, runtime } = this.#parts;
    const files = (await Promise.all(paths.map(keyFiles))).flat();
    const texts = await Promise.all(files.map((file) => read(file)));
    const held = createHash('sha256').update(Buffer.concat(texts)).digest('hex');
    if (this.#imported === held && this.#folder !== undefined) return { GNUPGHOME: this.#folder };
    await this.close();
    // Beside the folder of the ssh key: sockets need a short path.
    this.#folder = await privateFolder(`${dataDir} gpg`, runtime);
    // An agent that was killed leaves its keys behind.
    await this.#clear(this.#folder);
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await writeFile(join(this.#folder, 'gpg.conf'), SETTINGS);
    await this.#import(files, signal);
    this.#imported = held;
    return { GNUPGHOME: this.#folder };
  }

  /** Ends gpg's own agent and removes the keys. */
  async close(): Promise<void> {
    const folder = this.#folder;
    this.#folder = undefined;
    this.#imported = undefined;
    if (folder !== undefined) await this.#clear(folder);
  }

  async #clear(folder: string): Promise<void> {
    const call = {
      args: ['--kill', 'all'],
      env: this.#env(folder),
      signal: AbortSignal.timeout(5_000),
      timeout: 5_000,
    };
    await runProcess('gpgconf', call).catch(() => undefined);
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }

  async #import(files: readonly string[], signal: AbortSignal): Promise<void> {
    if (this.#folder === undefined || files.length === 0) return;
    const args = ['--batch', '--no-tty', '--quiet', '--import', '--', ...files];
    const call = { args, env: this.#env(this.#folder), signal, timeout: IMPORT_TIMEOUT };
    try {
      await runProcess('gpg', call);
    } catch (error) {
      if (error instanceof ProcessFailure && error.reason === 'cancelled') throw error;
      const missing = error instanceof ProcessFailure && error.reason === 'spawn';
      throw unusable(
        missing
          ? 'gpg could not be started; install gpg and gpg-agent, or sign with --git-ssh-signing-key.'
          : `gpg cannot import a key from ${files.join(', ')} of --git-gpg-key-import; export secret keys there by "gpg --export-secret-keys".`,
      );
    }
  }

  #env(folder: string): Record<string, string> {
    return { ...this.#parts.env, GNUPGHOME: folder };
  }
}

/** The file itself, or the files in a folder without those whose name begins with a dot: the kubelet's own. */
async function keyFiles(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw unreadable(path);
  if (!found.isDirectory()) return [path];
  const names = await readdir(path);
  return names
    .filter((name) => !name.startsWith('.'))
    .sort()
    .map((name) => join(path, name));
}

async function read(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch {
    throw unreadable(file);
  }
}

function unreadable(path: string): WeavefluxError {
  return unusable(`--git-gpg-key-import names ${path}, which cannot be read; mount the exported keys there.`);
}

function unusable(message: string): WeavefluxError {
  return new WeavefluxError('GIT_AUTH', message);
}
