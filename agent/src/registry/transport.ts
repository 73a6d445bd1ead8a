import type { WeavefluxError } from '@weaveflux/shared';
import { request } from 'undici';
import { type Agents, allowsAddress, type Trust } from './agents.ts';
import { type Bucket, createBucket, type Kind, type Spacing } from './bucket.ts';
import type { Clock } from './clock.ts';
import { addressRefused, connectionFailure, isPassing, serverFailure, tooLarge, tooManyRequests } from './failures.ts';
import { readQuota } from './quota.ts';
import { backoff, pauseAfter } from './retry.ts';

/** One request. */
export interface Ask {
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly url: URL;
  readonly headers: Record<string, string>;
  readonly trust: Trust;
  /** The largest body to accept, in bytes. */
  readonly limit: number;
  readonly body?: string;
}

/** What came back, whole. */
export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: Buffer;
  readonly url: URL;
}

/** Sends requests: in turn, with deadlines, and again where that can help. */
export interface Transport {
  /**
   * Any status but 429 and 5xx is an answer. Errors: REGISTRY_RATE_LIMIT, REGISTRY_UNREACHABLE (no connection),
   * REGISTRY_FAILED (5xx again and again, or a body too large), TIMEOUT, CANCELLED.
   */
  send(ask: Ask, signal: AbortSignal): Promise<Answer>;
  /** How far apart a host wants requests for lists, where it says that few are left. */
  spacing(host: string): Spacing | undefined;
}

/** Requests sent and waits for their turn, so far. */
export interface RequestCounters {
  total: number;
  rateLimitWaits: number;
}

/** Hears of every request to a host: the HTTP status, or `error` where there was no answer; and of waits for the rate limit. */
export interface RequestListener {
  readonly onRequest?: ((host: string, result: string) => void) | undefined;
  readonly onWait?: ((host: string, milliseconds: number) => void) | undefined;
}

/** What a transport is made of. */
export interface TransportOptions extends RequestListener {
  readonly rps: number;
  readonly burst: number;
  readonly agents: Agents;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly counters: RequestCounters;
}

const ATTEMPTS = 3;
const DEADLINE = 60_000;
const SILENCE = 30_000;
const PATIENCE = 10_000;

interface Host {
  readonly bucket: Bucket;
  /** 429 answers since the last other one. */
  refusals: number;
}

/** Makes a transport; every host has a rate limit of its own. */
export function createTransport(options: TransportOptions): Transport {
  const { clock, counters } = options;
  const hosts = new Map<string, Host>();

  function hostOf(name: string): Host {
    const onWait = (milliseconds: number) => {
      counters.rateLimitWaits += 1;
      options.onWait?.(name, milliseconds);
    };
    const { rps, burst } = options;
    const host = hosts.get(name) ?? {
      bucket: createBucket({ host: name, rps, burst, patience: PATIENCE, clock, onWait }),
      refusals: 0,
    };
    hosts.set(name, host);
    return host;
  }

  async function attempt(ask: Ask, signal: AbortSignal): Promise<Outcome> {
    const host = hostOf(ask.url.host);
    const kind = kindOf(ask.url);
    await host.bucket.take(kind, signal);
    counters.total += 1;
    try {
      const answer = await exchange(ask, options.agents, signal);
      options.onRequest?.(ask.url.host, String(answer.status));
      heed(answer, host, kind);
      return judge(answer);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      options.onRequest?.(ask.url.host, 'error');
      return { error: connectionFailure(error, ask.url), again: isPassing(error) ? 'later' : 'never' };
    }
  }

  /** What the host says of its limits goes for all that is asked of it afterwards. */
  function heed({ status, headers }: Answer, host: Host, kind: Kind): void {
    const retryAfter = first(headers['retry-after']);
    const quota = readQuota(headers, clock.now());
    if (quota !== undefined) host.bucket.heed(kind, quota);
    if (status !== 429) host.refusals = 0;
    if (status === 429 || (status === 503 && retryAfter !== undefined)) {
      host.bucket.pause(pauseAfter(retryAfter, host.refusals, clock.now()));
    }
    if (status === 429) host.refusals += 1;
  }

  return {
    spacing: (host) => hosts.get(host)?.bucket.spacing('lists'),
    async send(ask, signal) {
      if (!allowsAddress(ask.trust, ask.url.hostname)) throw addressRefused(ask.url.host);
      for (let tried = 1; ; tried += 1) {
        const outcome = await attempt(ask, signal);
        if ('answer' in outcome) return outcome.answer;
        if (tried >= ATTEMPTS || outcome.again === 'never') throw outcome.error;
        if (outcome.again === 'later') await clock.sleep(backoff(tried, options.random()), signal);
      }
    },
  };
}

function kindOf({ pathname }: URL): Kind {
  return /\/(?:manifests|blobs)\/[^/]+$/.test(pathname) ? 'images' : 'lists';
}

/** `in turn`: at once, because the bucket waits, or gives up, as long as the host asked. */
type Outcome =
  | { readonly answer: Answer }
  | { readonly error: WeavefluxError; readonly again: 'later' | 'in turn' | 'never' };

function judge(answer: Answer): Outcome {
  const { host } = answer.url;
  if (answer.status === 429) return { error: tooManyRequests(host), again: 'in turn' };
  return answer.status < 500 ? { answer } : { error: serverFailure(host, answer.status), again: 'later' };
}

/** The first value of a header that may come several times. */
export function first(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}

async function exchange(ask: Ask, agents: Agents, signal: AbortSignal): Promise<Answer> {
  const response = await request(ask.url, {
    dispatcher: agents.for(ask.trust, ask.url.host),
    method: ask.method,
    headers: { 'user-agent': 'weaveflux', ...ask.headers },
    ...(ask.body === undefined ? {} : { body: ask.body }),
    headersTimeout: SILENCE,
    bodyTimeout: SILENCE,
    signal: AbortSignal.any([signal, AbortSignal.timeout(DEADLINE)]),
  });
  const body = await readBody(response.body, ask);
  return { status: response.statusCode, headers: response.headers, body, url: ask.url };
}

async function readBody(stream: AsyncIterable<Uint8Array>, ask: Ask): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.byteLength;
    if (size > ask.limit) throw tooLarge(ask.url.host, ask.limit);
    chunks.push(chunk);
  }
  const [only] = chunks;
  if (only !== undefined && chunks.length === 1) return Buffer.from(only.buffer, only.byteOffset, size);
  return Buffer.concat(chunks, size);
}
