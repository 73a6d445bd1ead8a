import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../ports.ts';
import { type RigProcess, startProcess } from '../processes.ts';
import { findTool } from '../tools/find.ts';
import { temporaryDirectory } from '../watchdog.ts';
import { type CodeData, type DataOptions, prepareData } from './data.ts';
import { SOCKET_VARIABLE } from './host-channel.ts';

export interface ServerOptions extends DataOptions {
  readonly env: Readonly<Record<string, string>>;
  /** Whether VS Code asks whom to trust; every folder is trusted otherwise. */
  readonly restricted?: boolean;
  /** Whether a page may bring extensions under development and their tests; it shows no notifications then. */
  readonly development?: boolean;
}

/** VS Code's server, with its data in a temporary directory. */
export interface CodeServer extends AsyncDisposable {
  readonly process: RigProcess;
  /** Of the page that opens the folders. */
  readonly url: string;
  /** `127.0.0.1:PORT`, as it is called in `vscode-remote://` addresses. */
  readonly authority: string;
  /** Where the companion listens, where an extension is installed. */
  readonly socket: string;
  /** Everything that the extension host and the log output channels wrote, file after file. */
  readonly hostLog: CodeData['hostLog'];
}

const ARGS = ['--host', '127.0.0.1', '--without-connection-token', '--accept-server-license-terms'];
const QUIET = ['--telemetry-level', 'off', '--disable-experiments', '--force-disable-user-env'];
/** Nothing is asked of a gallery of extensions. */
const ALONE = { EXTENSIONS_GALLERY: '{}' };

/** Starts the server on a free port; resolves when it answers. */
export async function startServer(options: ServerOptions): Promise<CodeServer> {
  const program = await findTool('workbench');
  await using started = new AsyncDisposableStack();
  const directory = temporaryDirectory('workbench');
  started.defer(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
  const data = await prepareData(directory, program, options);
  const socket = join(directory, 'host.sock');
  const port = await freePort();
  const server = started.use(
    await startProcess({
      name: 'vscode',
      command: program,
      args: [...ARGS, ...QUIET, ...modes(options), ...data.args, '--port', String(port)],
      env: { ...options.env, ...ALONE, NODE: process.execPath, XDG_RUNTIME_DIR: directory, [SOCKET_VARIABLE]: socket },
      cwd: directory,
      grace: 0,
    }),
  );
  const authority = `127.0.0.1:${port}`;
  await server.ready({ what: 'VS Code’s server', deadline: 60_000 }, () => answers(`http://${authority}/version`));
  const running = started.move();
  return {
    process: server,
    url: `http://${authority}/?${data.query}`,
    authority,
    socket,
    hostLog: data.hostLog,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function modes({ restricted, development }: ServerOptions): string[] {
  return [...(restricted ? [] : ['--disable-workspace-trust']), ...(development ? ['--enable-smoke-test-driver'] : [])];
}

async function answers(url: string): Promise<boolean> {
  const response = await fetch(url);
  return response.ok;
}
