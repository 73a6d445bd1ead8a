import { type Agent, ClientRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** A request. */
export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** The connections to the server; for `https:` they encrypt. */
  readonly agent: Agent;
  /** Ends the request and its answer. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds until the answer must have begun; absent = no end. */
  readonly deadline?: number;
  /** Milliseconds for which an answer that has begun may say nothing; absent = no end. */
  readonly silence?: number;
}

/** What was answered. Its body must be read, or left. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The body as it comes; to be read once, by this or by `text`. */
  readonly chunks: AsyncIterable<Uint8Array>;
  text(): Promise<string>;
  /** Passes over the body. */
  leave(): undefined;
}

/** Sends a request. Rejects with Node's errors, `ETIMEDOUT` where it took too long, and the reason of the signal. */
export function sendRequest(request: HttpRequest): Promise<HttpAnswer> {
  return begin(request, (sent, resolve) => sent.on('response', (response) => resolve(answerOf(response, request))));
}

/** A connection that goes on with another protocol, or the answer in its place. */
export type HttpUpgraded = { readonly socket: Duplex; readonly headers: IncomingHttpHeaders } | HttpAnswer;

/** Asks to go on as a WebSocket. Errors: those of `sendRequest`. */
export function sendUpgrade(request: HttpRequest): Promise<HttpUpgraded> {
  const headers = { ...request.headers, connection: 'Upgrade', upgrade: 'websocket' };
  return begin<HttpUpgraded>({ ...request, headers }, (sent, resolve, reject) => {
    sent.on('response', (response) => resolve(answerOf(response, request)));
    sent.on('upgrade', (response: IncomingMessage, socket: Duplex, first: Buffer) => {
      // What came with the answer belongs to the other protocol.
      if (first.length > 0) socket.unshift(first);
      if (request.signal?.aborted !== true) return resolve({ socket, headers: response.headers });
      socket.destroy();
      reject(request.signal.reason);
    });
  });
}

type Settle<T> = (sent: ClientRequest, resolve: (value: T) => void, reject: (error: unknown) => void) => void;

function begin<T>(request: HttpRequest, settle: Settle<T>): Promise<T> {
  const { method, url, headers, body, agent, signal, deadline } = request;
  signal?.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const sent = new ClientRequest({
    method,
    headers,
    agent,
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? portOf(url) : url.port,
    defaultPort: portOf(url),
    path: url.pathname + url.search,
  });
  /** Also while a connection is being opened, which Node would wait for. */
  const end = (error: unknown) => {
    reject(error);
    sent.destroy();
  };
  const aborted = () => end(signal?.reason);
  const timer = deadline === undefined ? undefined : setTimeout(() => end(late()), deadline);
  const release = () => signal?.removeEventListener('abort', aborted);
  signal?.addEventListener('abort', aborted, { once: true });
  sent.on('error', reject);
  // When the answer has been read, or the connection goes on with another protocol.
  sent.on('close', release);
  settle(sent, resolve, reject);
  sent.end(body);
  promise.catch(release);
  return promise.finally(() => clearTimeout(timer));
}

function portOf({ protocol }: URL): number {
  return protocol === 'https:' ? 443 : 80;
}

function answerOf(response: IncomingMessage, { silence }: HttpRequest): HttpAnswer {
  const chunks = silence === undefined ? response : unlessSilent(response, silence);
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    chunks,
    async text() {
      const read: Uint8Array[] = [];
      for await (const chunk of chunks) read.push(chunk);
      return Buffer.concat(read).toString('utf8');
    },
    leave() {
      response.on('error', () => undefined).resume();
      return undefined;
    },
  };
}

/** The body, which ends with an error where nothing comes for so many milliseconds. */
async function* unlessSilent(response: IncomingMessage, silence: number): AsyncGenerator<Uint8Array, void, undefined> {
  const chunks: AsyncIterator<Uint8Array> = response[Symbol.asyncIterator]();
  try {
    for (;;) {
      const timer = setTimeout(() => response.destroy(late()), silence);
      const next = await chunks.next().finally(() => clearTimeout(timer));
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    await chunks.return?.();
  }
}

function late(): Error {
  return Object.assign(new Error('nothing was answered in time'), { code: 'ETIMEDOUT' });
}
