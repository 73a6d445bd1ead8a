import { connect } from 'node:tls';
import { type ClusterAccess, type ClusterCredentials, clusterTls } from '@weaveflux/shared/node';
import { type Dispatcher, Pool } from 'undici';
import { untilAborted } from '../../concurrency/until-aborted.ts';

/** What is sent; `path` with its query. */
export interface WireRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly signal: AbortSignal;
  /** A watch: it has connections of its own and no deadline for its body but this silence, in milliseconds. */
  readonly watchSilence?: number;
}

/** The connections to one API server. Errors are those of undici. */
export interface Transport {
  /** `verb` as RBAC names it, for whoever counts. */
  send(request: WireRequest, renewCredentials: boolean, verb: string): Promise<Dispatcher.ResponseData>;
  close(): Promise<void>;
}

/** Connections are kept for as many requests as are ever in flight; those without work are closed again. */
const REQUESTS = { allowH2: false, connections: 32, pipelining: 1 };
/**
 * Watches are held open, as many as there are: HTTP/2 carries 64 on one connection, with HTTP/1.1 each has its own. Requests do not go
 * that way: a stream of Node's http2 that is aborted before its body is sent can keep the event loop busy for ever.
 */
const HTTP2_WATCHES = { allowH2: true, connections: null, pipelining: 64, h2Options: { maxConcurrentStreams: 64 } };
const HTTP1_WATCHES = { allowH2: false, connections: null, pipelining: 1 };

/** Milliseconds without a byte after which a connection counts as dead. */
const SILENCE = 25_000;

interface Pools {
  readonly requests: Pool;
  readonly watches: Pool;
  readonly certificate: string | undefined;
}

/** Connects when first used; again when the client's certificate changes. */
export function createTransport(access: ClusterAccess): Transport {
  const url = new URL(access.server);
  const base = url.pathname.replace(/\/+$/, '');
  let pools: Promise<Pools> | undefined;
  let closed = false;

  function opened(credentials: ClusterCredentials): Promise<Pools> {
    const opening = open(access, url, credentials);
    pools = opening;
    opening.catch(() => {
      if (pools === opening) pools = undefined;
    });
    return opening;
  }

  async function poolsFor(credentials: ClusterCredentials): Promise<Pools> {
    const before = pools;
    if (before === undefined) return opened(credentials);
    const held = await before;
    if (held.certificate === credentials.certificate?.cert) return held;
    if (pools !== before) return poolsFor(credentials);
    closeLater(held);
    return opened(credentials);
  }

  return {
    async send(request, renewCredentials) {
      if (closed) throw new DOMException('The connection to the cluster is closed.', 'AbortError');
      const credentials = await access.credentials(renewCredentials);
      const { requests, watches } = await untilAborted(poolsFor(credentials), request.signal);
      const silence = request.watchSilence;
      const response = (silence === undefined ? requests : watches).request({
        method: request.method,
        path: base + request.path,
        headers: { ...request.headers, ...credentials.headers },
        body: request.body ?? null,
        signal: request.signal,
        headersTimeout: silence ?? SILENCE,
        bodyTimeout: silence ?? SILENCE,
      });
      // One that waits for a connection does not hear its signal before it has one.
      return untilAborted(response, request.signal);
    },
    async close() {
      closed = true;
      const held = await pools?.catch(() => undefined);
      await Promise.all([held?.requests.destroy(), held?.watches.destroy()]);
    },
  };
}

async function open(access: ClusterAccess, url: URL, credentials: ClusterCredentials): Promise<Pools> {
  const tls = clusterTls(access, credentials);
  const http2 = url.protocol === 'https:' && (await speaksHttp2(url, tls));
  const common = { connect: { ...tls, timeout: 10_000 }, keepAliveTimeout: 30_000 };
  return {
    requests: new Pool(url.origin, { ...common, ...REQUESTS }),
    watches: new Pool(url.origin, { ...common, ...(http2 ? HTTP2_WATCHES : HTTP1_WATCHES) }),
    certificate: credentials.certificate?.cert,
  };
}

/** Asks by ALPN (RFC 7301), because how many requests a connection takes is settled before it exists. */
function speaksHttp2(url: URL, tls: { rejectUnauthorized: boolean; servername?: string }): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const named = /[a-z]/i.test(host) && !host.includes(':') ? { servername: host } : {};
    const port = url.port === '' ? 443 : Number(url.port);
    const socket = connect({ ...named, ...tls, host, port, ALPNProtocols: ['h2', 'http/1.1'], timeout: 10_000 });
    socket.once('secureConnect', () => {
      resolve(socket.alpnProtocol === 'h2');
      socket.destroy();
    });
    socket.once('timeout', () => socket.destroy(new Error(`no TLS handshake with ${url.host} within 10 s`)));
    socket.once('error', reject);
  });
}

function closeLater(pools: Pools): void {
  void pools.requests.close().catch(() => {});
  void pools.watches.destroy().catch(() => {});
}
