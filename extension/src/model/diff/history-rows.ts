import * as l10n from '@vscode/l10n';
import type { HistoryEntry } from '@weaveflux/shared';
import { shortRevision } from '../names.ts';

/** One change of an image, as a line to choose. */
export interface HistoryRow {
  readonly entry: HistoryEntry;
  /** The tag that it brought. */
  readonly tag: string;
  /** The container, where the workload has several; who wanted it. */
  readonly description: string;
  readonly detail: string;
  /** Whether it is left since, so that one may go back to it. */
  readonly isPast: boolean;
}

/** The changes of a workload's images, newest first as they come. `ageOf` says how long ago a time (RFC 3339) was. */
export function historyRows(entries: readonly HistoryEntry[], ageOf: (time: string) => string): HistoryRow[] {
  const newest = new Map<string, string>();
  for (const { container, to } of entries) if (!newest.has(container)) newest.set(container, to);
  const isOne = newest.size < 2;
  return entries.map((entry) => {
    const { commit, container, from, to, policy, requestedBy, rollback } = entry;
    const who = requestedBy ?? commit.author;
    return {
      entry,
      tag: to,
      description: [...(isOne ? [] : [container]), ageOf(commit.time)].filter((part) => part !== '').join(' · '),
      detail: [
        from === to ? l10n.t('new digest') : l10n.t('from {0}', from),
        l10n.t('by {0}', who),
        ...(policy === undefined ? [] : [policy]),
        ...(rollback === undefined ? [] : [l10n.t('not healthy: {0}', rollback)]),
        `${shortRevision(commit.revision)} ${commit.subject}`,
      ].join(' · '),
      isPast: newest.get(container) !== to,
    };
  });
}
