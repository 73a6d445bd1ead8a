import type { Difference } from '@weaveflux/shared';
import { corrected, dueAt, type Fields, see } from './contest.ts';
import type { Stance } from './stance.ts';

/** What is remembered of the interference with one object; small, and forgotten when it is quiet. */
export interface InterferenceState {
  readonly fields: Fields;
  /** Differences that were reported and not corrected, so that each is told once. */
  readonly reported: string | undefined;
}

/** What happened to one object. */
export type InterferenceEvent =
  /** It differs; `differences` without ignored fields. The deletion of the object is one difference with path ''. */
  | {
      readonly type: 'differs';
      readonly differences: readonly Difference[];
      readonly stance: Stance;
      readonly now: Date;
    }
  /** Our correction was accepted; `paths` are the fields that differed. */
  | { readonly type: 'corrected'; readonly paths: readonly string[]; readonly now: Date };

/** What to do about it. `news`: an event is due, because it was not told yet. */
export type InterferenceDecision =
  | { readonly do: 'nothing' }
  | { readonly do: 'correct'; readonly differences: readonly Difference[] }
  | { readonly do: 'report'; readonly differences: readonly Difference[]; readonly news: boolean }
  | {
      readonly do: 'leave';
      readonly differences: readonly Difference[];
      readonly reason: string;
      /** When to compare again, where it ends by itself. */
      readonly until: Date | undefined;
    }
  | {
      readonly do: 'back-off';
      readonly differences: readonly Difference[];
      /** When to compare again. */
      readonly until: Date;
      readonly news: boolean;
    };

/** The state of an object that nobody interferes with. */
export const UNDISTURBED: InterferenceState = { fields: new Map(), reported: undefined };

/** Whether nothing of a state matters any more, so that it may be forgotten. */
export function isUndisturbed(state: InterferenceState, now: Date): boolean {
  return state.reported === undefined && see(state.fields, [], now.getTime()).size === 0;
}

/**
 * Decides about interference with one object. What differs is corrected at once; a field corrected three times in ten
 * minutes is contested and, while nothing else differs, corrected once in five, until it has been quiet for ten.
 * Keep the returned state also when there is nothing to do: an object that is equal again between two changes is what
 * a fight looks like. It may be forgotten once `isUndisturbed` says so.
 */
export function interfere(
  state: InterferenceState,
  event: InterferenceEvent,
): { readonly state: InterferenceState; readonly decision: InterferenceDecision } {
  const now = event.now.getTime();
  if (event.type === 'corrected') {
    const fields = corrected(state.fields, event.paths, now);
    return { state: { ...state, fields }, decision: { do: 'nothing' } };
  }
  const { differences, stance } = event;
  if (differences.length === 0) return { state: { ...state, reported: undefined }, decision: { do: 'nothing' } };
  if (stance.kind === 'leave') {
    return { state, decision: { do: 'leave', differences, reason: stance.reason, until: stance.until } };
  }
  return stance.kind === 'report' ? report(state, differences) : correct(state, differences, now);
}

function report(state: InterferenceState, differences: readonly Difference[]): ReturnType<typeof interfere> {
  const reported = JSON.stringify(differences.map(({ path, desired, live }) => [path, desired, live]));
  const news = reported !== state.reported;
  return { state: { ...state, reported }, decision: { do: 'report', differences, news } };
}

function correct(
  state: InterferenceState,
  differences: readonly Difference[],
  now: number,
): ReturnType<typeof interfere> {
  const fields = see(state.fields, differences, now);
  const remembered = differences.filter(({ path }) => fields.has(path));
  const due = Math.min(...remembered.map(({ path }) => dueAt(fields, path, now)));
  const next = { fields, reported: undefined };
  if (due <= now) return { state: next, decision: { do: 'correct', differences } };
  const news = differences.some(({ path }) => state.fields.get(path)?.contested !== true);
  return { state: next, decision: { do: 'back-off', differences, until: new Date(due), news } };
}

/** What a person reads about fields that two managers fight over. */
export function sayContested(differences: readonly Difference[], us: string): string {
  const fields = differences.map(
    ({ path, manager }) => `${path || 'the object'} by ${manager ?? 'an unknown manager'}`,
  );
  return `contested between ${us} and others, corrected once in five minutes: ${fields.join(', ')}`;
}
