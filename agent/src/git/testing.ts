import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OpenRepository, openRepository, type RepositoryOptions } from './open.ts';

/** A bare repository in a folder of its own, and what agents open of it; for tests. */
export interface Origin {
  /** Where all of it lies; goes at the end. */
  readonly base: string;
  /** The bare repository. */
  readonly folder: string;
  /** Runs git in it, as a person; gives what it says. */
  git(...args: readonly string[]): string;
  /** What a repository is opened with: a data folder below `base`, and these. */
  options(more?: Partial<RepositoryOptions>): RepositoryOptions;
  /** Opens it as an agent; closed at the end. */
  open(more?: Partial<RepositoryOptions>): Promise<OpenRepository>;
  /** Closes what was opened and removes the folder. */
  close(): Promise<void>;
}

/** Runs git in a folder, as a person; gives what it says. */
export function gitAsPerson(folder: string, ...args: readonly string[]): string {
  const person = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', '-c', 'commit.gpgSign=false'];
  const stdio = ['ignore', 'pipe', 'pipe'] as const;
  return execFileSync('git', ['-C', folder, ...person, ...args], { encoding: 'utf8', stdio: [...stdio] }).trim();
}

/** Makes one whose HEAD names this branch, which is not there yet. */
export function makeEmptyOrigin(branch: string): Origin {
  const base = mkdtempSync(join(tmpdir(), 'weaveflux-git-'));
  const folder = join(base, 'origin.git');
  const opened: OpenRepository[] = [];
  execFileSync('git', ['init', '-q', '--bare', '-b', branch, folder]);

  function options(more: Partial<RepositoryOptions> = {}): RepositoryOptions {
    return {
      url: `file://${folder}`,
      dataDir: join(base, 'data'),
      timeout: 20_000,
      user: 'Weaveflux',
      email: 'weaveflux@example.com',
      setAuthor: false,
      readonly: false,
      secretFolder: join(base, 'secret'),
      secretKey: 'identity',
      ...more,
    };
  }

  return {
    base,
    folder,
    git: (...args) => gitAsPerson(folder, ...args),
    options,
    async open(more) {
      const repository = await openRepository(options(more));
      opened.push(repository);
      return repository;
    },
    async close() {
      for (const repository of opened.splice(0)) await repository.close();
      rmSync(base, { recursive: true, force: true });
    },
  };
}

/** Makes one with one commit without files on `main`. */
export function makeOrigin(): Origin {
  const origin = makeEmptyOrigin('main');
  const tree = origin.git('hash-object', '-t', 'tree', '-w', '/dev/null');
  origin.git('update-ref', 'refs/heads/main', origin.git('commit-tree', '-m', 'one', tree));
  return origin;
}
