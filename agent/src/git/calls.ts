import { WeavefluxError } from '@weaveflux/shared';
import { Queue } from '../concurrency/queue.ts';
import type { Access, Grant } from './access.ts';
import { type CallContext, gitFailure, isCorrupt } from './failure.ts';
import type { Remote } from './remote.ts';
import type { Timed } from './stopwatch.ts';

/** What the calls of one repository have in common. */
export interface CallsParts {
  readonly remote: Remote;
  /** Milliseconds, for the words of an error. */
  readonly timeout: number;
  readonly access: Access;
  readonly timed: Timed;
  /** Called when a call shows that the mirror is damaged. */
  onCorrupt(): void;
}

/** Runs the calls of one repository, each until it is closed, and gives their failures as errors of ours. */
export interface Calls {
  /** One after the other. */
  exclusively<T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Calls that stay on this machine. */
  locally<T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** A call to the remote; what it takes is told. */
  remotely<T>(grant: Grant, operation: Parameters<Timed>[0], work: () => Promise<T>): Promise<T>;
  /** The failure of a call to the remote. */
  failed(error: unknown, grant: Grant): WeavefluxError;
  /** Runs when nothing else does; whether it fails does not matter. */
  later(work: (signal: AbortSignal) => Promise<void>): void;
  /** Aborted when the repository is closed, too. */
  until(signal: AbortSignal): AbortSignal;
  context(grant?: Grant): CallContext;
  close(): Promise<void>;
}

/** The calls of a repository that is open until they are closed. */
export function createCalls({ remote, timeout, access, timed, onCorrupt }: CallsParts): Calls {
  const queue = new Queue();
  const closing = new AbortController();
  const until = (signal: AbortSignal): AbortSignal => AbortSignal.any([signal, closing.signal]);

  function context(grant?: Grant): CallContext {
    const { kind, host, url } = remote;
    return { url, kind, host, timeout, secrets: grant?.secrets ?? [] };
  }

  async function locally<T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    try {
      return await work(until(signal));
    } catch (error) {
      if (isCorrupt(error) || (error instanceof WeavefluxError && /^The mirror lacks/.test(error.message))) onCorrupt();
      throw gitFailure(error, { ...context(), kind: 'file' });
    }
  }

  function failed(error: unknown, grant: Grant): WeavefluxError {
    const failure = gitFailure(error, context(grant));
    if (failure.code === 'GIT_AUTH' || failure.code === 'GIT_HOST_KEY') access.refused();
    return failure;
  }

  return {
    locally,
    failed,
    until,
    context,
    exclusively(signal, work) {
      const both = until(signal);
      return queue.run(() => locally(both, work));
    },
    async remotely(grant, operation, work) {
      try {
        return await timed(operation, work);
      } catch (error) {
        throw failed(error, grant);
      }
    },
    later(work) {
      queue.run(() => work(closing.signal)).catch(() => undefined);
    },
    async close() {
      closing.abort();
      await queue.idle();
    },
  };
}
