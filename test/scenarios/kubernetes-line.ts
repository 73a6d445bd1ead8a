import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { type ControlPlane, freePort } from '../rig/index.ts';

/** A line to an API server that can be cut while the server goes on. */
export interface Line extends AsyncDisposable {
  /** Path of the administrator's kubeconfig over this line. */
  readonly kubeconfig: string;
  cut(): Promise<void>;
  mend(): Promise<void>;
}

export async function startLine(cluster: ControlPlane): Promise<Line> {
  const sockets = new Set<Socket>();
  const target = Number(new URL(cluster.url).port);
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket
        .on('error', () => {})
        .on('close', () => {
          sockets.delete(socket);
          near.destroy();
          far.destroy();
        });
    }
    near.pipe(far).pipe(near);
  });
  const port = await freePort();
  async function mend(): Promise<void> {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  }
  async function cut(): Promise<void> {
    server.close();
    for (const socket of sockets) socket.destroy();
    if (server.listening) await once(server, 'close');
  }
  await mend();
  const kubeconfig = join(cluster.dir, 'line.yaml');
  await writeFile(kubeconfig, (await readFile(cluster.kubeconfig, 'utf8')).replaceAll(`:${target}`, `:${port}`));
  return { kubeconfig, cut, mend, [Symbol.asyncDispose]: cut };
}
