import type { Difference } from '@weaveflux/shared';

/** Times in milliseconds. */
export const CONTEST = {
  /** Corrections of one field within `window` that make it contested. */
  corrections: 3,
  window: 10 * 60_000,
  /** A contested field is corrected once in this time. */
  interval: 5 * 60_000,
  /** Fields remembered an object; the ones seen longest ago go. */
  fields: 64,
} as const;

/** What is remembered of one field that others change. Times in milliseconds since the epoch. */
export interface FieldHistory {
  /** The last corrections within the window, oldest first, at most `CONTEST.corrections`. */
  readonly corrected: readonly number[];
  /** When it was last seen to differ. */
  readonly seen: number;
  /** Contested stays so until the field has been quiet for a whole window. */
  readonly contested: boolean;
  /** The other one, as the cluster names it. */
  readonly manager: string | undefined;
}

/** By the pointer of the field. */
export type Fields = ReadonlyMap<string, FieldHistory>;

/** The histories after these differences were seen: quiet ones forgotten, contested ones marked. */
export function see(fields: Fields, differences: readonly Difference[], now: number): Fields {
  const next = new Map([...fields].filter(([, { seen }]) => now - seen < CONTEST.window));
  for (const { path, manager } of differences) {
    const before = next.get(path);
    const corrected = (before?.corrected ?? []).filter((time) => now - time < CONTEST.window);
    const contested = before?.contested === true || corrected.length >= CONTEST.corrections;
    next.delete(path);
    next.set(path, { corrected, seen: now, contested, manager: manager ?? before?.manager });
  }
  return new Map([...next].slice(-CONTEST.fields));
}

/** The histories after these fields were corrected. */
export function corrected(fields: Fields, paths: readonly string[], now: number): Fields {
  const next = new Map(fields);
  for (const path of paths) {
    const before = next.get(path);
    if (before === undefined) continue;
    const times = [...before.corrected, now].slice(-CONTEST.corrections);
    next.set(path, { ...before, corrected: times });
  }
  return next;
}

/** When a field may be corrected: now, or for a contested one an interval after the last time. */
export function dueAt(fields: Fields, path: string, now: number): number {
  const field = fields.get(path);
  if (field === undefined || !field.contested) return now;
  return Math.max(now, (field.corrected.at(-1) ?? Number.NEGATIVE_INFINITY) + CONTEST.interval);
}
