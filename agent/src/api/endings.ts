import type { ServerResponse } from 'node:http';
import { WeavefluxError } from '@weaveflux/shared';

/** Whatever ends a request early, so that none hangs even if what it waits for does. */
export interface Endings {
  /** Rejects with the reason. */
  readonly promise: Promise<never>;
  /** Aborted with the reason. */
  readonly signal: AbortSignal;
  /** From now on there are so many milliseconds. */
  within(deadline: number): void;
  clear(): void;
}

/** Watches for the client to go and for the API to close. */
export function endings(response: ServerResponse, closing: AbortSignal): Endings {
  const controller = new AbortController();
  const { promise, reject } = Promise.withResolvers<never>();
  // Someone else may have won the race: then nobody listens.
  promise.catch(() => undefined);
  let timer: NodeJS.Timeout | undefined;
  const end = (code: 'CANCELLED' | 'TIMEOUT', message: string) => () => {
    const error = new WeavefluxError(code, message);
    controller.abort(error);
    reject(error);
  };
  const gone = end('CANCELLED', 'The client went away.');
  const stopping = end('CANCELLED', 'The agent is stopping; ask again in a moment.');
  response.once('close', gone);
  closing.addEventListener('abort', stopping, { once: true });
  if (closing.aborted) stopping();
  return {
    promise,
    signal: controller.signal,
    within(deadline) {
      clearTimeout(timer);
      timer = setTimeout(
        end('TIMEOUT', `There was no answer within ${deadline / 1000} seconds; ask again later.`),
        deadline,
      );
    },
    clear() {
      clearTimeout(timer);
      response.off('close', gone);
      closing.removeEventListener('abort', stopping);
    },
  };
}
