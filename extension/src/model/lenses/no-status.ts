import type { AgentState, Connection } from '../agent/state.ts';
import type { Standing } from './standing.ts';

const RECONNECT = { id: 'weaveflux.reconnect', label: 'Reconnect' };
const CHOOSE_CONTEXT = { id: 'weaveflux.chooseContext', label: 'Choose Kubernetes Context…' };

/** What a workload's lens says while nothing is known of the environment: how it stands with the agent, and what to do. */
export function standingWithoutStatus({ connection }: AgentState): Standing {
  switch (connection.kind) {
    case 'idle':
    case 'searching':
      return { title: '$(search) looking for the agent' };
    case 'connected':
      return { title: '$(sync) reading its status' };
    case 'restricted':
      return {
        title: '$(shield) no status in Restricted Mode',
        tooltip: 'An agent is contacted once the workspace is trusted.',
        more: { id: 'workbench.trust.manage', label: 'Manage Workspace Trust' },
      };
    case 'no-kubeconfig':
      return { title: '$(debug-disconnect) no kubeconfig', tooltip: connection.message, more: RECONNECT };
    case 'not-found':
      return { title: '$(circle-slash) no agent found', tooltip: connection.message, more: CHOOSE_CONTEXT };
    case 'no-permission':
      return { title: '$(lock) no permission to see the agent', tooltip: connection.message, more: RECONNECT };
    case 'ambiguous':
      return {
        title: '$(question) several agents; choose one',
        tooltip: `Environments of this repository: ${connection.names.join(', ')}.`,
        more: { id: 'weaveflux.chooseEnvironment', label: 'Choose Environment…' },
      };
    case 'lost':
      return { title: '$(debug-disconnect) agent lost', tooltip: connection.message, more: RECONNECT };
  }
}

/** Why an agent can do nothing here at the moment, or `undefined` where it can, or may soon. */
export function absenceOf(connection: Connection): string | undefined {
  switch (connection.kind) {
    case 'idle':
    case 'searching':
    case 'connected':
      return undefined;
    case 'restricted':
      return 'An agent is contacted once the workspace is trusted.';
    case 'ambiguous':
      return 'Several agents keep this repository; choose an environment first.';
    default:
      return connection.message;
  }
}
