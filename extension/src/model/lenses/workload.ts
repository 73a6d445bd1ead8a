import type { AgentState } from '../agent/state.ts';
import { joined } from '../names.ts';
import { type Action, commandLens, type LensSpec } from './lens.ts';
import { standingWithoutStatus } from './no-status.ts';
import { isIgnored, type Place } from './place.ts';
import { type Standing, standingOf, unknownStanding } from './standing.ts';

const ACTIONS: readonly Action[] = [
  { id: 'weaveflux.diffWithCluster', title: 'Diff with Cluster' },
  { id: 'weaveflux.history', title: 'History', label: 'Show History' },
];

/** The lenses over a workload: how it stands, and ways to learn more. */
export function workloadLenses(place: Place, state: AgentState, now: Date): LensSpec[] {
  const { range, target } = place;
  const { more, ...about } = standing(place, state, now);
  const first = more === undefined ? { range, ...about } : commandLens(range, { ...about, ...more }, target);
  const actions = place.isKept && state.connection.kind !== 'restricted' ? ACTIONS : [];
  return [first, ...actions.map((action) => commandLens(range, action, target))];
}

function standing({ source, path, target, object, isKept }: Place, state: AgentState, now: Date): Standing {
  if (target.environment === undefined) {
    return { title: '$(circle-slash) in no Git repository', tooltip: 'An agent keeps what is in a Git repository.' };
  }
  const { status, connection } = state;
  if (status === undefined) return standingWithoutStatus(state);
  if (!isKept) {
    const tooltip = `The agent reads only ${status.repository.paths.join(', ')}.`;
    return { title: "$(circle-slash) outside the agent's paths", tooltip };
  }
  if (isIgnored(source)) {
    return { title: '$(circle-slash) ignored', tooltip: 'Its annotation says that it is neither applied nor pruned.' };
  }
  const known = object === undefined ? unknownStanding(source.key, path, status) : standingOf(object, status, now);
  return connection.kind === 'connected' ? known : asLastKnown(known, state);
}

function asLastKnown({ title, tooltip, ...rest }: Standing, { connection }: AgentState): Standing {
  const why = 'message' in connection ? connection.message : 'The agent is being looked for.';
  return { ...rest, title: joined(title, 'last known'), tooltip: [why, tooltip].filter(Boolean).join('\n') };
}
