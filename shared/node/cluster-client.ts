import type { Duplex } from 'node:stream';
import { Agent, type Dispatcher, request } from 'undici';
import { WeavefluxError } from '../src/errors.ts';
import { isObject, type JsonObject } from '../src/json.ts';
import { type ClusterAccess, type ClusterCredentials, clusterTls } from './cluster-access.ts';

/** What the API said to a person's request, also where it refused. */
export interface ClusterAnswer {
  readonly status: number;
  readonly body: JsonObject;
  /** The API server's clock; this machine's may be wrong. */
  readonly time: Date;
}

/** What an upgrade came to: a connection, or the answer in its place. */
export type Upgraded = { readonly socket: Duplex; readonly head: UpgradeHead } | { readonly refusal: ClusterAnswer };
type UpgradeHead = Readonly<Record<string, string | string[] | undefined>>;

/** A person's few requests to a Kubernetes API. */
export interface ClusterClient {
  readonly server: string;
  /** Resolves for every answer. Errors: API_UNREACHABLE, TIMEOUT, CANCELLED, UNAUTHORIZED where the login is not accepted. */
  request(method: 'GET' | 'POST', path: string, signal: AbortSignal, body?: JsonObject): Promise<ClusterAnswer>;
  /** Asks to go on as a WebSocket with these headers. Errors: those of `request`. */
  upgrade(path: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Upgraded>;
  /** Ends every connection but those that were upgraded. */
  close(): Promise<void>;
}

/** Milliseconds for an answer. */
const DEADLINE = 15_000;

/** A client of one cluster. Connects at the first request, and anew when the client's certificate changes. */
export function createClusterClient(access: ClusterAccess): ClusterClient {
  const url = new URL(access.server);
  const base = url.pathname.replace(/\/+$/, '');
  let held: { readonly certificate: string | undefined; readonly agent: Agent } | undefined;

  function agentFor(credentials: ClusterCredentials): Agent {
    const { certificate } = credentials;
    if (held !== undefined && held.certificate === certificate?.cert) return held.agent;
    void held?.agent.close();
    held = {
      certificate: certificate?.cert,
      agent: new Agent({ allowH2: false, connect: { ...clusterTls(access, credentials), timeout: DEADLINE } }),
    };
    return held.agent;
  }

  /** Sends with the credentials as they are, and once more with new ones where these are refused. */
  async function authorized<T>(
    signal: AbortSignal,
    statusOf: (answer: T) => number | undefined,
    send: (credentials: ClusterCredentials, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    for (const renew of [false, true]) {
      // A login may want a person to do something: that takes as long as it takes.
      const credentials = await access.credentials(renew);
      const deadline = AbortSignal.timeout(DEADLINE);
      try {
        const answer = await send(credentials, AbortSignal.any([signal, deadline]));
        if (statusOf(answer) !== 401) return answer;
      } catch (error) {
        signal.throwIfAborted();
        throw unreachable(access.server, error, deadline.aborted);
      }
    }
    throw new WeavefluxError(
      'UNAUTHORIZED',
      `The cluster at ${access.server} does not accept your login; log in as for kubectl and try again.`,
    );
  }

  return {
    server: access.server,
    request: (method, path, signal, body) =>
      authorized(
        signal,
        ({ status }: ClusterAnswer) => status,
        async (credentials, both) => {
          const response = await request(`${url.origin}${base}${path}`, {
            method,
            dispatcher: agentFor(credentials),
            headers: { accept: 'application/json', 'content-type': 'application/json', ...credentials.headers },
            body: body === undefined ? null : JSON.stringify(body),
            signal: both,
          });
          return answerOf(response.statusCode, response.headers, await response.body.text());
        },
      ),
    upgrade: (path, headers, signal) =>
      authorized(signal, refusedWith, (credentials, both) => {
        const options: Dispatcher.DispatchOptions = {
          origin: url.origin,
          path: base + path,
          method: 'GET',
          upgrade: 'websocket',
          headers: { ...headers, ...credentials.headers },
        };
        return dispatchUpgrade(agentFor(credentials), options, both);
      }),
    async close() {
      await held?.agent.destroy();
    },
  };
}

/** undici's own calls hide the answer that comes in place of an upgrade, and with it what the person lacks. */
function dispatchUpgrade(agent: Agent, options: Dispatcher.DispatchOptions, signal: AbortSignal): Promise<Upgraded> {
  const { promise, resolve, reject } = Promise.withResolvers<Upgraded>();
  const chunks: Buffer[] = [];
  let head: { status: number; headers: UpgradeHead } | undefined;
  let abort: ((reason: Error) => void) | undefined;
  const cancel = () => {
    reject(signal.reason);
    abort?.(signal.reason);
  };
  signal.addEventListener('abort', cancel, { once: true });
  const settled = () => signal.removeEventListener('abort', cancel);
  agent.dispatch(options, {
    onRequestStart(controller) {
      abort = (reason) => controller.abort(reason);
      if (signal.aborted) cancel();
    },
    onRequestUpgrade(_controller, _status, headers, socket) {
      settled();
      if (signal.aborted) socket.destroy();
      resolve({ socket, head: headers as UpgradeHead });
    },
    onResponseStart(_controller, status, headers) {
      head = { status, headers: headers as UpgradeHead };
    },
    onResponseData(_controller, chunk) {
      chunks.push(chunk);
    },
    onResponseEnd() {
      settled();
      const text = Buffer.concat(chunks).toString('utf8');
      resolve({ refusal: answerOf(head?.status ?? 0, head?.headers ?? {}, text) });
    },
    onResponseError(_controller, error) {
      settled();
      reject(error);
    },
  });
  return promise;
}

function refusedWith(answer: Upgraded): number | undefined {
  return 'refusal' in answer ? answer.refusal.status : undefined;
}

function answerOf(status: number, headers: UpgradeHead, text: string): ClusterAnswer {
  const time = new Date(String(headers.date ?? ''));
  return { status, body: parse(text), time: Number.isNaN(time.getTime()) ? new Date() : time };
}

function parse(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

function unreachable(server: string, cause: unknown, late: boolean): WeavefluxError {
  if (late) {
    const message = `The Kubernetes API at ${server} did not answer within ${DEADLINE / 1000} s.`;
    return new WeavefluxError('TIMEOUT', message, { cause });
  }
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
  const why = code ?? (cause instanceof Error ? cause.message : String(cause));
  return new WeavefluxError('API_UNREACHABLE', `The Kubernetes API at ${server} cannot be reached (${why}).`, {
    cause,
  });
}
