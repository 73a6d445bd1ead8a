import type { HistoryEntry } from '@weaveflux/shared';

/** A tag that a container had before. */
export interface RollbackChoice {
  readonly tag: string;
  /** When it was left, RFC 3339. */
  readonly leftAt: string;
  /** Subject of the commit that left it. */
  readonly subject: string;
  /** Who asked for that, else who committed it. */
  readonly by: string;
}

/** The tags that a container had before, the last one first, each once; from history that is newest first. */
export function rollbackChoices(
  history: readonly HistoryEntry[],
  container: string,
  current: string,
): readonly RollbackChoice[] {
  const choices = new Map<string, RollbackChoice>();
  for (const { container: changed, from, commit, requestedBy } of history) {
    if (changed !== container || from === '' || from === current || choices.has(from)) continue;
    choices.set(from, {
      tag: from,
      leftAt: commit.time,
      subject: commit.subject,
      by: requestedBy ?? commit.author,
    });
  }
  return [...choices.values()];
}
