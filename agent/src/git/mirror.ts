import { createHash } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Git, gitIn } from './git.ts';
import { ProcessFailure } from './process.ts';

/** The mirror's one ref: the head that was last looked at. The remote's branch may be renamed; this is not. */
export const HEAD_REF = 'refs/weaveflux/head';
/** The branch beside the environment's that was read or written last. */
const SIDE_REF = 'refs/weaveflux/side';
const INCOMING_REF = 'refs/weaveflux/incoming';

/** Where the mirror of a repository lies below the data folder. */
export function mirrorFolder(dataDir: string, url: string): string {
  return join(dataDir, 'git', `${createHash('sha256').update(url).digest('hex').slice(0, 16)}.git`);
}

/** A bare repository on disk with one ref. It is a cache: whatever is wrong with it, it can be made anew. */
export class Mirror {
  readonly folder: string;
  readonly git: Git;

  constructor(folder: string, env: Readonly<Record<string, string>>, timeout: number) {
    this.folder = folder;
    this.git = gitIn(folder, env, timeout);
  }

  /** Makes it where there is none, and clears what a killed git left behind. */
  async prepare(signal: AbortSignal): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    await removeLeftovers(this.folder);
    const there = await this.git(['rev-parse', '--is-bare-repository'], signal).then(
      (out) => out.toString('latin1').trim() === 'true',
      (error: unknown) => {
        if (error instanceof ProcessFailure && error.reason === 'exit') return false;
        throw error;
      },
    );
    if (!there) await this.renew(signal);
  }

  /** Throws it away and begins an empty one. */
  async renew(signal: AbortSignal): Promise<void> {
    await rm(this.folder, { recursive: true, force: true, maxRetries: 3 });
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    await this.git(['init', '--bare', '--template=', this.folder], signal);
  }

  /** The revision that the ref points to; `undefined` before the first fetch. */
  async head(signal: AbortSignal): Promise<string | undefined> {
    try {
      const out = await this.git(['rev-parse', '--verify', '--quiet', HEAD_REF], signal);
      return out.toString('latin1').trim() || undefined;
    } catch (error) {
      if (error instanceof ProcessFailure && error.exitCode === 1) return undefined;
      throw error;
    }
  }

  /** Keeps what a revision reaches, also where no branch of the environment does. */
  async keepSide(revision: string, signal: AbortSignal): Promise<void> {
    await this.git(['update-ref', SIDE_REF, revision], signal);
  }

  /** Brings a branch here and gives its revision; the ref stays where it is. */
  async fetch(
    url: string,
    branch: string,
    env: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<string> {
    const flags = [
      '--progress',
      '--no-tags',
      '--no-write-fetch-head',
      '--no-recurse-submodules',
      '--no-auto-maintenance',
    ];
    const refspec = `+refs/heads/${branch}:${INCOMING_REF}`;
    await this.git(['fetch', ...flags, '--end-of-options', url, refspec], signal, { env, patient: true });
    const out = await this.git(['rev-parse', '--verify', `${INCOMING_REF}^{commit}`], signal);
    return out.toString('latin1').trim();
  }

  async moveTo(revision: string, signal: AbortSignal): Promise<void> {
    await this.git(['update-ref', HEAD_REF, revision], signal);
  }

  /** Whether the one is reached from the other; false too where it is not here at all. */
  async isAncestor(ancestor: string, revision: string, signal: AbortSignal): Promise<boolean> {
    try {
      const base = await this.git(['merge-base', ancestor, revision], signal);
      return base.toString('latin1').trim() === ancestor;
    } catch (error) {
      if (error instanceof ProcessFailure && error.reason === 'exit') return false;
      throw error;
    }
  }

  /** Whether every object that is reached is there and intact. Reads all of them: for when there is doubt. */
  async isSound(signal: AbortSignal, timeout: number): Promise<boolean> {
    try {
      await this.git(['fsck', '--no-dangling', '--no-progress'], signal, { timeout });
      return true;
    } catch (error) {
      if (error instanceof ProcessFailure && error.reason === 'exit') return false;
      throw error;
    }
  }

  /** Packs what many fetches left loose; does nothing while there is little. */
  async tidy(signal: AbortSignal, timeout: number): Promise<void> {
    await this.git(['-c', 'gc.auto=2000', '-c', 'gc.autoDetach=false', 'gc', '--auto', '--quiet'], signal, { timeout });
  }
}

/** Locks and half packs of a git that was killed: nothing else uses this folder, so they belong to nobody. */
async function removeLeftovers(folder: string): Promise<void> {
  const places: [string, RegExp][] = [
    ['.', /\.lock$|^gc\.pid$|^weaveflux-index/],
    ['refs/weaveflux', /\.lock$/],
    ['objects/pack', /^tmp_|^\.tmp-/],
  ];
  for (const [place, pattern] of places) {
    const names = await readdir(join(folder, place)).catch(() => []);
    const left = names.filter((name) => pattern.test(name));
    await Promise.all(left.map((name) => rm(join(folder, place, name), { force: true, recursive: true })));
  }
}
