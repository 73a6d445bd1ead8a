import * as l10n from '@vscode/l10n';
import { type ErrorCode, WeavefluxError } from '@weaveflux/shared';
import { placeOf } from '../../model/agent/conclusion.ts';
import type { AgentState, Connection } from '../../model/agent/state.ts';
import type { FoundAgent } from './places.ts';

/** How the extension stands after reaching or following an agent failed. */
export function afterFailure(
  { code, message }: WeavefluxError,
  agent: Pick<FoundAgent, 'id'> | undefined,
): Exclude<Connection, { readonly kind: 'ambiguous' }> {
  const place = agent === undefined ? undefined : placeOf(agent.id);
  if (code === 'FORBIDDEN') return { kind: 'no-permission', message };
  // An agent of this machine has another token after each start; its file tells which.
  if (code !== 'UNAUTHORIZED' || place === 'machine') return { kind: 'lost', message };
  const origin = agent?.id.slice('address:'.length) ?? '';
  return { kind: 'no-permission', message, ...(place === 'address' ? { needsToken: origin } : {}) };
}

/** The error of a command that needs the agent, where it is not reached. */
export function unconnected(connection: Connection): WeavefluxError {
  const code: Partial<Readonly<Record<Connection['kind'], ErrorCode>>> = {
    'no-kubeconfig': 'NOT_FOUND',
    'not-found': 'NOT_FOUND',
    'no-permission': 'FORBIDDEN',
    ambiguous: 'INVALID_REQUEST',
  };
  return new WeavefluxError(code[connection.kind] ?? 'API_UNREACHABLE', reasonOf(connection));
}

/** Why there is no connection: one sentence. */
function reasonOf(connection: Connection): string {
  if ('message' in connection) return connection.message;
  if (connection.kind === 'ambiguous')
    return l10n.t(
      'Several agents fit this repository ({0}); choose one with "Weaveflux: Choose Environment".',
      connection.names.join(', '),
    );
  return l10n.t('The agent has not been found yet; try again in a moment.');
}

/** A connection for the log. */
export function sayConnection({ connection, agent }: AgentState): string {
  if (connection.kind === 'connected') return `connected to ${agent}`;
  return connection.kind === 'searching' ? 'looking for the agent' : `${connection.kind}: ${reasonOf(connection)}`;
}
