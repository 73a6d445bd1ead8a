import { createServer, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { freePort } from './ports.ts';
import { listen } from './switch.ts';

/** A forward proxy for HTTPS that leads names to where this machine has them. */
export interface ForwardProxy extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`, for HTTPS_PROXY. */
  readonly url: string;
  /** What was asked for so far, `host:port`. */
  readonly connections: string[];
}

/** Starts one; `ports` leads `host:port` to a port of 127.0.0.1, everything else is refused with 502. */
export async function startForwardProxy(ports: Readonly<Record<string, number>>): Promise<ForwardProxy> {
  const connections: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((_, response) => response.writeHead(405).end());
  server.on('connect', (request: IncomingMessage, client: Socket) => {
    const wanted = request.url ?? '';
    connections.push(wanted);
    sockets.add(client);
    client.once('close', () => sockets.delete(client));
    const port = ports[wanted];
    if (port === undefined) {
      client.once('error', () => client.destroy()).end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
      return;
    }
    const upstream = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      upstream.pipe(client);
      client.pipe(upstream);
    });
    upstream.once('error', () => client.destroy());
    client.once('error', () => upstream.destroy());
    client.once('close', () => upstream.destroy());
  });
  const port = await freePort();
  const power = await listen(server, port, '127.0.0.1');
  return {
    url: `http://127.0.0.1:${port}`,
    connections,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await power.outage();
    },
  };
}
