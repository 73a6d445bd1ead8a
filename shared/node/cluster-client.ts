import type { Duplex } from 'node:stream';
import { WeavefluxError } from '../src/errors.ts';
import { isObject, type JsonObject } from '../src/json.ts';
import { type ClusterAccess, type ClusterCredentials, clusterTls } from './cluster-access.ts';
import { type HttpAnswer, sendRequest, sendUpgrade } from './http.ts';
import { type HttpConnections, systemConnections } from './http-connections.ts';

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
  let held: { readonly certificate: string | undefined; readonly connections: HttpConnections } | undefined;

  /** Those of an older certificate end by themselves once their requests have. */
  function connectionsFor(credentials: ClusterCredentials): HttpConnections {
    const { certificate } = credentials;
    if (held !== undefined && held.certificate === certificate?.cert) return held.connections;
    const tls = url.protocol === 'https:' ? clusterTls(access, credentials) : undefined;
    held = { certificate: certificate?.cert, connections: systemConnections(tls) };
    return held.connections;
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
          const answer = await sendRequest({
            method,
            url: new URL(`${url.origin}${base}${path}`),
            headers: { accept: 'application/json', 'content-type': 'application/json', ...credentials.headers },
            body: body === undefined ? undefined : JSON.stringify(body),
            agent: connectionsFor(credentials),
            signal: both,
          });
          return readAnswer(answer);
        },
      ),
    upgrade: (path, headers, signal) =>
      authorized(signal, refusedWith, async (credentials, both): Promise<Upgraded> => {
        const upgraded = await sendUpgrade({
          method: 'GET',
          url: new URL(`${url.origin}${base}${path}`),
          headers: { ...headers, ...credentials.headers },
          agent: connectionsFor(credentials),
          signal: both,
        });
        if ('socket' in upgraded) return { socket: upgraded.socket, head: upgraded.headers };
        return { refusal: await readAnswer(upgraded) };
      }),
    async close() {
      held?.connections.destroy();
    },
  };
}

function refusedWith(answer: Upgraded): number | undefined {
  return 'refusal' in answer ? answer.refusal.status : undefined;
}

async function readAnswer(answer: HttpAnswer): Promise<ClusterAnswer> {
  const time = new Date(answer.headers.date ?? '');
  const body = parse(await answer.text());
  return { status: answer.status, body, time: Number.isNaN(time.getTime()) ? new Date() : time };
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
