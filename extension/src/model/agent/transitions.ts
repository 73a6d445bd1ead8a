import { isDeepStrictEqual } from 'node:util';
import type { Event } from '@weaveflux/shared';
import type { AgentState, StateChange } from './state.ts';

/** How many events are kept, as by the agent itself. */
const KEPT = 1_000;
const FIELDS = ['connection', 'status', 'images', 'events', 'rights'] as const;

/** A state with other parts. What says the same as before stays the same value, so that nothing is shown anew for it. */
export function withParts(before: AgentState, parts: Partial<AgentState>): AgentState {
  const changed = Object.entries(parts).filter(([name, value]) => {
    const old: unknown = before[name as keyof AgentState];
    return old !== value && !isDeepStrictEqual(old, value);
  });
  return changed.length === 0 ? before : { ...before, ...Object.fromEntries(changed) };
}

/** What is another than before. The agent's name counts as part of the connection, and why there are no images as theirs. */
export function changeOf(before: AgentState, after: AgentState): StateChange {
  const changed = new Set(FIELDS.filter((name) => before[name] !== after[name]));
  if (before.agent !== after.agent) changed.add('connection');
  if (before.imagesProblem !== after.imagesProblem) changed.add('images');
  return changed;
}

/** Events in order, each once, the oldest gone where they are too many. */
export function withEvents(before: readonly Event[], more: readonly Event[]): readonly Event[] {
  const known = new Set(before.map(({ id }) => id));
  const fresh = more.filter(({ id }) => !known.has(id));
  return fresh.length === 0 ? before : [...before, ...fresh].slice(-KEPT);
}
