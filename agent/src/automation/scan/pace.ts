import type { Problem } from '@weaveflux/shared';
import type { Spacing } from '../../registry/types.ts';

/** Says when image repositories that policies wait for are asked: each pass, or less often where that is of no use. */
export interface Pace {
  /** Whether the repository is to be asked at `now`, milliseconds since the epoch. */
  isDue(repository: string, now: number): boolean;
  /** What came of a scan that began at `now`. */
  scanned(repository: string, outcome: Outcome, now: number): void;
  /** Somebody says that these have news: they are due at once. */
  hasten(repositories: Iterable<string>): void;
}

/** How a scan ended. */
export interface Outcome {
  readonly problem: Problem | undefined;
  /** How far apart the host wants requests, where it says that few are left. */
  readonly spacing: Spacing | undefined;
  /** How many image repositories share what the host leaves. */
  readonly sharers: number;
}

interface Rest {
  /** Failed scans since the last good one. */
  readonly failures: number;
  readonly until: number;
}

/** Milliseconds; a repository that fails is asked at least so often. */
const MAX_REST = 15 * 60_000;

/** A host that is ill or asks for peace. Not what a person may be mending at this moment: credentials, a name, a missing image. */
const TIRING = new Set<Problem['code']>(['REGISTRY_RATE_LIMIT', 'REGISTRY_UNREACHABLE', 'REGISTRY_FAILED', 'TIMEOUT']);

/** A pace by which everything is due; `interval` is the milliseconds between two passes. */
export function createPace(interval: number): Pace {
  const rests = new Map<string, Rest>();

  return {
    isDue: (repository, now) => (rests.get(repository)?.until ?? 0) <= now,
    scanned(repository, { problem, spacing, sharers }, now) {
      const failures =
        problem !== undefined && TIRING.has(problem.code) ? (rests.get(repository)?.failures ?? 0) + 1 : 0;
      const rest = failures > 0 ? restAfter(failures, interval) : shareOf(spacing, sharers, now);
      if (failures === 0 && rest === 0) rests.delete(repository);
      else rests.set(repository, { failures, until: now + rest });
    },
    hasten(repositories) {
      for (const name of repositories) rests.delete(name);
    },
  };
}

/** The second failure in a row leaves out one pass, the third three, then seven; half a pass less, as passes are never quite on time. */
function restAfter(failures: number, interval: number): number {
  if (failures === 1) return 0;
  return Math.min(MAX_REST, interval * (2 ** Math.min(failures - 1, 20) - 0.5));
}

/** All repositories of a host take their turn while it leaves few requests, and no longer. */
function shareOf(spacing: Spacing | undefined, sharers: number, now: number): number {
  return spacing === undefined ? 0 : Math.max(0, Math.min(spacing.milliseconds * sharers, spacing.until - now));
}
