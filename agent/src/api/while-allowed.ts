import { asWeavefluxError } from '@weaveflux/shared';
import type { Authorizer, Caller, Verb } from './authorizer.ts';
import { httpStatus } from './http-error.ts';

/** What a caller is doing, and how to find out again whether they may. */
export interface Doing {
  readonly authorizer: Authorizer;
  readonly header: string | undefined;
  readonly caller: Caller;
  readonly verb: Verb;
  /** Milliseconds between looks. */
  readonly every: number;
}

/**
 * A signal that is aborted when the caller's token ends, or when it or the right is found to be taken away. While that
 * cannot be found out, what was true last holds. `clear` when the doing is over.
 */
export function whileAllowed({ authorizer, header, caller, verb, every }: Doing): {
  readonly signal: AbortSignal;
  clear(): void;
} {
  const over = new AbortController();
  const looking = new AbortController();
  let timer: NodeJS.Timeout | undefined;

  function next(): void {
    // Timers may be early by a fraction of a millisecond: then a token would not have ended yet.
    timer = setTimeout(look, Math.max(Math.min(every, Math.ceil(caller.remaining()) + 1), 0));
  }

  async function look(): Promise<void> {
    if (caller.remaining() > 0 && (await isAllowed())) next();
    else over.abort();
  }

  async function isAllowed(): Promise<boolean> {
    try {
      await (await authorizer.authenticate(header, looking.signal)).require([verb], looking.signal);
      return true;
    } catch (error) {
      return httpStatus(asWeavefluxError(error)) >= 500 && !looking.signal.aborted;
    }
  }

  next();
  return {
    signal: over.signal,
    clear() {
      clearTimeout(timer);
      looking.abort();
    },
  };
}
