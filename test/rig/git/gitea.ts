import { rm, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { freePort } from '../ports.ts';
import { startProcess } from '../processes.ts';
import { findTool } from '../tools/find.ts';
import { run } from '../tools/run.ts';
import { waitFor } from '../wait.ts';
import { temporaryDirectory } from '../watchdog.ts';
import { describe, type GitRepository } from './repositories.ts';
import { type Files, openWorkspace, type Workspace } from './workspace.ts';

/** A pull request as people see it. */
export interface GiteaPull {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly state: 'open' | 'closed';
  readonly merged: boolean;
}

/** How a pull request is merged. */
export type MergeStyle = 'merge' | 'squash' | 'rebase';

/** A host of Git repositories with pull requests: Gitea. */
export interface Gitea extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`; a repository is at `<url>/<owner>/<name>.git`. */
  readonly url: string;
  /** Owns all repositories; its token may do everything, by Git as a password. */
  readonly user: string;
  readonly token: string;
  /** Makes `<user>/<name>` with one commit of these files on `main`, and a working copy of it. */
  createRepository(name: string, files: Files): Promise<{ repository: GiteaRepository; person: Workspace }>;
  /** All of a repository, the oldest first. */
  pulls(repository: GiteaRepository): Promise<readonly GiteaPull[]>;
  /** As by the button of its page. */
  closePull(repository: GiteaRepository, number: number): Promise<void>;
  /** The same; its branch stays. */
  mergePull(repository: GiteaRepository, number: number, style: MergeStyle): Promise<void>;
  /** As by the button of the page of branches. */
  deleteBranch(repository: GiteaRepository, branch: string): Promise<void>;
  stop(): Promise<void>;
}

/** A repository there, looked at beside the server. */
export type GiteaRepository = Omit<GitRepository, 'rejectPushes'>;

const USER = 'rig';

/** Starts Gitea with a database of its own, on a free port of 127.0.0.1. */
export async function startGitea(): Promise<Gitea> {
  const [command, port] = await Promise.all([findTool('gitea'), freePort()]);
  const dir = temporaryDirectory('gitea');
  const config = join(dir, 'app.ini');
  const url = `http://127.0.0.1:${port}`;
  await writeFile(config, settings(dir, port, dirname(command)));
  const admin = (...args: readonly string[]) => run(command, ['--config', config, ...args]);
  await admin('migrate');
  const account = ['--username', USER, '--password', 'rig-passw0rd', '--email', 'rig@example.com'];
  await admin('admin', 'user', 'create', '--admin', ...account, '--must-change-password=false');
  const said = await admin('admin', 'user', 'generate-access-token', '--username', USER, '--scopes', 'all', '--raw');
  const token = said.trim().split('\n').at(-1) ?? '';
  const process = await startProcess({ name: 'gitea', command, args: ['--config', config, 'web'], grace: 0 });
  await process.ready(
    { what: 'gitea to answer', deadline: 90_000, interval: 50 },
    async () => (await fetch(`${url}/api/v1/version`)).ok || undefined,
  );
  let copies = 0;

  async function ask(method: string, path: string, body?: object): Promise<unknown> {
    const headers = { authorization: `token ${token}`, 'content-type': 'application/json' };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(`${url}/api/v1${path}`, { method, headers, ...sent });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}\n${process.tail(5)}`);
    return text === '' ? undefined : JSON.parse(text);
  }
  async function stop(): Promise<void> {
    await process.stop();
    await rm(dir, { recursive: true, force: true, maxRetries: 3 });
  }
  return {
    url,
    user: USER,
    token,
    async createRepository(name, files) {
      await ask('POST', '/user/repos', { name, default_branch: 'main', auto_init: false });
      copies += 1;
      const full = `${USER}/${name}`;
      const address = `${url.replace('http://', `http://${USER}:${token}@`)}/${full}.git`;
      const person = await openWorkspace(address, join(dir, 'copies', String(copies), name));
      await person.write(files);
      await person.commitAndPush('First files');
      return { repository: describe(full, `${url}/${full}.git`, join(dir, 'repositories', `${full}.git`)), person };
    },
    async pulls({ name }) {
      const found = (await ask('GET', `/repos/${name}/pulls?state=all&limit=50`)) as readonly GiteaPull[];
      return found.toSorted((a, b) => a.number - b.number);
    },
    async closePull({ name }, number) {
      await ask('PATCH', `/repos/${name}/pulls/${number}`, { state: 'closed' });
    },
    async mergePull({ name }, number, style) {
      const refused = await waitFor({ what: `#${number} to be checked`, deadline: 60_000, interval: 200 }, () =>
        ask('POST', `/repos/${name}/pulls/${number}/merge`, { Do: style }).then(
          () => 'merged',
          (error: Error) => {
            // Gitea looks for conflicts in the background, and merges nothing before it has.
            if (error.message.includes('try again later')) throw error;
            return error;
          },
        ),
      );
      if (refused instanceof Error) throw refused;
    },
    async deleteBranch({ name }, branch) {
      await ask('DELETE', `/repos/${name}/branches/${encodeURIComponent(branch)}`);
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Everything in one folder, nothing by itself, nothing from outside (Gitea, "Config cheat sheet"). */
function settings(dir: string, port: number, programs: string): string {
  const sections: Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>> = {
    server: {
      PROTOCOL: 'http',
      HTTP_ADDR: '127.0.0.1',
      HTTP_PORT: port,
      ROOT_URL: `http://127.0.0.1:${port}/`,
      STATIC_ROOT_PATH: programs,
      DISABLE_SSH: true,
      OFFLINE_MODE: true,
    },
    // Half a second, which is what it waits for a locked database by itself, is little for a busy machine.
    database: { DB_TYPE: 'sqlite3', PATH: join(dir, 'gitea.db'), SQLITE_TIMEOUT: 30_000 },
    repository: { ROOT: join(dir, 'repositories'), DEFAULT_BRANCH: 'main' },
    security: { INSTALL_LOCK: true, SECRET_KEY: 'rig', INTERNAL_TOKEN: 'rig', PASSWORD_HASH_ALGO: 'pbkdf2' },
    service: { DISABLE_REGISTRATION: true },
    indexer: { ISSUE_INDEXER_TYPE: 'db' },
    log: { MODE: 'console', LEVEL: 'Warn', ROOT_PATH: join(dir, 'log') },
    ...Object.fromEntries(['cron', 'actions', 'packages', 'oauth2'].map((name) => [name, { ENABLED: false }])),
  };
  const top = { RUN_MODE: 'prod', RUN_USER: userInfo().username, WORK_PATH: dir };
  // It would not start as root, as which containers run suites.
  const lines = linesOf({ ...top, I_AM_BEING_UNSAFE_RUNNING_AS_ROOT: true });
  for (const [name, values] of Object.entries(sections)) lines.push(`[${name}]`, ...linesOf(values));
  return `${lines.join('\n')}\n`;
}

function linesOf(values: Readonly<Record<string, string | number | boolean>>): string[] {
  return Object.entries(values).map(([key, value]) => `${key} = ${value}`);
}
