import * as l10n from '@vscode/l10n';
import type { AgentState, Connection } from '../agent/state.ts';
import type { Standing } from './standing.ts';

/** What a workload's lens says while nothing is known of the environment: how it stands with the agent, and what to do. */
export function standingWithoutStatus({ connection }: AgentState): Standing {
  const reconnect = { id: 'weaveflux.reconnect', label: l10n.t('Reconnect') };
  switch (connection.kind) {
    case 'idle':
    case 'searching':
      return { title: `$(search) ${l10n.t('looking for the agent')}` };
    case 'connected':
      return { title: `$(sync) ${l10n.t('reading its status')}` };
    case 'restricted':
      return {
        title: `$(shield) ${l10n.t('no status in Restricted Mode')}`,
        tooltip: untrusted(),
        more: { id: 'workbench.trust.manage', label: l10n.t('Manage Workspace Trust') },
      };
    case 'no-kubeconfig':
      return { title: `$(debug-disconnect) ${l10n.t('no kubeconfig')}`, tooltip: connection.message, more: reconnect };
    case 'not-found':
      return {
        title: `$(circle-slash) ${l10n.t('no agent found')}`,
        tooltip: connection.message,
        more: { id: 'weaveflux.chooseContext', label: l10n.t('Choose Kubernetes Context…') },
      };
    case 'no-permission':
      return {
        title: `$(lock) ${l10n.t('no permission to see the agent')}`,
        tooltip: connection.message,
        more: reconnect,
      };
    case 'ambiguous':
      return {
        title: `$(question) ${l10n.t('several agents; choose one')}`,
        tooltip: l10n.t('Environments of this repository: {0}.', connection.names.join(', ')),
        more: { id: 'weaveflux.chooseEnvironment', label: l10n.t('Choose Environment…') },
      };
    case 'lost':
      return { title: `$(debug-disconnect) ${l10n.t('agent lost')}`, tooltip: connection.message, more: reconnect };
  }
}

function untrusted(): string {
  return l10n.t('No agent is asked until the workspace is trusted.');
}

/** Why an agent can do nothing here at the moment, or `undefined` where it can, or may soon. */
export function absenceOf(connection: Connection): string | undefined {
  switch (connection.kind) {
    case 'idle':
    case 'searching':
    case 'connected':
      return undefined;
    case 'restricted':
      return untrusted();
    case 'ambiguous':
      return l10n.t('Several agents keep this repository; choose an environment first.');
    default:
      return connection.message;
  }
}
