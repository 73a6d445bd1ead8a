import { setTimeout as sleep } from 'node:timers/promises';
import { isObject, type Json, type JsonObject, WeavefluxError } from '@weaveflux/shared';
import type { ClusterAccess } from '@weaveflux/shared/node';
import type { Dispatcher } from 'undici';
import { type ApiCall, apiError } from './api-error.ts';
import { type Query, withQuery } from './api-path.ts';
import { createTransport, type Transport, type WireRequest } from './transport.ts';

/** One request to the API, with what it is about for the words of an error. */
export interface ApiRequest {
  readonly method: WireRequest['method'];
  readonly path: string;
  readonly query?: Query;
  /** A value, sent as JSON, or the text of one. */
  readonly body?: JsonObject | string;
  readonly contentType?: string;
  readonly accept?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds for everything, retries included; 30 s. */
  readonly deadline?: number;
  readonly about?: ApiCall;
  /** HTTP codes from 400 on that the caller wants as an answer; others are thrown. */
  readonly expect?: readonly number[];
  readonly signal: AbortSignal;
}

/** What the API said. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: JsonObject;
  readonly etag: string | undefined;
}

/** The Kubernetes API spoken raw over few kept connections. Everything it throws is a WeavefluxError. */
export interface KubernetesClient {
  request(request: ApiRequest): Promise<ApiAnswer>;
  /** The lines of a watch as they come, until the server, the signal or a minute and a half of silence ends it. */
  watch(request: ApiRequest, onLine: (line: string) => void): Promise<void>;
  close(): Promise<void>;
}

const DEADLINE = 30_000;
/** Bookmarks come about once a minute, so longer silence is a dead connection. */
const WATCH_SILENCE = 90_000;
/** Sending twice does no harm: applies and deletes name their version, and who creates expects 409. */
const NETWORK_TRIES = 3;
const LONGEST_PAUSE = 10_000;

export const SERVER_SIDE_APPLY = 'application/apply-patch+yaml';
export const MERGE_PATCH = 'application/merge-patch+json';
export const JSON_PATCH = 'application/json-patch+json';
/** Metadata only. */
export const PARTIAL_OBJECT = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
export const PARTIAL_LIST = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

/**
 * Hears of every request: the verb as RBAC names it, the HTTP code, or `error` where there was no answer, and the seconds
 * until the answer began.
 */
export type OnRequest = (verb: string, code: string, seconds: number) => void;

/** What a client may be given. */
export interface ClientOptions {
  readonly onRequest?: OnRequest | undefined;
  /** Called before each request that writes; what it throws is thrown in place of sending. */
  readonly mayWrite?: (() => void) | undefined;
}

/** A client of one cluster. Connects at the first request. */
export function createClient(access: ClusterAccess, options: ClientOptions = {}): KubernetesClient {
  const { onRequest = () => {}, mayWrite = () => {} } = options;
  const transport = createTransport(access);
  const counted: Transport = {
    ...transport,
    async send(request, renewCredentials, verb) {
      if (request.method !== 'GET') mayWrite();
      const began = performance.now();
      const seconds = () => (performance.now() - began) / 1000;
      try {
        const response = await transport.send(request, renewCredentials, verb);
        onRequest(verb, String(response.statusCode), seconds());
        return response;
      } catch (error) {
        if (!request.signal.aborted) onRequest(verb, 'error', seconds());
        throw error;
      }
    },
  };
  return {
    request: (request) => perform(counted, access.server, request),
    watch: (request, onLine) => follow(counted, access.server, request, onLine),
    close: () => transport.close(),
  };
}

function verbOf(request: ApiRequest): string {
  const usual = { GET: 'get', POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' } as const;
  return request.about?.verb ?? usual[request.method];
}

async function perform(transport: Transport, server: string, request: ApiRequest): Promise<ApiAnswer> {
  const deadline = AbortSignal.timeout(request.deadline ?? DEADLINE);
  const signal = AbortSignal.any([request.signal, deadline]);
  let renew = false;
  for (let attempt = 1; ; attempt++) {
    try {
      const response = await transport.send(wire(request, signal), renew, verbOf(request));
      const text = await response.body.text();
      const pause = pauseAsked(response);
      if (pause !== undefined && attempt < 10) {
        await sleep(pause, undefined, { signal });
        continue;
      }
      if (response.statusCode === 401 && !renew) {
        renew = true;
        continue;
      }
      return answer(request, response, text);
    } catch (error) {
      if (error instanceof WeavefluxError) throw error;
      request.signal.throwIfAborted();
      const late = deadline.aborted;
      if (late || attempt >= NETWORK_TRIES) throw unreachable(server, request, error, late);
      await pauseBeforeRetry(attempt, signal, () => unreachable(server, request, error, deadline.aborted));
    }
  }
}

async function pauseBeforeRetry(attempt: number, signal: AbortSignal, failed: () => WeavefluxError): Promise<void> {
  try {
    await sleep(attempt * 100, undefined, { signal });
  } catch {
    throw failed();
  }
}

function wire(request: ApiRequest, signal: AbortSignal): WireRequest {
  const body = typeof request.body === 'object' ? JSON.stringify(request.body) : request.body;
  return {
    method: request.method,
    path: withQuery(request.path, request.query),
    headers: {
      accept: request.accept ?? 'application/json',
      'user-agent': 'weaveflux',
      ...(body === undefined ? {} : { 'content-type': request.contentType ?? 'application/json' }),
      ...request.headers,
    },
    body,
    signal,
  };
}

/** Milliseconds to wait where the API asks for patience (429), else `undefined`. */
function pauseAsked(response: Dispatcher.ResponseData): number | undefined {
  if (response.statusCode !== 429) return undefined;
  const seconds = Number(response.headers['retry-after'] ?? 1);
  return Math.min(Number.isFinite(seconds) ? seconds * 1000 : 1000, LONGEST_PAUSE);
}

function answer(request: ApiRequest, response: Dispatcher.ResponseData, text: string): ApiAnswer {
  const status = response.statusCode;
  const body = parseObject(text);
  if (status >= 400 && !request.expect?.includes(status)) throw apiError(status, body, request.about, request.method);
  const etag = response.headers.etag;
  return { status, body, etag: typeof etag === 'string' ? etag : undefined };
}

function unreachable(server: string, request: ApiRequest, cause: unknown, late: boolean): WeavefluxError {
  const what = request.about?.object === undefined ? '' : ` about ${request.about.object}`;
  if (late) {
    const seconds = (request.deadline ?? DEADLINE) / 1000;
    return new WeavefluxError('TIMEOUT', `The Kubernetes API at ${server} did not answer${what} within ${seconds} s.`, {
      cause,
    });
  }
  const why = cause instanceof Error ? cause.message || cause.name : String(cause);
  return new WeavefluxError('API_UNREACHABLE', `The Kubernetes API at ${server} cannot be reached${what}: ${why}.`, {
    cause,
  });
}

async function follow(
  transport: Transport,
  server: string,
  request: ApiRequest,
  onLine: (line: string) => void,
): Promise<void> {
  try {
    const response = await transport.send(
      { ...wire(request, request.signal), watchSilence: WATCH_SILENCE },
      false,
      'watch',
    );
    if (response.statusCode >= 400) {
      const body = parseObject(await response.body.text());
      throw apiError(response.statusCode, body, request.about, request.method, response.headers['retry-after']);
    }
    await eachLine(response.body, onLine);
  } catch (error) {
    if (error instanceof WeavefluxError) throw error;
    request.signal.throwIfAborted();
    throw unreachable(server, request, error, false);
  }
}

async function eachLine(body: AsyncIterable<Buffer>, onLine: (line: string) => void): Promise<void> {
  let parts: Buffer[] = [];
  for await (const chunk of body) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      parts.push(chunk.subarray(start, end));
      onLine(Buffer.concat(parts).toString('utf8'));
      parts = [];
      start = end + 1;
    }
    if (start < chunk.length) parts.push(chunk.subarray(start));
  }
}

function parseObject(text: string): JsonObject {
  try {
    const value: Json = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return { message: text.slice(0, 500) };
  }
}
