import * as l10n from '@vscode/l10n';
import type { AgentState } from '../agent/state.ts';
import { joined } from '../names.ts';
import { type Action, commandLens, type LensSpec } from './lens.ts';
import { standingWithoutStatus } from './no-status.ts';
import { isIgnored, type Place } from './place.ts';
import { type Standing, standingOf, unknownStanding } from './standing.ts';

const furtherActions = (): readonly Action[] => [
  { id: 'weaveflux.diffWithCluster', title: l10n.t('Diff with Cluster') },
  { id: 'weaveflux.history', title: l10n.t('History'), label: l10n.t('Show History') },
];

/** The lenses over a workload: how it stands, and ways to learn more. */
export function workloadLenses(place: Place, state: AgentState, now: Date): LensSpec[] {
  const { range, target } = place;
  const { more, ...about } = standing(place, state, now);
  const first = more === undefined ? { range, ...about } : commandLens(range, { ...about, ...more }, target);
  const actions = place.isKept && state.connection.kind !== 'restricted' ? furtherActions() : [];
  return [first, ...actions.map((action) => commandLens(range, action, target))];
}

function standing({ source, path, target, object, isKept }: Place, state: AgentState, now: Date): Standing {
  if (target.environment === undefined) {
    const tooltip = l10n.t('An agent keeps what is in a Git repository.');
    return { title: `$(circle-slash) ${l10n.t('in no Git repository')}`, tooltip };
  }
  const { status, connection } = state;
  if (status === undefined) return standingWithoutStatus(state);
  if (!isKept) {
    const tooltip = l10n.t('The agent reads only {0}.', status.repository.paths.join(', '));
    return { title: `$(circle-slash) ${l10n.t("outside the agent's paths")}`, tooltip };
  }
  if (isIgnored(source)) {
    const tooltip = l10n.t('Its annotation says that it is neither applied nor pruned.');
    return { title: `$(circle-slash) ${l10n.t('ignored')}`, tooltip };
  }
  const known = object === undefined ? unknownStanding(source.key, path, status) : standingOf(object, status, now);
  return connection.kind === 'connected' ? known : asLastKnown(known, state);
}

function asLastKnown({ title, tooltip, ...rest }: Standing, { connection }: AgentState): Standing {
  const why = 'message' in connection ? connection.message : l10n.t('The agent is being looked for.');
  return { ...rest, title: joined(title, l10n.t('last known')), tooltip: [why, tooltip].filter(Boolean).join('\n') };
}
