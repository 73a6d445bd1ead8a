import type { Verdict } from './types.ts';

/** What is known of digests, by image repository and what is asked of it; bounded. */
export interface VerdictStore {
  /** By digest; with `dueAt` (milliseconds since the epoch) without those that are to be asked for again then. */
  of(key: string, dueAt?: number): ReadonlyMap<string, Verdict>;
  note(key: string, digest: string, verdict: Verdict, now: number): void;
}

interface Entry {
  readonly verdict: Verdict;
  /** When it was first found not to be verified. */
  readonly since: number;
  readonly asked: number;
}

/** Image repositories, and digests of one, that are remembered; the ones noted longest ago go first. */
const REPOSITORIES = 2_000;
const DIGESTS = 5_000;
const SHORTEST = 500;
const LONGEST = 15 * 60_000;

/**
 * Keeps verdicts: one that is verified for good, as content never changes under its digest. Any other is due again soon at first,
 * since images are mostly signed right after their push, then ever less often: half as long as it is known, at most 15 minutes.
 */
export function createVerdictStore(): VerdictStore {
  const stores = new Map<string, Map<string, Entry>>();
  return {
    of(key, dueAt) {
      const entries = stores.get(key) ?? new Map<string, Entry>();
      const known = [...entries].filter(([, entry]) => dueAt === undefined || !isDue(entry, dueAt));
      return new Map(known.map(([digest, { verdict }]) => [digest, verdict]));
    },
    note(key, digest, verdict, now) {
      const entries = stores.get(key) ?? new Map<string, Entry>();
      const since = entries.get(digest)?.since ?? now;
      renew(stores, key, entries, REPOSITORIES);
      renew(entries, digest, { verdict, since, asked: now }, DIGESTS);
    },
  };
}

function isDue(entry: Entry, now: number): boolean {
  return entry.verdict.state !== 'verified' && dueAfter(entry) <= now;
}

function dueAfter({ since, asked }: Entry): number {
  return asked + Math.max(SHORTEST, Math.min(LONGEST, (asked - since) / 2));
}

/** A Map keeps the order of insertion: what is noted anew goes to its end. */
function renew<T>(map: Map<string, T>, key: string, value: T, most: number): void {
  map.delete(key);
  map.set(key, value);
  for (const oldest of map.keys()) {
    if (map.size <= most) return;
    map.delete(oldest);
  }
}
