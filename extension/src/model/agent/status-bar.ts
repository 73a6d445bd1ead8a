import * as l10n from '@vscode/l10n';
import type { Status } from '@weaveflux/shared';
import { shortRevision } from '../names.ts';
import { countUpdates } from '../views/updates.ts';
import { stateOf } from './object-state.ts';
import type { AgentState, Connection } from './state.ts';

/** What one item of the status bar shows of all environments. */
export interface StatusBarText {
  /** With a codicon in front of each name. */
  readonly text: string;
  /** A line an environment; plain text. */
  readonly tooltip: string;
  /** All that icon and text say, in words. */
  readonly label: string;
  /** `warning` only where something is failing. */
  readonly severity: 'none' | 'warning';
  /** What a click does. */
  readonly command: string;
}

/** An environment that is shown. */
export interface ShownEnvironment {
  readonly name: string;
  readonly state: AgentState;
  /** Whether the file that a person works in is its. */
  readonly isActive?: boolean;
}

/** How an environment stands, the most pressing first. */
const STANDINGS = ['failing', 'away', 'unclear', 'suspended', 'busy', 'updates', 'healthy'] as const;
interface Standing {
  readonly kind: (typeof STANDINGS)[number];
  readonly icon: string;
  /** Beside the name; empty = the icon says it all. */
  readonly short: string;
  /** In words. */
  readonly long: string;
  readonly command: string;
}

/** What is told also while somebody works in another environment. */
const TROUBLES: ReadonlySet<Standing['kind']> = new Set(['failing', 'away']);

const SHOW_VIEW = 'weaveflux.environments.focus';
const EXPLAIN = 'weaveflux.showConnection';

/** An environment, and how it stands. */
interface Standee {
  readonly name: string;
  readonly standing: Standing;
}

/**
 * What the status bar shows: the environment of the file that a person works in, with another one beside it that is in
 * trouble; without such a file a summary. Nothing where there is no environment.
 */
export function statusBarOf(environments: readonly ShownEnvironment[]): StatusBarText | undefined {
  const all = environments
    .map(({ name, state, isActive = false }) => ({ name, isActive, standing: standingOf(state) }))
    .sort((a, b) => rank(a.standing) - rank(b.standing));
  const [first] = all;
  if (first === undefined) return undefined;
  const active = all.find(({ isActive }) => isActive);
  const { standing } = active ?? first;
  const lines = all.map((each) => `${each.name}: ${each.standing.long}`);
  return {
    text: active === undefined ? summary(first, all) : besides(active, first),
    tooltip: ['Weaveflux', ...lines].join('\n'),
    label: `Weaveflux, ${lines.join('; ')}`,
    severity: first.standing.kind === 'failing' ? 'warning' : 'none',
    command: standing.command,
  };
}

/** All in one: the most pressing, and how many more there are. */
function summary({ name, standing }: Standee, all: readonly Standee[]): string {
  if (all.length === 1) return say(name, standing);
  if (all.some((each) => each.standing.kind !== standing.kind))
    return say(l10n.t('{0} and {1} more', name, all.length - 1), standing);
  return say(
    l10n.t('{0} environments', all.length),
    standing.kind === 'failing' ? standing : { ...standing, short: '' },
  );
}

/** The active one, and the most pressing where that is in trouble and the active one is not. */
function besides(active: Standee, first: Standee): string {
  const shown = say(active.name, active.standing);
  const isTrouble = TROUBLES.has(first.standing.kind) && rank(first.standing) < rank(active.standing);
  return isTrouble ? `${shown} · ${say(first.name, first.standing)}` : shown;
}

function say(name: string, { icon, short }: Standing): string {
  return `$(${icon}) ${name}${short === '' ? '' : `: ${short}`}`;
}

function rank({ kind }: Standing): number {
  return STANDINGS.indexOf(kind);
}

function standingOf(state: AgentState): Standing {
  const { connection, status } = state;
  if (connection.kind !== 'connected') return unconnected(connection);
  if (status === undefined) return busy(l10n.t('connecting'));
  const failed = countFailed(status);
  if (failed > 0) return failing(l10n.t('{0} failed', failed), firstFailure(status) ?? l10n.t('{0} failed', failed));
  const problem = status.repository.problem ?? status.sync.problems.find(({ severity }) => severity === 'error');
  if (problem !== undefined || status.sync.state === 'failed')
    return failing(l10n.t('sync failed'), problem?.message ?? l10n.t('the last sync failed'));
  const suspension = status.suspensions.find(({ object }) => object === undefined);
  if (suspension !== undefined) {
    const long = l10n.t('suspended by {0}: {1}', suspension.by, suspension.reason);
    return { kind: 'suspended', icon: 'debug-pause', short: l10n.t('suspended'), long, command: SHOW_VIEW };
  }
  if (status.sync.state === 'pending') return busy(l10n.t('waiting to sync'));
  if (status.sync.state !== 'healthy') return busy(l10n.t('syncing'));
  const updates = countUpdates(state.images);
  const isHealthy = l10n.t('healthy at {0}', shortRevision(status.sync.healthyRevision ?? ''));
  const { imagesProblem } = state;
  const healthy =
    imagesProblem === undefined ? isHealthy : `${isHealthy}, ${l10n.t('images could not be read: {0}', imagesProblem)}`;
  if (updates === 0) return { kind: 'healthy', icon: 'pass', short: '', long: healthy, command: SHOW_VIEW };
  const short = updates === 1 ? l10n.t('1 update') : l10n.t('{0} updates', updates);
  return {
    kind: 'updates',
    icon: 'cloud-upload',
    short,
    long: `${healthy}, ${short}`,
    command: 'weaveflux.updates.focus',
  };
}

function failing(short: string, long: string): Standing {
  return { kind: 'failing', icon: 'warning', short, long, command: SHOW_VIEW };
}

function busy(long: string): Standing {
  return { kind: 'busy', icon: 'sync~spin', short: '', long, command: SHOW_VIEW };
}

function unconnected(connection: Connection): Standing {
  const away = (icon: string, short: string, long: string, command = EXPLAIN): Standing => ({
    kind: connection.kind === 'lost' ? 'away' : 'unclear',
    icon,
    short,
    long,
    command,
  });
  switch (connection.kind) {
    case 'connected':
    case 'idle':
    case 'searching':
      return busy(l10n.t('looking for the agent'));
    case 'restricted':
      return away('debug-disconnect', '', l10n.t('Restricted Mode, no agent is asked'), 'workbench.trust.manage');
    case 'ambiguous':
      return away(
        'question',
        l10n.t('choose'),
        l10n.t('several agents fit: {0}', connection.names.join(', ')),
        'weaveflux.chooseEnvironment',
      );
    case 'no-permission':
      return away('lock', l10n.t('no permission'), connection.message);
    case 'lost':
      return away('debug-disconnect', '', l10n.t('connection lost: {0}', connection.message));
    default:
      return away('debug-disconnect', l10n.t('no agent'), connection.message);
  }
}

function countFailed({ objects }: Status): number {
  return objects.filter((object) => stateOf(object) === 'failed').length;
}

/** The first that fails by name, and how many more do. */
function firstFailure({ objects }: Status): string | undefined {
  const [first, ...others] = objects.filter((object) => stateOf(object) === 'failed');
  if (first === undefined) return undefined;
  const why = first.problem?.message ?? first.health.message;
  const failed =
    others.length === 0
      ? l10n.t('{0} failed', first.name)
      : l10n.t('{0} and {1} more failed', first.name, others.length);
  return why === '' ? failed : `${failed}: ${why}`;
}
