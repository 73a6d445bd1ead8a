import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { WeavefluxError } from '../src/errors.ts';

/** What an agent on this machine leaves behind for the people's tools: where it listens and the token it takes. */
export const agentFileSchema = z.object({
  /** `http://127.0.0.1:3030`. */
  url: z.url({ protocol: /^http$/ }),
  token: z.string().min(1),
  /** Where the probes and `/metrics` are; needs no token. */
  metricsUrl: z.url({ protocol: /^http$/ }).optional(),
  environment: z.string().min(1),
  pid: z.number().int().positive(),
  /** Without credentials. */
  repository: z.string(),
  /** Empty until the agent has learnt it. */
  branch: z.string(),
});
export type AgentFile = z.infer<typeof agentFileSchema>;

/** The folder of the agent files of this user: `$XDG_STATE_HOME/weaveflux/agents`, by default below `~/.local/state`. */
export function agentFileDirectory(env: Readonly<Record<string, string | undefined>>): string {
  const state = env.XDG_STATE_HOME || join(env.HOME || homedir(), '.local', 'state');
  return join(state, 'weaveflux', 'agents');
}

/** The path of an environment's agent file inside `directory`. */
export function agentFilePath(directory: string, environment: string): string {
  return join(directory, `${encodeURIComponent(environment)}.json`);
}

/** Writes the file (0600, in a folder made with 0700), complete from the first moment anyone can open it. */
export async function writeAgentFile(path: string, file: AgentFile): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const partial = `${path}.${file.pid}.partial`;
  await rm(partial, { force: true });
  await writeFile(partial, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  // The mode above passes through the umask, which may only take away; this one does not.
  await chmod(partial, 0o600);
  await rename(partial, path);
}

/** Removes the file at the agent's end, unless another agent has written its own there since. */
export async function removeAgentFile(path: string, pid: number): Promise<void> {
  const present = await readAgentFile(path).catch(() => undefined);
  if (present?.pid === pid) await rm(path, { force: true });
}

/** Reads one agent file. Errors: NOT_FOUND where there is none, INVALID_SETTINGS where it is no agent file. */
export async function readAgentFile(path: string): Promise<AgentFile> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new WeavefluxError('NOT_FOUND', `There is no readable agent file at ${path}; is the agent running?`, {
      cause,
    });
  });
  const file = agentFileSchema.safeParse(parseJson(text));
  if (file.success) return file.data;
  throw new WeavefluxError('INVALID_SETTINGS', `${path} is not an agent file; start the agent again to renew it.`);
}

/** The agents of this user that are running on this machine, by environment; files of ended agents are passed over. */
export async function findAgents(directory: string): Promise<AgentFile[]> {
  const names = await readdir(directory).catch(() => []);
  const paths = names.filter((name) => name.endsWith('.json')).map((name) => join(directory, name));
  const files = await Promise.all(paths.map((path) => readAgentFile(path).catch(() => undefined)));
  return files
    .filter((file) => file !== undefined)
    .filter((file) => isRunning(file.pid))
    .sort((a, b) => (a.environment < b.environment ? -1 : 1));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there and belongs to someone else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
