import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { WeavefluxError } from '@weaveflux/shared';

/** A started API. */
export interface ApiServer {
  /** `127.0.0.1:3030`, with the port that was really taken. */
  readonly address: string;
  /** `http://127.0.0.1:3030`. */
  readonly url: string;
  readonly port: number;
  /** Ends open streams, lets running requests finish for up to `grace` milliseconds, then closes every connection. */
  close(grace?: number): Promise<void>;
}

/** Bounds on what a client may cost, in milliseconds and bytes. */
export interface ListenerLimits {
  /** From the first byte of a request to the end of its headers. */
  readonly headers: number;
  /** From the first byte of a request to the end of its body. */
  readonly receive: number;
  readonly connections: number;
}

export const DEFAULT_LIMITS: ListenerLimits = { headers: 10_000, receive: 30_000, connections: 256 };

/** Answers one request; `closing` is aborted when the API ends. Never rejects. */
export type Handler = (request: IncomingMessage, response: ServerResponse, closing: AbortSignal) => Promise<void>;

/** Listens on `host:port` (port 0 = any free one). Errors: INVALID_SETTINGS when the address cannot be had. */
export async function startListener(
  listen: string,
  flag: string,
  handler: Handler,
  limits: ListenerLimits,
): Promise<ApiServer> {
  const closing = new AbortController();
  const server = createServer(
    {
      headersTimeout: limits.headers,
      requestTimeout: limits.receive,
      keepAliveTimeout: 5_000,
      connectionsCheckingInterval: Math.min(1_000, limits.headers),
      maxHeaderSize: 16 * 1024,
    },
    (request, response) => {
      // Once closing has begun, the connection of an answered request is not kept for a next one.
      response.once('close', () => closing.signal.aborted && server.closeIdleConnections());
      void handler(request, response, closing.signal);
    },
  );
  server.maxConnections = limits.connections;
  server.on('clientError', refuseBroken);
  const { host, port } = splitAddress(listen, flag);
  server.listen(port, host);
  await once(server, 'listening').catch((cause: unknown) => {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    const message = `Cannot listen on ${listen} (${reason}); is another agent running there? Give another address with --${flag}.`;
    throw new WeavefluxError('INVALID_SETTINGS', message, { cause });
  });
  const taken = (server.address() as AddressInfo).port;
  const address = `${host.includes(':') ? `[${host}]` : host}:${taken}`;
  return {
    address,
    url: `http://${address}`,
    port: taken,
    close: (grace = 3_000) => closeServer(server, closing, grace),
  };
}

async function closeServer(server: Server, closing: AbortController, grace: number): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  closing.abort();
  server.closeIdleConnections();
  const forced = setTimeout(() => server.closeAllConnections(), grace);
  await closed;
  clearTimeout(forced);
}

/** What never became a request is answered in one line: too slow, too long, or no HTTP. */
function refuseBroken(error: Error & { code?: string }, socket: Socket): void {
  const status =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? '408 Request Timeout'
      : error.code === 'HPE_HEADER_OVERFLOW'
        ? '431 Request Header Fields Too Large'
        : '400 Bad Request';
  if (!socket.writable) return void socket.destroy();
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function splitAddress(listen: string, flag: string): { host: string; port: number } {
  const match = /^(?:\[(?<v6>[^\]]+)\]|(?<host>[^:]*)):(?<port>\d{1,5})$/.exec(listen);
  const port = Number(match?.groups?.port);
  if (match === null || port > 65_535) {
    throw new WeavefluxError(
      'INVALID_SETTINGS',
      `--${flag} got "${listen}"; it takes host:port, as in 127.0.0.1:3030.`,
    );
  }
  return { host: match.groups?.v6 ?? (match.groups?.host || '0.0.0.0'), port };
}
