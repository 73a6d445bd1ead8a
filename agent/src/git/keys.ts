import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { asWeavefluxError, WeavefluxError } from '@weaveflux/shared';
import { Queue } from '../concurrency/queue.ts';
import { isThere, writePrivate } from './private-folder.ts';
import { ProcessFailure, runProcess } from './process.ts';
import { type Secret, textOf } from './secret.ts';

export interface KeyOptions {
  /** Key of the Secret that holds the private key. */
  readonly dataKey: string;
  readonly dataDir: string;
  /** Where the copy for ssh lies: readable by this user only. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly warn: (message: string) => void;
  /** See `AccessOptions.keyMustLast`. */
  readonly mustLast?: string | undefined;
}

const KEYGEN_TIMEOUT = 20_000;

/** The agent's ssh key: read anew before each use, so that a rotated one is picked up without a restart. */
export class SshKey {
  readonly #options: KeyOptions;
  readonly #secret: Secret;
  /** Two who ask at once must not make two keys. */
  readonly #queue = new Queue();
  #warned = false;
  /** The API did not let us save a key. */
  #refused = false;
  #written: string | undefined;
  #public: { readonly of: string; readonly text: string } | undefined;

  constructor(options: KeyOptions, secret: Secret) {
    this.#options = options;
    this.#secret = secret;
  }

  /** Path of a 0600 file with the key as it is now; one is made where there is none. Errors: GIT_AUTH. */
  file(signal: AbortSignal): Promise<string> {
    return this.#queue.run(() => this.#file(signal));
  }

  async #file(signal: AbortSignal): Promise<string> {
    const path = join(this.#options.folder, 'identity');
    const key = asKeyFile(await this.#find(signal));
    if (this.#written !== key || !(await isThere(path))) {
      await writePrivate(path, key);
      this.#written = key;
    }
    return path;
  }

  /** The public half in OpenSSH's one-line form. Errors: GIT_AUTH when the private half is no usable key. */
  async publicKey(signal: AbortSignal): Promise<string> {
    const path = await this.file(signal);
    const of = this.#written ?? '';
    if (this.#public?.of === of) return this.#public.text;
    const out = await this.#keygen(['-y', '-P', '', '-f', path], signal);
    const text = `${out.trim().split(/\s+/).slice(0, 2).join(' ')} weaveflux`;
    this.#public = { of, text };
    return text;
  }

  async remove(): Promise<void> {
    this.#written = undefined;
    await rm(join(this.#options.folder, 'identity'), { force: true });
  }

  async #find(signal: AbortSignal): Promise<string> {
    const { dataKey, dataDir } = this.#options;
    const given = await this.#secret.value(dataKey, signal);
    if (given !== undefined) return given;
    const path = join(dataDir, 'ssh', 'identity');
    const kept = await textOf(path);
    if (kept === undefined && this.#secret.unread !== undefined) throw unreadSecret(this.#secret.unread);
    if (this.#options.mustLast !== undefined && this.#secret.isClosed) throw await this.#noKey(this.#options.mustLast);
    const made = kept ?? (await this.#generate(path, signal));
    return (await this.#share(made, signal)) ?? made;
  }

  async #generate(path: string, signal: AbortSignal): Promise<string> {
    await mkdir(join(path, '..'), { recursive: true, mode: 0o700 });
    const draft = `${path}.${process.pid}.draft`;
    await rm(draft, { force: true });
    try {
      await this.#keygen(['-q', '-t', 'ed25519', '-N', '', '-C', 'weaveflux', '-f', draft], signal);
      const key = (await textOf(draft)) ?? '';
      await writePrivate(path, key);
      return key;
    } finally {
      await Promise.all([rm(draft, { force: true }), rm(`${draft}.pub`, { force: true })]);
    }
  }

  /** Saves a key of ours in the Secret; another agent's may have been faster, then that one counts. */
  async #share(key: string, signal: AbortSignal): Promise<string | undefined> {
    const { dataKey, mustLast, warn } = this.#options;
    try {
      if (await this.#secret.save(dataKey, key, signal)) {
        this.#refused = false;
        return await this.#secret.value(dataKey, signal);
      }
    } catch (error) {
      this.#refused = error instanceof WeavefluxError && error.code === 'FORBIDDEN';
      if (mustLast !== undefined && !this.#refused) throw notSaved(mustLast, error);
      if (!this.#warned && mustLast === undefined)
        warn(
          'The ssh key that was generated could not be saved in the Secret, so it lasts only as long as --data-dir; allow the agent to create and patch that Secret.',
        );
      this.#warned = true;
    }
    if (mustLast !== undefined && this.#refused) throw await this.#noKey(mustLast);
    return undefined;
  }

  /** Neither is there a key, nor may one be put where it would outlast the agent. */
  async #noKey(secret: string): Promise<WeavefluxError> {
    const { dataKey } = this.#options;
    const [namespace, name] = secret.split('/');
    const create = `kubectl -n ${namespace} create secret generic ${name} --from-file=${dataKey}=identity`;
    // `create` refuses a Secret that is there, and an apply could take its other keys away.
    const patch = `${create} --dry-run=client -o yaml | kubectl -n ${namespace} patch secret ${name} --patch-file=/dev/stdin`;
    const commands = ["ssh-keygen -q -t ed25519 -N '' -f identity", (await this.#secret.isThere()) ? patch : create];
    return new WeavefluxError(
      'GIT_AUTH',
      `There is no ssh key "${dataKey}" in the Secret ${secret}, and the agent may not put one there; run: ${commands.join(' && ')}`,
    );
  }

  async #keygen(args: readonly string[], signal: AbortSignal): Promise<string> {
    try {
      const out = await runProcess('ssh-keygen', { args, env: this.#options.env, signal, timeout: KEYGEN_TIMEOUT });
      return out.toString('utf8');
    } catch (error) {
      const started = !(error instanceof ProcessFailure) || error.reason !== 'spawn';
      throw new WeavefluxError(
        'GIT_AUTH',
        started
          ? `The ssh key under "${this.#options.dataKey}" is no unencrypted private key; put one in OpenSSH or PEM format there.`
          : 'ssh-keygen could not be started; install the OpenSSH client.',
      );
    }
  }
}

/** A key that the next pod would not have must not be let in anywhere. */
function notSaved(secret: string, cause: unknown): WeavefluxError {
  const { message } = asWeavefluxError(cause);
  return new WeavefluxError(
    'GIT_UNREACHABLE',
    `The ssh key that was made is not saved in the Secret ${secret} yet: ${message}`,
    { cause },
  );
}

/** There may be a key that nobody could read just now: another one beside it would not be let in. */
function unreadSecret(cause: unknown): WeavefluxError {
  const why = cause instanceof WeavefluxError ? `: ${cause.message}` : '.';
  return new WeavefluxError(
    'GIT_UNREACHABLE',
    `The Secret with the ssh key could not be read, so the repository waits${why}`,
  );
}

/** OpenSSH refuses a key without a final newline or with Windows line ends; editors and secrets tools make both. */
function asKeyFile(text: string): string {
  return `${text.replaceAll('\r\n', '\n').trimEnd()}\n`;
}
