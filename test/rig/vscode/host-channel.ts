import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** The folder of the extension at the other end of the channel. */
export const COMPANION = fileURLToPath(new URL('companion', import.meta.url));

/** The environment variable by which the companion is told where to listen. */
export const SOCKET_VARIABLE = 'WEAVEFLUX_RIG_SOCKET';

/** What the companion answers: the value of the function or what it threw, and the extension host's process. */
interface Answer {
  readonly pid: number;
  readonly value?: unknown;
  readonly error?: string;
}

/** Runs the body of an async function in the extension host that listens on this socket. Throws what it throws. */
export async function runInHost(socket: string, body: string): Promise<unknown> {
  const { value, error } = await ask(socket, body);
  if (error !== undefined) throw new Error(`in the extension host: ${error}`);
  return value;
}

/** The process of the extension host that listens now. */
export async function hostPid(socket: string): Promise<number> {
  const { pid } = await ask(socket, '');
  return pid;
}

function ask(socketPath: string, body: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, method: 'POST', path: '/', agent: false }, (response) => {
      text(response).then((answer) => resolve(JSON.parse(answer)), reject);
    });
    call.once('error', reject);
    call.end(body);
  });
}
