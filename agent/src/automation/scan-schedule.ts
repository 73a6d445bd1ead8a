import type { Subject } from './subjects.ts';

/** Whether a policy may change a subject's image by itself, so that its tags are described as the policy needs. */
export function isFollowed({ automated, ignored, policy }: Subject): boolean {
  return automated && !ignored && !policy.pinned && policy.invalid === undefined;
}

/** The image repositories in which a policy may change something; of the others only the tags are listed. */
export function followedRepositories(subjects: Iterable<Subject>): ReadonlySet<string> {
  return new Set([...subjects].filter(isFollowed).map(({ image }) => image.canonicalName));
}

/** Says which image repositories are asked when everything is decided. */
export interface ScanSchedule {
  /**
   * Of all repositories with their subjects, those to ask at `now` (milliseconds since the epoch); they count as asked.
   * Followed ones always; others when they or their not being followed is new, and then once an interval.
   */
  due(repositories: ReadonlyMap<string, readonly Subject[]>, now: number): ReadonlySet<string>;
}

/** A schedule that has asked nothing; `interval` is milliseconds, 0 = what is not followed is never asked. */
export function createSchedule(interval: number): ScanSchedule {
  /** When repositories that are not followed were asked. */
  const askedAt = new Map<string, number>();

  function isDue(name: string, subjects: readonly Subject[], now: number): boolean {
    if (subjects.some(isFollowed)) return true;
    if (interval === 0 || subjects.every(({ ignored }) => ignored)) return false;
    const before = askedAt.get(name);
    return before === undefined || now - before >= interval;
  }

  return {
    due(repositories, now) {
      const due = new Set([...repositories].flatMap(([name, subjects]) => (isDue(name, subjects, now) ? [name] : [])));
      for (const name of askedAt.keys()) {
        if (repositories.get(name)?.some(isFollowed) !== false) askedAt.delete(name);
      }
      for (const name of due) if (repositories.get(name)?.some(isFollowed) === false) askedAt.set(name, now);
      return due;
    },
  };
}
