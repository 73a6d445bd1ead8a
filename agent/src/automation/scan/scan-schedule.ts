import type { Subject } from '../subjects.ts';

/** Whether a policy may change a subject's image by itself, so that its tags are described as the policy needs. */
export function isFollowed({ automated, ignored, policy }: Subject): boolean {
  return automated && !ignored && !policy.pinned && policy.invalid === undefined;
}

/** The image repositories in which a policy may change something; of the others only the tags are listed. */
export function followedRepositories(subjects: Iterable<Subject>): ReadonlySet<string> {
  return new Set([...subjects].filter(isFollowed).map(({ image }) => image.canonicalName));
}

/** The registry host of a canonical name. */
export function hostOf(repository: string): string {
  return repository.slice(0, repository.indexOf('/'));
}

/** Says when image repositories that are not followed are asked. */
export interface ScanSchedule {
  /**
   * Of all repositories with their subjects, those to ask at `now` (milliseconds since the epoch); they count as asked. One
   * that is new, or was followed until now, is asked at once, then once an interval; one that is ignored everywhere never.
   */
  due(repositories: ReadonlyMap<string, readonly Subject[]>, now: number): ReadonlySet<string>;
  /** Somebody says that these have news: they are due at once, where any are. */
  hasten(names: Iterable<string>): void;
}

/** A schedule by which nothing was asked yet; `interval` is milliseconds, 0 = never. */
export function createSchedule(interval: number): ScanSchedule {
  const askedAt = new Map<string, number>();

  return {
    due(repositories, now) {
      const concerned = new Map([...repositories].filter(([, subjects]) => isListed(subjects)));
      for (const name of askedAt.keys()) if (!concerned.has(name)) askedAt.delete(name);
      if (interval === 0) return new Set();
      const due = [...concerned.keys()].filter(
        (name) => now - (askedAt.get(name) ?? Number.NEGATIVE_INFINITY) >= interval,
      );
      for (const name of due) askedAt.set(name, now);
      return new Set(due);
    },
    hasten(names) {
      for (const name of names) askedAt.delete(name);
    },
  };
}

function isListed(subjects: readonly Subject[]): boolean {
  return !subjects.some(isFollowed) && !subjects.every(({ ignored }) => ignored);
}
