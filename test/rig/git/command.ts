import { spawn } from 'node:child_process';

/** The whole environment of every git that the rig runs: nothing of the person's own configuration gets in. */
export const GIT_ENVIRONMENT: Readonly<Record<string, string>> = {
  PATH: process.env.PATH ?? '/usr/bin:/bin',
  HOME: '/nonexistent',
  LC_ALL: 'C',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  GIT_AUTHOR_NAME: 'Rig',
  GIT_AUTHOR_EMAIL: 'rig@example.com',
  GIT_COMMITTER_NAME: 'Rig',
  GIT_COMMITTER_EMAIL: 'rig@example.com',
};

/** Runs git in a directory and returns what it printed. Throws with its error output. */
export function git(
  directory: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const child = spawn('git', args, {
    cwd: directory,
    env: { ...GIT_ENVIRONMENT, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(Buffer.concat(output).toString());
      else reject(new Error(`git ${args.join(' ')} ended with ${code}: ${Buffer.concat(errors)}`));
    });
  });
}
