import { setTimeout as sleep } from 'node:timers/promises';
import { asWeavefluxError, WeavefluxError } from '@weaveflux/shared';
import { type Lease, leaseSpec, mayTake, type Sighting, sight } from './lease.ts';
import type { LeaseApi } from './lease-api.ts';

/** How an election runs, in milliseconds. */
export interface ElectionTimes {
  /** For how long a renewal counts for the others. */
  readonly duration: number;
  /** Between two renewals. */
  readonly renew: number;
  /** Between two looks of who stands by. */
  readonly look: number;
  /** Before a renewal that failed is tried again. */
  readonly retry: number;
  /** After the last renewal: from then on the holder itself writes nothing more. Less than `duration`. */
  readonly giveUp: number;
}

/** Another takes over within `duration` and `look` of a kill, and a holder has stopped three seconds before that. */
export const ELECTION_TIMES: ElectionTimes = { duration: 10_000, renew: 3_000, look: 1_500, retry: 300, giveUp: 7_000 };

/** What an election is made of. */
export interface ElectionOptions {
  readonly api: LeaseApi;
  /** The Lease's name, for people. */
  readonly name: string;
  /** Unique among the replicas: the pod's name. */
  readonly identity: string;
  readonly now: () => Date;
  /** Milliseconds that only grow. */
  readonly clock: () => number;
  /** Told one sentence when the Lease is lost. */
  readonly warn: (message: string) => void;
  readonly times?: ElectionTimes;
}

/** The time during which this agent holds the Lease. */
export interface Term {
  /** Aborted when the Lease is no longer held. */
  readonly lost: AbortSignal;
  /** Called before each write: throws CANCELLED once the Lease may be another's, also where no timer has run yet. */
  mayWrite(): void;
  /** Ends the renewals and gives the Lease back, so that another need not wait. Call it when nothing is written any more. */
  end(): Promise<void>;
}

/** How a wait for the Lease goes: another holds it, or it cannot be had. */
export type Waiting = { readonly holder: string } | { readonly problem: string };

/** Settles by a Lease which of several agents works. */
export interface Election {
  /** Waits until this agent holds the Lease; `onWait` hears how that goes, once until it changes. Rejects with the signal's reason. */
  win(signal: AbortSignal, onWait: (waiting: Waiting) => void): Promise<Term>;
}

/** An election that nobody has entered yet. */
export function createElection(options: ElectionOptions): Election {
  const { api, identity, clock, now } = options;
  const times = options.times ?? ELECTION_TIMES;

  async function attempt(seen: Sighting | undefined, signal: AbortSignal) {
    const lease = await api.read(signal);
    const sighting = lease === undefined ? undefined : sight(seen, lease, clock());
    if (sighting !== undefined && !mayTake(sighting, identity, clock())) return { sighting };
    const asked = clock();
    const won = await api.write(lease, leaseSpec(lease, identity, times.duration, now()), signal);
    return { sighting, won, asked };
  }

  return {
    async win(signal, onWait) {
      let seen: Sighting | undefined;
      let told = '';
      const tell = (waiting: Waiting): void => {
        const text = JSON.stringify(waiting);
        if (text !== told) onWait(waiting);
        told = text;
      };
      for (;;) {
        try {
          const { sighting, won, asked } = await attempt(seen, signal);
          if (won !== undefined && asked !== undefined) return holdOn(options, times, won, asked);
          seen = sighting;
          const holder = sighting?.lease.holder ?? '';
          if (holder !== '') tell({ holder });
        } catch (error) {
          signal.throwIfAborted();
          tell({ problem: `The Lease ${options.name} cannot be had: ${asWeavefluxError(error).message}` });
        }
        await sleep(times.look, undefined, { signal });
      }
    },
  };
}

/** Renews a Lease that was won by a request begun at `asked`, until it is lost or given back. */
function holdOn(options: ElectionOptions, times: ElectionTimes, won: Lease, asked: number): Term {
  const { api, name, identity, now, clock, warn } = options;
  const lost = new AbortController();
  const ending = new AbortController();
  const signal = AbortSignal.any([lost.signal, ending.signal]);
  let lease = won;
  let renewedAt = asked;
  let limit: NodeJS.Timeout | undefined;

  function lose(why: string): void {
    clearTimeout(limit);
    if (signal.aborted) return;
    warn(`The Lease ${name} is lost: ${why}`);
    lost.abort(noLongerHeld(name));
  }

  function counted(from: number): void {
    renewedAt = from;
    clearTimeout(limit);
    const left = Math.max(0, renewedAt + times.giveUp - clock());
    limit = setTimeout(() => lose('it could not be renewed in time.'), left);
  }

  async function renew(): Promise<void> {
    const begun = clock();
    const written = await api.write(lease, leaseSpec(lease, identity, times.duration, now()), signal);
    if (written !== undefined) {
      lease = written;
      return counted(begun);
    }
    const found = await api.read(signal);
    if (found?.holder !== identity) return lose(`${found?.holder || 'nobody'} holds it.`);
    lease = found;
  }

  async function keep(): Promise<void> {
    let pause = times.renew;
    while (!signal.aborted) {
      await sleep(pause, undefined, { signal });
      // After a write that somebody overtook, the next must follow at once.
      pause = await renew().then(
        () => (clock() - renewedAt >= times.renew ? 0 : times.renew),
        () => times.retry,
      );
    }
  }

  counted(asked);
  const kept = keep().catch(() => undefined);
  return {
    lost: lost.signal,
    mayWrite() {
      if (lost.signal.aborted || clock() - renewedAt >= times.giveUp) throw noLongerHeld(name);
    },
    async end() {
      clearTimeout(limit);
      ending.abort();
      await kept;
      if (lost.signal.aborted) return;
      const spec = leaseSpec(lease, '', times.duration, now());
      await api.write(lease, spec, AbortSignal.timeout(times.look)).catch(() => undefined);
    },
  };
}

function noLongerHeld(name: string): WeavefluxError {
  return new WeavefluxError('CANCELLED', `This agent no longer holds the Lease ${name}; another works in its place.`);
}
