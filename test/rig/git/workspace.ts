import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { git } from './command.ts';

/** Texts (or bytes) by path inside the repository. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

export interface Author {
  readonly name: string;
  readonly email: string;
}

/** A commit as `log` tells it. */
export interface LoggedCommit {
  readonly sha: string;
  readonly author: string;
  readonly subject: string;
  /** Everything after the subject. */
  readonly body: string;
}

/** A person's working copy of a repository, on branch `main`. */
export interface Workspace {
  readonly dir: string;
  write(files: Files): Promise<void>;
  remove(...paths: readonly string[]): Promise<void>;
  read(path: string): Promise<string>;
  /** Commits all that changed and pushes; gives the new commit. A push that lost is repeated on top of the new head. */
  commitAndPush(message: string, author?: Author): Promise<string>;
  /** `git revert`, with its usual message, and pushes; gives the new commit. */
  revertAndPush(sha: string, author?: Author): Promise<string>;
  /**
   * Takes the branch back to a commit (`HEAD~1`) and pushes with force; gives the new head. With a message all that
   * was committed and written since becomes one new commit on top of it, without one it is lost.
   */
  forcePush(to: string, message?: string): Promise<string>;
  /** Takes over what others pushed; local changes are lost. */
  pull(): Promise<string>;
  /** Newest first. */
  log(limit?: number): Promise<LoggedCommit[]>;
  head(): Promise<string>;
  git(args: readonly string[]): Promise<string>;
}

/** What git says to the second of two pushes, before or while the first one's is taken. */
const LOST = /\[rejected\]|cannot lock ref|failed to update ref/;

/** Clones a bare repository, also an empty one, into a directory that does not exist yet. */
export async function openWorkspace(bare: string, dir: string): Promise<Workspace> {
  await mkdir(dirname(dir), { recursive: true });
  await git(dirname(dir), ['clone', '--quiet', bare, dir]);
  const here = (args: readonly string[], env?: Readonly<Record<string, string>>) => git(dir, args, env);
  const head = async () => (await here(['rev-parse', 'HEAD'])).trim();

  async function push(): Promise<string> {
    for (let tries = 1; ; tries++) {
      try {
        await here(['push', '--quiet', 'origin', 'HEAD:main']);
        return await head();
      } catch (error) {
        if (tries === 20 || !LOST.test(String(error))) throw error;
        await here(['pull', '--quiet', '--rebase', 'origin', 'main']);
      }
    }
  }
  async function commit(message: string, author?: Author): Promise<void> {
    await here(['add', '--all']);
    await here(['commit', '--quiet', '--allow-empty', `--message=${message}`], asPerson(author));
  }
  return {
    dir,
    head,
    git: here,
    async write(files) {
      for (const [path, content] of Object.entries(files)) {
        await mkdir(dirname(join(dir, path)), { recursive: true });
        await writeFile(join(dir, path), content);
      }
    },
    async remove(...paths) {
      for (const path of paths) await rm(join(dir, path), { recursive: true });
    },
    read: (path) => readFile(join(dir, path), 'utf8'),
    async commitAndPush(message, author) {
      await commit(message, author);
      return push();
    },
    async revertAndPush(sha, author) {
      await here(['revert', '--no-edit', sha], asPerson(author));
      return push();
    },
    async forcePush(to, message) {
      await here(['reset', '--quiet', '--soft', to]);
      if (message !== undefined) await commit(message);
      else await here(['reset', '--quiet', '--hard', 'HEAD']);
      await here(['push', '--quiet', '--force', 'origin', 'HEAD:main']);
      return head();
    },
    async pull() {
      await here(['fetch', '--quiet', 'origin', 'main']);
      await here(['reset', '--quiet', '--hard', 'FETCH_HEAD']);
      return head();
    },
    async log(limit = 100) {
      const text = await here(['log', `--max-count=${limit}`, '--format=%H%x1f%an%x1f%s%x1f%b%x1e']);
      return text.split('\x1e').flatMap((record) => loggedCommit(record.trim()));
    },
  };
}

function loggedCommit(record: string): LoggedCommit[] {
  const [sha, author = '', subject = '', body = ''] = record.split('\x1f');
  return sha ? [{ sha, author, subject, body: body.trim() }] : [];
}

function asPerson(author: Author | undefined): Record<string, string> {
  if (!author) return {};
  const { name, email } = author;
  return { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email };
}
