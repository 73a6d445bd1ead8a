import { WeavefluxError } from '@weaveflux/shared';
import type { Clock } from './clock.ts';

/** Lets requests to one host through at a rate. */
export interface Bucket {
  /** Waits for this request's turn. REGISTRY_RATE_LIMIT at once where the host asked for a pause longer than worth waiting. */
  take(signal: AbortSignal): Promise<void>;
  /** No request before this many milliseconds from now. */
  pause(milliseconds: number): void;
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

/** A token bucket, kept as the time at which it would be full again. */
export function createBucket(options: BucketOptions): Bucket {
  const { clock, host, patience } = options;
  const interval = 1000 / options.rps;
  const credit = interval * Math.max(1, options.burst);
  let fullAt = 0;
  let pausedUntil = 0;

  async function waitFor(until: number, signal: AbortSignal): Promise<void> {
    const wait = until - clock.now();
    if (wait <= 0) return;
    options.onWait(wait);
    await clock.sleep(wait, signal);
  }

  return {
    async take(signal) {
      signal.throwIfAborted();
      const pause = pausedUntil - clock.now();
      if (pause > patience) throw tooMany(host, pausedUntil);
      fullAt = Math.max(fullAt, clock.now()) + interval;
      await waitFor(Math.max(fullAt - credit, pausedUntil), signal);
    },
    pause(milliseconds) {
      pausedUntil = Math.max(pausedUntil, clock.now() + milliseconds);
    },
  };
}

function tooMany(host: string, until: number): WeavefluxError {
  return new WeavefluxError(
    'REGISTRY_RATE_LIMIT',
    `${host} allows no more requests until ${new Date(until).toISOString()}; lower --registry-rps or give it credentials with a higher limit.`,
  );
}
