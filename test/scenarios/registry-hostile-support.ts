import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A password that must not be told. */
export const CANARY = 'c4n4ry-pa55word';

/** An HTTP server of ours on a loopback address, and what it was asked. */
export interface Hostile extends AsyncDisposable {
  readonly host: string;
  readonly seen: { path: string; authorization: string | undefined }[];
}

/** Starts one that answers as told. */
export async function startHostile(
  address: string,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Hostile> {
  const seen: Hostile['seen'] = [];
  const server = createServer((request, response) => {
    seen.push({ path: request.url ?? '', authorization: request.headers.authorization });
    answer(request, response);
  });
  server.listen(0, address);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    host: `${address}:${port}`,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Answers 200 with a value as JSON. */
export function json(response: ServerResponse, value: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
}

/** An image repository there, with credentials for the host. */
export function repositoryAt(host: string) {
  const credentials = [JSON.stringify({ auths: { [host]: { username: 'robot', password: CANARY } } })];
  return { name: `${host}/team/app`, credentials };
}

/** A registry that asks for Basic and then answers as told. */
export function basicRegistry(list: (request: IncomingMessage, response: ServerResponse) => void) {
  return (request: IncomingMessage, response: ServerResponse) => {
    if (request.headers.authorization === undefined) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
    } else list(request, response);
  };
}
