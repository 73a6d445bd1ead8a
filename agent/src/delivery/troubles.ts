import { DELIVERY_BACKOFF, retryDelay } from '../plan/backoff.ts';

/** What goes wrong again and again, by key: each told once, tried again ever less often. */
export interface Troubles {
  /** Takes one down; `news` unless it was the last one's message, too. `retryAt` = when to try again. */
  note(key: string, message: string): { readonly news: boolean; readonly retryAt: Date };
  /** Forgets all others. */
  keep(isKept: (key: string) => boolean): void;
  /** It went well; says whether there had been trouble. */
  over(key: string): boolean;
}

/** No troubles yet. */
export function createTroubles(now: () => Date, random: () => number): Troubles {
  const known = new Map<string, { message: string; attempt: number }>();
  return {
    note(key, message) {
      const before = known.get(key);
      const attempt = (before?.attempt ?? 0) + 1;
      known.set(key, { message, attempt });
      const retryAt = new Date(now().getTime() + retryDelay(attempt, DELIVERY_BACKOFF, random));
      return { news: before?.message !== message, retryAt };
    },
    keep(isKept) {
      for (const key of known.keys()) if (!isKept(key)) known.delete(key);
    },
    over: (key) => known.delete(key),
  };
}
