import type { Status } from '@weaveflux/shared';
import { shortRevision } from '../names.ts';
import { countUpdates } from '../views/updates.ts';
import { stateOf } from './object-state.ts';
import type { AgentState, Connection } from './state.ts';

/** What one item of the status bar shows of all environments. */
export interface StatusBarText {
  /** With one codicon in front. */
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

const SHOW_VIEW = 'weaveflux.environments.focus';
const EXPLAIN = 'weaveflux.showConnection';

/** What the status bar shows; nothing where there is no environment. */
export function statusBarOf(environments: readonly ShownEnvironment[]): StatusBarText | undefined {
  const all = environments
    .map(({ name, state }) => ({ name, standing: standingOf(state) }))
    .sort((a, b) => rank(a.standing) - rank(b.standing));
  const [first, ...others] = all;
  if (first === undefined) return undefined;
  const { name, standing } = first;
  const lines = all.map((each) => `${each.name}: ${each.standing.long}`);
  const isEvery = all.every((each) => each.standing.kind === standing.kind);
  const shown =
    others.length === 0 ? name : isEvery ? `${all.length} environments` : `${name} and ${others.length} more`;
  const short = isEvery && others.length > 0 && standing.kind !== 'failing' ? '' : standing.short;
  return {
    text: `$(${standing.icon}) ${shown}${short === '' ? '' : `: ${short}`}`,
    tooltip: ['Weaveflux', ...lines].join('\n'),
    label: `Weaveflux, ${lines.join('; ')}`,
    severity: standing.kind === 'failing' ? 'warning' : 'none',
    command: standing.command,
  };
}

function rank({ kind }: Standing): number {
  return STANDINGS.indexOf(kind);
}

function standingOf(state: AgentState): Standing {
  const { connection, status } = state;
  if (connection.kind !== 'connected') return unconnected(connection);
  if (status === undefined) return busy('connecting');
  const failed = countFailed(status);
  if (failed > 0) return failing(`${failed} failed`, firstFailure(status) ?? `${failed} failed`);
  const problem = status.repository.problem ?? status.sync.problems.find(({ severity }) => severity === 'error');
  if (problem !== undefined || status.sync.state === 'failed')
    return failing('sync failed', problem?.message ?? 'the last sync failed');
  const suspension = status.suspensions.find(({ object }) => object === undefined);
  if (suspension !== undefined) {
    const long = `suspended by ${suspension.by}: ${suspension.reason}`;
    return { kind: 'suspended', icon: 'debug-pause', short: 'suspended', long, command: SHOW_VIEW };
  }
  if (status.sync.state !== 'healthy') return busy(status.sync.state === 'pending' ? 'waiting to sync' : 'syncing');
  const updates = countUpdates(state.images);
  const healthy = `healthy at ${shortRevision(status.sync.healthyRevision ?? '')}`;
  if (updates === 0) return { kind: 'healthy', icon: 'pass', short: '', long: healthy, command: SHOW_VIEW };
  const short = updates === 1 ? '1 update' : `${updates} updates`;
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
      return busy('looking for the agent');
    case 'restricted':
      return away('debug-disconnect', '', 'Restricted Mode, no agent is asked', 'workbench.trust.manage');
    case 'ambiguous':
      return away(
        'question',
        'choose',
        `several agents fit: ${connection.names.join(', ')}`,
        'weaveflux.chooseEnvironment',
      );
    case 'no-permission':
      return away('lock', 'no permission', connection.message);
    case 'lost':
      return away('debug-disconnect', '', `connection lost: ${connection.message}`);
    default:
      return away('debug-disconnect', 'no agent', connection.message);
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
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return `${first.name}${more} failed${why === '' ? '' : `: ${why}`}`;
}
