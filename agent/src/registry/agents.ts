import { lookup } from 'node:dns';
import { readFileSync } from 'node:fs';
import type { LookupFunction } from 'node:net';
import { createSecureContext, getCACertificates } from 'node:tls';
import { WeavefluxError } from '@weaveflux/shared';
import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici';
import { type Reach, reachOf } from './addresses.ts';
import { ADDRESS_REFUSED } from './failures.ts';
import type { Proxies } from './proxies.ts';

/**
 * Whom a connection goes to. `own`: the registry, anywhere but where clouds keep their credentials. `insecure`: a host
 * that a person named, without TLS checks. `foreign`: where a registry sends us, public addresses only;
 * `neighbour`: the same for a registry that is itself at a private address.
 */
export type Trust = 'own' | 'insecure' | 'foreign' | 'neighbour';

/** Connections that are kept and reused, one set for each kind of trust. */
export interface Agents {
  for(trust: Trust): Dispatcher;
  close(): Promise<void>;
}

const FORBIDDEN: Record<Trust, ReadonlySet<Reach>> = {
  own: new Set(['link-local']),
  insecure: new Set(),
  foreign: new Set(['link-local', 'private']),
  neighbour: new Set(['link-local']),
};

const CONNECT_TIMEOUT = 10_000;
const CONNECTIONS_PER_HOST = 16;

/**
 * Makes agents that trust the machine's certificate authorities, Node's (with NODE_EXTRA_CA_CERTS) and those of one more PEM file.
 * What goes through a proxy is resolved there, so that only addresses written in URLs are judged here.
 */
export function createAgents(caFile?: string, proxies?: Proxies): Agents {
  const made = new Map<Trust, Dispatcher>();
  function make(trust: Trust): Dispatcher {
    const tls = trust === 'insecure' ? { rejectUnauthorized: false } : { secureContext: trusted() };
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
  return {
    for(trust) {
      const agent = made.get(trust) ?? make(trust);
      made.set(trust, agent);
      return agent;
    },
    async close() {
      await Promise.all([...made.values()].map((agent) => agent.destroy()));
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
