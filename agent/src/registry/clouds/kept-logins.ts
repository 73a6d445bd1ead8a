import { asWeavefluxError, type WeavefluxError } from '@weaveflux/shared';
import { untilAborted } from '../../concurrency/until-aborted.ts';
import type { Clock } from '../clock.ts';
import type { Credential } from '../credentials.ts';
import { createSharedWork } from '../shared-work.ts';

/** A login that a cloud gave. */
export interface GivenLogin {
  /** `undefined` = the cloud knows nobody here. */
  readonly credential: Credential | undefined;
  /** When it ends, milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Logins by key, each asked for once for all who want it. */
export interface KeptLogins {
  /** Throws what `ask` threw. */
  get(
    key: string,
    ask: (signal: AbortSignal) => Promise<GivenLogin>,
    signal: AbortSignal,
  ): Promise<Credential | undefined>;
}

type Kept = { readonly until: number } & ({ readonly given: GivenLogin } | { readonly failure: WeavefluxError });

/** A login is asked for anew when a tenth of its life is left. */
const USABLE_PART = 0.9;
/** Milliseconds for one question with all its repetitions. */
const DEADLINE = 60_000;
/** Milliseconds for which who gave no login is left alone. */
const REST = 60_000;

/** Keeps logins until shortly before they end, and failures for a minute. */
export function createKeptLogins(clock: Clock): KeptLogins {
  const logins = createSharedWork<Kept>(({ until }) => clock.now() < until);

  async function work(ask: (signal: AbortSignal) => Promise<GivenLogin>): Promise<Kept> {
    const asked = clock.now();
    try {
      const given = await ask(AbortSignal.timeout(DEADLINE));
      return { given, until: asked + (given.expiresAt - asked) * USABLE_PART };
    } catch (error) {
      return { failure: asWeavefluxError(error), until: asked + REST };
    }
  }

  return {
    async get(key, ask, signal) {
      const kept = await untilAborted(
        logins.get(key, () => work(ask)),
        signal,
      );
      if ('failure' in kept) throw kept.failure;
      return kept.given.credential;
    },
  };
}
