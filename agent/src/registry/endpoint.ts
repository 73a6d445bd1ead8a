import { lookup } from 'node:dns/promises';
import { WeavefluxError } from '@weaveflux/shared';
import { untilAborted } from '../concurrency/until-aborted.ts';
import { reachOf } from './addresses.ts';
import type { Trust } from './agents.ts';
import { type Challenge, chooseChallenge, parseChallenges } from './challenge.ts';
import type { Place } from './place.ts';
import { createSharedWork } from './shared-work.ts';
import type { Transport } from './transport.ts';

/** How one registry host is spoken to. */
export interface Endpoint {
  /** `https://ghcr.io`; http only for hosts that a person named as insecure. */
  readonly base: string;
  readonly trust: Trust;
  /** What the registry asks for; `undefined` = nothing. */
  readonly challenge: Challenge | undefined;
}

/** Finds out, once, how hosts are spoken to. */
export interface Endpoints {
  of(place: Place, signal: AbortSignal): Promise<Endpoint>;
  /** Keeps another challenge than the first one. */
  learn(place: Place, challenge: Challenge): void;
  /** Asks again the next time: the host was gone. */
  forget(place: Place): void;
  /**
   * How far another place that the registry names may be trusted. `withSecrets`: a credential would be sent there.
   * REGISTRY_AUTH where it may not be asked.
   */
  trustOf(url: URL, place: Place, withSecrets: boolean): Promise<Trust>;
}

const PING_LIMIT = 64 * 1024;
const DEADLINE = 90_000;

/** Makes them; `insecureHosts` are host names with or without port, as in `--registry-insecure-host`. */
export function createEndpoints(transport: Transport, insecureHosts: readonly string[]): Endpoints {
  const insecure = new Set(insecureHosts.map((host) => host.toLowerCase()));
  const found = createSharedWork<Endpoint>();
  const learned = new Map<string, Challenge>();

  function isInsecure(host: string, hostname: string): boolean {
    return insecure.has(host) || insecure.has(hostname);
  }

  async function discover(place: Place): Promise<Endpoint> {
    const signal = AbortSignal.timeout(DEADLINE);
    const trust = isInsecure(place.host, place.hostname) ? 'insecure' : 'own';
    const bases = trust === 'insecure' ? ['https', 'http'] : ['https'];
    let failure: unknown;
    for (const scheme of bases) {
      try {
        return await ping(`${scheme}://${place.host}`, trust, transport, signal);
      } catch (error) {
        failure = error;
        if (!(error instanceof WeavefluxError && error.code === 'REGISTRY_UNREACHABLE')) break;
      }
    }
    throw failure;
  }

  return {
    async of(place, signal) {
      const endpoint = await untilAborted(
        found.get(place.host, () => discover(place)),
        signal,
      );
      const challenge = learned.get(place.host);
      return challenge === undefined ? endpoint : { ...endpoint, challenge };
    },
    learn(place, challenge) {
      learned.set(place.host, challenge);
    },
    forget(place) {
      found.forget(place.host);
      learned.delete(place.host);
    },
    async trustOf(url, place, withSecrets) {
      const { host, hostname } = url;
      if (isInsecure(host, hostname)) return 'insecure';
      if (withSecrets && url.protocol !== 'https:') throw plainText(host, place.host);
      if (hostname === place.hostname) return 'own';
      if (reachOf(hostname) !== undefined && reachOf(hostname) !== 'public') throw inside(host, place.host);
      return (await isPrivate(place.hostname)) ? 'neighbour' : 'foreign';
    },
  };
}

async function ping(base: string, trust: Trust, transport: Transport, signal: AbortSignal): Promise<Endpoint> {
  const url = new URL('/v2/', base);
  const answer = await transport.send({ method: 'GET', url, headers: {}, trust, limit: PING_LIMIT }, signal);
  const challenges = answer.status === 401 ? parseChallenges(answer.headers['www-authenticate']) : [];
  return { base, trust, challenge: chooseChallenge(challenges) };
}

/** A registry inside a private network may name neighbours there (GitLab's auth server); one on the internet may not. */
async function isPrivate(hostname: string): Promise<boolean> {
  const reach = reachOf(hostname);
  if (reach !== undefined) return reach === 'private';
  try {
    const addresses = await lookup(hostname, { all: true });
    return addresses.length > 0 && addresses.every(({ address }) => reachOf(address) === 'private');
  } catch {
    return false;
  }
}

function plainText(host: string, registry: string): WeavefluxError {
  return new WeavefluxError(
    'REGISTRY_AUTH',
    `${registry} wants the credentials sent to ${host} without encryption; name ${host} in --registry-insecure-host if that is meant.`,
  );
}

function inside(host: string, registry: string): WeavefluxError {
  return new WeavefluxError(
    'REGISTRY_AUTH',
    `${registry} sends us to ${host}, an address inside a private network; name it in --registry-insecure-host if that is meant.`,
  );
}
