import { lookup } from 'node:dns';
import { readFileSync } from 'node:fs';
import type { LookupFunction } from 'node:net';
import { createSecureContext, getCACertificates } from 'node:tls';
import { WeavefluxError } from '@weaveflux/shared';
import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici';
import { type Reach, reachOf } from './addresses.ts';
import { ADDRESS_REFUSED } from './failures.ts';
import { type HostCertificates, readHostCertificates } from './host-certificates.ts';
import type { Proxies } from './proxies.ts';

/**
 * Whom a connection goes to. `own`: the registry, anywhere but where clouds keep their credentials. `insecure`: a host
 * that a person named, without TLS checks. `foreign`: where a registry sends us, public addresses only;
 * `neighbour`: the same for a registry that is itself at a private address.
 */
export type Trust = 'own' | 'insecure' | 'foreign' | 'neighbour';

/** Connections that are kept and reused: one set for each kind of trust, and one for each registry with certificates of its own. */
export interface Agents {
  /** For a host, with its port where the URL has one. */
  for(trust: Trust, host: string): Dispatcher;
  close(): Promise<void>;
}

/** What agents are made of. */
export interface AgentsOptions {
  /** A PEM file of more certificate authorities. */
  readonly caFile?: string | undefined;
  readonly proxies?: Proxies | undefined;
  /** A folder in the layout of Docker's `certs.d`, read anew every ten minutes. */
  readonly certificates?: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const FORBIDDEN: Record<Trust, ReadonlySet<Reach>> = {
  own: new Set(['link-local']),
  insecure: new Set(),
  foreign: new Set(['link-local', 'private']),
  neighbour: new Set(['link-local']),
};

const CONNECT_TIMEOUT = 10_000;
const CONNECTIONS_PER_HOST = 16;
/** How long certificates of a host are used before they are read again, in milliseconds. */
const CERTIFICATES_LIFE = 10 * 60_000;

interface Made {
  readonly dispatcher: Dispatcher;
  readonly until: number;
}

/**
 * Makes agents that trust the machine's certificate authorities, Node's (with NODE_EXTRA_CA_CERTS) and those of one more PEM file.
 * What goes through a proxy is resolved there, so that only addresses written in URLs are judged here.
 */
export function createAgents({ caFile, proxies, certificates, now }: AgentsOptions): Agents {
  const made = new Map<string, Made>();
  function make(trust: Trust, own: HostCertificates | undefined): Dispatcher {
    const secureContext = own === undefined ? trusted() : contextOf(own);
    const tls = trust === 'insecure' ? { rejectUnauthorized: false, ...own?.client } : { secureContext };
    const direct = {
      allowH2: false,
      connections: CONNECTIONS_PER_HOST,
      connect: { ...tls, timeout: CONNECT_TIMEOUT, lookup: guardedLookup(FORBIDDEN[trust]) },
    };
    if (proxies === undefined) return new Agent(direct);
    return new EnvHttpProxyAgent({ ...direct, ...proxies, requestTls: tls, proxyTls: { secureContext: trusted() } });
  }
  // Read once: a context of several hundred authorities takes 30 ms and some memory to make.
  let context: ReturnType<typeof createSecureContext> | undefined;
  function trusted(): ReturnType<typeof createSecureContext> {
    context ??= createSecureContext({ ca: authorities(caFile) });
    return context;
  }
  function contextOf({ authorities: more, client }: HostCertificates): ReturnType<typeof createSecureContext> {
    return createSecureContext({ ca: [...authorities(caFile), ...more], ...client });
  }
  function certificatesOf(trust: Trust, host: string): HostCertificates | undefined {
    if (certificates === undefined || trust === 'foreign' || trust === 'neighbour') return undefined;
    return readHostCertificates(certificates, host);
  }
  function kept(key: string): Dispatcher | undefined {
    const agent = made.get(key);
    if (agent === undefined || agent.until > now()) return agent?.dispatcher;
    made.delete(key);
    // What is under way ends first.
    void agent.dispatcher.close();
    return undefined;
  }
  return {
    for(trust, host) {
      const key = certificates === undefined ? trust : `${trust} ${host}`;
      const found = kept(key);
      if (found !== undefined) return found;
      const dispatcher = make(trust, certificatesOf(trust, host));
      const until = certificates === undefined ? Number.POSITIVE_INFINITY : now() + CERTIFICATES_LIFE;
      made.set(key, { dispatcher, until });
      return dispatcher;
    },
    async close() {
      await Promise.all([...made.values()].map(({ dispatcher }) => dispatcher.destroy()));
    },
  };
}

/** Whether an address written in a URL may be connected to; names are judged when they are resolved. */
export function allowsAddress(trust: Trust, hostname: string): boolean {
  const reach = reachOf(hostname);
  return reach === undefined || !FORBIDDEN[trust].has(reach);
}

function authorities(caFile: string | undefined): string[] {
  const all = new Set([...getCACertificates('default'), ...getCACertificates('system')]);
  if (caFile !== undefined) all.add(readAuthorities(caFile));
  return [...all];
}

function readAuthorities(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const message = `The certificate authorities in ${path} cannot be read; check SSL_CERT_FILE.`;
    throw new WeavefluxError('UNREADABLE_FILE', message, { cause });
  }
}

/** Judges the very address that is connected to, so a name that resolves differently the second time gains nothing. */
function guardedLookup(forbidden: ReadonlySet<Reach>): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '', 0);
      const allowed = addresses.filter(({ address }) => !forbidden.has(reachOf(address) ?? 'public'));
      const [first] = allowed;
      if (first === undefined) return callback(refused(hostname), '', 0);
      return options.all ? callback(null, allowed) : callback(null, first.address, first.family);
    });
  };
}

function refused(hostname: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${hostname} resolves to an address that is not asked`), { code: ADDRESS_REFUSED });
}
