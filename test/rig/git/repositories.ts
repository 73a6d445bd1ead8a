import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { git } from './command.ts';
import { type Files, openWorkspace, type Workspace } from './workspace.ts';

/** A bare repository that a git server serves. */
export interface GitRepository {
  readonly name: string;
  /** Without credentials. */
  readonly url: string;
  /** The bare repository on disk: for looking into it beside the server. */
  readonly dir: string;
  /** Runs git in it: `git(['log', '--format=%s', 'main'])`. */
  git(args: readonly string[]): Promise<string>;
  /** The commit of the branch `main`, or of another. */
  head(branch?: string): Promise<string>;
  /** The text of a file at a revision; throws where there is none. */
  read(path: string, revision?: string): Promise<string>;
  /** Every push is refused with this message until it is called with `undefined`. */
  rejectPushes(message: string | undefined): Promise<void>;
}

/** Makes and opens the repositories below a directory. */
export interface Repositories {
  /** Makes `<name>.git` with one commit of these files on `main`; empty (no branch at all) without files. */
  createRepository(name: string, files?: Files): Promise<GitRepository>;
  /** A working copy, in a folder of the repository's name, that reads and writes the bare one directly, server or not. */
  checkout(repository: GitRepository): Promise<Workspace>;
}

/** Repositories below `root`; working copies beside it. */
export function createRepositories(root: string, urlOf: (name: string) => string): Repositories {
  let copies = 0;
  async function checkout(repository: GitRepository): Promise<Workspace> {
    copies += 1;
    return openWorkspace(repository.dir, join(root, '..', 'copies', String(copies), repository.name));
  }
  return {
    checkout,
    async createRepository(name, files) {
      const dir = join(root, `${name}.git`);
      await mkdir(dir, { recursive: true });
      await git(dir, ['init', '--quiet', '--bare', '--initial-branch=main']);
      // A fetch of a commit by its id is what real hosts allow too.
      await git(dir, ['config', 'uploadpack.allowAnySHA1InWant', 'true']);
      await git(dir, ['config', 'http.receivepack', 'true']);
      const repository = describe(name, urlOf(name), dir);
      if (files) {
        const workspace = await checkout(repository);
        await workspace.write(files);
        await workspace.commitAndPush('First files');
      }
      return repository;
    },
  };
}

/** The bare repository in a directory. */
export function describe(name: string, url: string, dir: string): GitRepository {
  return {
    name,
    url,
    dir,
    git: (args) => git(dir, args),
    head: async (branch = 'main') => (await git(dir, ['rev-parse', `refs/heads/${branch}`])).trim(),
    read: (path, revision = 'main') => git(dir, ['show', `${revision}:${path}`]),
    async rejectPushes(message) {
      const hook = join(dir, 'hooks', 'pre-receive');
      if (message === undefined) return rm(hook, { force: true });
      await mkdir(join(dir, 'hooks'), { recursive: true });
      await writeFile(hook, `#!/bin/sh\ncat >/dev/null\ncat >&2 <<'MESSAGE'\n${message}\nMESSAGE\nexit 1\n`);
      await chmod(hook, 0o755);
    },
  };
}
