import type { Clock } from './clock.ts';
import { tooManyUntil } from './failures.ts';
import { type Quota, spacingOf } from './quota.ts';
import type { Pause } from './retry.ts';

/** What hosts count: reading images is limited elsewhere than listing their tags (Docker Hub counts only the former). */
export type Kind = 'images' | 'lists';

/** How far apart a host wants requests. */
export interface Spacing {
  /** Between two requests. */
  readonly milliseconds: number;
  /** When it ends, milliseconds since 1970. */
  readonly until: number;
}

/** Lets requests to one host through at a rate. */
export interface Bucket {
  /** Waits for this request's turn. REGISTRY_RATE_LIMIT at once where the host asked for a pause longer than worth waiting. */
  take(kind: Kind, signal: AbortSignal): Promise<void>;
  /** No request before the pause is over. */
  pause(pause: Pause): void;
  /** What the host said is left for requests of this kind; requests are spread where it is little. */
  heed(kind: Kind, quota: Quota): void;
  /** How far apart requests of this kind are now; `undefined` = only as the rate says. */
  spacing(kind: Kind): Spacing | undefined;
}

/** What a bucket is made of. */
export interface BucketOptions {
  readonly host: string;
  /** Requests a second. */
  readonly rps: number;
  /** How many may go at once after a rest. */
  readonly burst: number;
  /** Milliseconds of a host's pause that a request waits out; a longer one fails it. */
  readonly patience: number;
  readonly clock: Clock;
  /** Called each time a request has to wait, with the milliseconds. */
  readonly onWait: (milliseconds: number) => void;
}

interface Spread extends Spacing {
  readonly next: number;
}

/** A token bucket, kept as the time at which it would be full again; what a host says goes before the rate. */
export function createBucket(options: BucketOptions): Bucket {
  const { clock, host, patience } = options;
  const interval = 1000 / options.rps;
  const credit = interval * Math.max(1, options.burst);
  const spreads = new Map<Kind, Spread>();
  let fullAt = 0;
  let pausedUntil = 0;
  let pausedFor: number | undefined;

  async function waitFor(until: number, signal: AbortSignal): Promise<void> {
    const wait = until - clock.now();
    if (wait <= 0) return;
    options.onWait(wait);
    await clock.sleep(wait, signal);
  }

  function spreadOf(kind: Kind): Spread | undefined {
    const spread = spreads.get(kind);
    if (spread !== undefined && spread.until <= clock.now()) spreads.delete(kind);
    return spreads.get(kind);
  }

  /** When the host lets the next request of this kind through. */
  function turnOf(kind: Kind): number {
    const spread = spreadOf(kind);
    return Math.max(pausedUntil, spread?.next ?? 0);
  }

  return {
    async take(kind, signal) {
      signal.throwIfAborted();
      const turn = turnOf(kind);
      if (turn - clock.now() > patience) {
        throw tooManyUntil(host, turn, turn === pausedUntil ? pausedFor : undefined);
      }
      const spread = spreadOf(kind);
      if (spread !== undefined)
        spreads.set(kind, { ...spread, next: Math.max(turn, clock.now()) + spread.milliseconds });
      fullAt = Math.max(fullAt, clock.now()) + interval;
      await waitFor(Math.max(fullAt - credit, turn), signal);
    },
    pause({ milliseconds, asked }) {
      const until = clock.now() + milliseconds;
      if (until <= pausedUntil) return;
      pausedUntil = until;
      pausedFor = asked;
    },
    heed(kind, quota) {
      const milliseconds = spacingOf(quota);
      if (milliseconds === 0) {
        spreads.delete(kind);
        return;
      }
      const now = clock.now();
      const next = Math.max(spreadOf(kind)?.next ?? 0, now + milliseconds);
      spreads.set(kind, { milliseconds, until: Math.max(next, now + quota.resetIn), next });
    },
    spacing(kind) {
      const spread = spreadOf(kind);
      return spread && { milliseconds: spread.milliseconds, until: spread.until };
    },
  };
}
