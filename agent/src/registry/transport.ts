import { WeavefluxError } from '@weaveflux/shared';
import { request } from 'undici';
import { type Agents, allowsAddress, type Trust } from './agents.ts';
import { type Bucket, createBucket } from './bucket.ts';
import type { Clock } from './clock.ts';
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
}

/** Requests sent and waits for their turn, so far. */
export interface RequestCounters {
  total: number;
  rateLimitWaits: number;
}

/** What a transport is made of. */
export interface TransportOptions {
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
    const onWait = () => {
      counters.rateLimitWaits += 1;
    };
    const { rps, burst } = options;
    const host = hosts.get(name) ?? {
      bucket: createBucket({ host: name, rps, burst, patience: PATIENCE, clock, onWait }),
      refusals: 0,
    };
    hosts.set(name, host);
    return host;
  }

  async function attempt(ask: Ask, signal: AbortSignal): Promise<Answer | WeavefluxError> {
    const host = hostOf(ask.url.host);
    await host.bucket.take(signal);
    counters.total += 1;
    try {
      const answer = await exchange(ask, options.agents, signal);
      if (answer.status !== 429) host.refusals = 0;
      else host.bucket.pause(pauseAfter(first(answer.headers['retry-after']), host.refusals++, clock.now()));
      return answer;
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      return describeFailure(error, ask.url);
    }
  }

  return {
    async send(ask, signal) {
      if (!allowsAddress(ask.trust, ask.url.hostname)) throw refusedAddress(ask.url.host);
      for (let tried = 1; ; tried += 1) {
        const outcome = await attempt(ask, signal);
        if (outcome instanceof WeavefluxError) {
          if (tried >= ATTEMPTS || !isTransient(outcome)) throw outcome;
        } else if (outcome.status !== 429 && outcome.status < 500) return outcome;
        else if (tried >= ATTEMPTS) throw statusFailure(outcome);
        // After 429 the bucket waits, or gives up, as long as the host asked.
        const refused = !(outcome instanceof WeavefluxError) && outcome.status === 429;
        if (!refused) await clock.sleep(backoff(tried, options.random()), signal);
      }
    },
  };
}

/** The first value of a header that may come several times. */
export function first(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}

async function exchange(ask: Ask, agents: Agents, signal: AbortSignal): Promise<Answer> {
  const response = await request(ask.url, {
    dispatcher: agents.for(ask.trust),
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
    if (size > ask.limit) throw tooLarge(ask);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

function isTransient(error: WeavefluxError): boolean {
  return error.code === 'REGISTRY_UNREACHABLE';
}

/** The failure without the URL's path and query: a redirect's query holds a signature. */
function describeFailure(error: unknown, url: URL): WeavefluxError {
  if (error instanceof WeavefluxError) return error;
  const name = error instanceof Error ? error.name : '';
  if (/Timeout/.test(name)) {
    return new WeavefluxError(
      'TIMEOUT',
      `${url.host} did not answer in time; is it overloaded or blocked by a firewall?`,
    );
  }
  const code = errorCode(error);
  if (code === 'EADDRREFUSED') return refusedAddress(url.host);
  const why = code === undefined ? '' : ` (${code})`;
  const advice = /CERT|SELF_SIGNED|ISSUER|ALTNAME|UNABLE_TO_VERIFY/.test(code ?? '')
    ? 'give its certificate authority by SSL_CERT_FILE or NODE_EXTRA_CA_CERTS, or name it in --registry-insecure-host'
    : 'check its name and that it can be reached from here';
  return new WeavefluxError('REGISTRY_UNREACHABLE', `No connection to the registry host ${url.host}${why}; ${advice}.`);
}

function errorCode(error: unknown): string | undefined {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^[A-Z0-9_]{1,60}$/.test(code) ? code : undefined;
}

function refusedAddress(host: string): WeavefluxError {
  return new WeavefluxError(
    'REGISTRY_AUTH',
    `${host} is at an address inside this network that the registry has no business sending us to; name it in --registry-insecure-host if that is meant.`,
  );
}

function statusFailure(answer: Answer): WeavefluxError {
  const { host } = answer.url;
  if (answer.status !== 429) {
    return new WeavefluxError(
      'REGISTRY_FAILED',
      `${host} answered ${answer.status} ${ATTEMPTS} times; it is tried again at the next scan.`,
    );
  }
  return new WeavefluxError(
    'REGISTRY_RATE_LIMIT',
    `${host} refused ${ATTEMPTS} requests as too many; lower --registry-rps or give it credentials with a higher limit.`,
  );
}

function tooLarge(ask: Ask): WeavefluxError {
  return new WeavefluxError(
    'REGISTRY_FAILED',
    `${ask.url.host} sent more than ${ask.limit} bytes where less is expected; it is not read.`,
  );
}
