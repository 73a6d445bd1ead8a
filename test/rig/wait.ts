import { setTimeout as sleep } from 'node:timers/promises';

/** What is waited for and how long; `what` stands in the error when the deadline passes. */
export interface Wait {
  readonly what: string;
  /** Milliseconds, 30 000 unless told. */
  readonly deadline?: number;
  /** Milliseconds between two looks, 50 unless told. */
  readonly interval?: number;
  /** Ends the wait early, with its reason as the error. */
  readonly signal?: AbortSignal;
}

/**
 * Asks `look` until it returns something truthy, and returns that. A look that throws counts as "not yet"; when
 * the deadline passes, the error says what was waited for and what the last look ran into.
 */
export async function waitFor<T>(wait: Wait, look: () => Promise<T> | T): Promise<NonNullable<T>> {
  const limit = wait.deadline ?? 30_000;
  const end = Date.now() + limit;
  let last = 'nothing seen yet';
  while (true) {
    wait.signal?.throwIfAborted();
    try {
      const found = await look();
      if (found) return found;
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
    }
    if (Date.now() > end) throw new Error(`waited ${limit / 1000} s for ${wait.what}; last: ${last}`);
    await sleep(wait.interval ?? 50);
  }
}
