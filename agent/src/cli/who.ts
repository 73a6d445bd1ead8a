import { execFile } from 'node:child_process';
import { userInfo } from 'node:os';
import { promisify } from 'node:util';
import type { RequestedBy } from '@weaveflux/shared';

const run = promisify(execFile);

/** Who asks: git's `user.name` and `user.email` as they hold in `folder`, else the login name. A claim, never a proof. */
export async function whoAsks(folder: string, env: Readonly<Record<string, string | undefined>>): Promise<RequestedBy> {
  const [name, email] = await Promise.all([gitConfig('user.name', folder, env), gitConfig('user.email', folder, env)]);
  const login = env.USER || userInfo().username;
  return { name: (name || login).slice(0, 200), ...(email ? { email: email.slice(0, 200) } : {}) };
}

/** The top folder of the working copy around `folder`, or `undefined` outside of one. */
export async function workingCopyRoot(
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  return (await git(['rev-parse', '--show-toplevel'], folder, env)) || undefined;
}

function gitConfig(key: string, folder: string, env: Readonly<Record<string, string | undefined>>): Promise<string> {
  return git(['config', '--get', key], folder, env);
}

async function git(
  args: readonly string[],
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  try {
    const { stdout } = await run('git', args, { cwd: folder, env: { ...env }, timeout: 5_000 });
    return stdout.trim();
  } catch {
    return '';
  }
}
