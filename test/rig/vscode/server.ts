import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { freePort } from '../ports.ts';
import { type RigProcess, startProcess } from '../processes.ts';
import { findTool } from '../tools/find.ts';
import { run } from '../tools/run.ts';
import { temporaryDirectory } from '../watchdog.ts';
import { COMPANION, SOCKET_VARIABLE } from './host-channel.ts';
import { registerExtension } from './installed.ts';
import { QUIET_SETTINGS } from './settings.ts';
import type { WorkbenchExtension } from './types.ts';

export interface ServerOptions {
  readonly folders: readonly string[];
  /** What is installed; none where the page brings an extension under development. */
  readonly extension?: WorkbenchExtension;
  /** Above the quiet ones. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string>>;
  /** Whether VS Code asks whom to trust; every folder is trusted otherwise. */
  readonly restricted?: boolean;
  /** Whether a page may bring extensions under development and their tests; it shows no notifications then. */
  readonly development?: boolean;
}

/** VS Code's server, with its data in a temporary directory. */
export interface CodeServer extends AsyncDisposable {
  readonly process: RigProcess;
  /** Of the page, with the folders in its query. */
  readonly url: string;
  /** `127.0.0.1:PORT`, as it is called in `vscode-remote://` addresses. */
  readonly authority: string;
  /** Where the companion listens, but in development. */
  readonly socket: string;
  /** Removed with the server. */
  readonly directory: string;
  /** Everything that the extension host and the log output channels wrote, file after file. */
  hostLog(): Promise<string>;
}

const ENTRY = ['--host', '127.0.0.1', '--without-connection-token', '--accept-server-license-terms'];
const QUIET = ['--telemetry-level', 'off', '--disable-experiments', '--force-disable-user-env'];

/** Starts the server on a free port; resolves when it answers. */
export async function startServer(options: ServerOptions): Promise<CodeServer> {
  const program = await findTool('workbench');
  const directory = temporaryDirectory('workbench');
  const data = join(directory, 'data');
  const socket = join(directory, 'host.sock');
  const port = await freePort();
  const folders = [
    '--server-data-dir',
    data,
    '--user-data-dir',
    data,
    '--extensions-dir',
    join(directory, 'extensions'),
  ];
  await installExtensions(program, folders, options, directory);
  await writeSettings(data, options.settings);
  const modes = [
    ...(options.restricted ? [] : ['--disable-workspace-trust']),
    ...(options.development ? ['--enable-smoke-test-driver'] : []),
  ];
  const server = await startProcess({
    name: 'vscode',
    command: program,
    args: [...ENTRY, ...QUIET, ...folders, ...modes, '--port', String(port)],
    env: { NODE: process.execPath, ...options.env, [SOCKET_VARIABLE]: socket },
    cwd: directory,
    grace: 0,
  });
  const authority = `127.0.0.1:${port}`;
  await server.ready({ what: 'VS Code’s server', deadline: 60_000 }, () => answers(`http://${authority}/version`));
  return {
    process: server,
    url: `http://${authority}/?${await query(directory, options.folders)}`,
    authority,
    socket,
    directory,
    hostLog: () => readLogs(join(data, 'logs')),
    async [Symbol.asyncDispose]() {
      await server.stop();
      await rm(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function installExtensions(
  program: string,
  folders: readonly string[],
  { extension, development }: ServerOptions,
  directory: string,
): Promise<void> {
  const into = join(directory, 'extensions');
  await mkdir(into, { recursive: true });
  if (extension?.kind === 'vsix') {
    const args = ['--install-extension', extension.file, ...folders, '--accept-server-license-terms'];
    await run(program, args, { env: { NODE: process.execPath } });
  }
  if (extension?.kind === 'development') await registerExtension(into, extension.path);
  if (!development) await registerExtension(into, COMPANION);
}

/** What is of the machine's scope counts in the second file only, what is of the application's in the first only. */
async function writeSettings(data: string, settings: ServerOptions['settings']): Promise<void> {
  const files = { 'User/settings.json': { ...QUIET_SETTINGS, ...settings }, 'Machine/settings.json': settings };
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(data, name)), { recursive: true });
    await writeFile(join(data, name), `${JSON.stringify(content, null, 2)}\n`);
  }
}

async function query(directory: string, folders: readonly string[]): Promise<string> {
  const [only, ...more] = folders;
  if (only === undefined) return 'ew=true';
  if (more.length === 0) return `folder=${encodeURIComponent(only)}`;
  const file = join(directory, 'rig.code-workspace');
  await writeFile(file, JSON.stringify({ folders: folders.map((path) => ({ path, name: basename(path) })) }, null, 2));
  return `workspace=${encodeURIComponent(file)}`;
}

async function answers(url: string): Promise<boolean> {
  const response = await fetch(url);
  return response.ok;
}

async function readLogs(directory: string): Promise<string> {
  const names = await readdir(directory, { recursive: true });
  const files = names.filter((name) => /exthost/.test(name) && name.endsWith('.log')).sort();
  const texts = await Promise.all(files.map((name) => readFile(join(directory, name), 'utf8')));
  return files.map((name, index) => `== ${name}\n${texts[index]}`).join('\n');
}
