import type { Connection } from '../agent/state.ts';
import type { DashboardCommand } from './commands.ts';
import type { DashboardSnapshot } from './snapshot.ts';

type Shown = DashboardSnapshot['connection'];

const ACTIONS: Partial<Record<Shown['kind'], readonly DashboardCommand[]>> = {
  lost: ['reconnect', 'showLog'],
  restricted: ['trust'],
  'no-kubeconfig': ['chooseContext', 'setToken'],
  'not-found': ['chooseContext', 'reconnect', 'setToken'],
  'no-permission': ['reconnect', 'chooseContext'],
  ambiguous: ['chooseEnvironment'],
};

/** How a connection is shown, and what a person can do about it. `undefined` = the environment's folder is not open. */
export function connectionOf(connection: Connection | undefined): Shown {
  const kind = kindOf(connection);
  return {
    kind,
    message: messageOf(connection),
    actions: (ACTIONS[kind] ?? []).map((command) => ({ command, target: {} })),
  };
}

function kindOf(connection: Connection | undefined): Shown['kind'] {
  if (connection === undefined) return 'closed';
  const { kind } = connection;
  return kind === 'idle' || kind === 'searching' ? 'connecting' : kind;
}

function messageOf(connection: Connection | undefined): string {
  if (connection === undefined) return '';
  if (connection.kind === 'ambiguous') return connection.names.join(', ');
  return 'message' in connection ? connection.message : '';
}
