import * as vscode from 'vscode';
import type { Connection } from '../../model/agent/state.ts';
import type { ManagedEnvironments } from '../create-environments.ts';
import type { ManagedEnvironment } from '../environment.ts';
import { whichEnvironment } from './which.ts';

/** A button that helps. */
interface Remedy {
  readonly title: string;
  run(environment: ManagedEnvironment, sentence: string): unknown;
}

/** Says how an environment's agent is reached, or why it is not, with what a person can do about it. */
export async function showConnection(environments: ManagedEnvironments, argument: unknown): Promise<void> {
  const title = vscode.l10n.t('Show How the Agent Is Reached');
  const environment = await whichEnvironment(environments, argument ?? firstInTrouble(environments), title);
  if (environment === undefined) return;
  environment.need();
  await explainConnection(environment);
}

/** The same for an environment that is known. */
export async function explainConnection(environment: ManagedEnvironment): Promise<void> {
  const { connection } = environment.state;
  const sentence = sayConnection(environment);
  const remedies = remediesOf(connection);
  const show =
    connection.kind === 'connected' ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
  const chosen = await show(sentence, ...remedies);
  await chosen?.run(environment, sentence);
}

function firstInTrouble({ all }: ManagedEnvironments): unknown {
  const environment = all.find(({ state }) => state.connection.kind !== 'connected');
  return environment === undefined ? undefined : { environment: environment.id };
}

function sayConnection({ name, state: { connection, agent, rights } }: ManagedEnvironment): string {
  switch (connection.kind) {
    case 'connected': {
      const denied = rights.kind === 'denied' ? ` ${rights.reason}` : '';
      return vscode.l10n.t('{0} is connected to {1}.', name, agent ?? '') + denied;
    }
    case 'idle':
    case 'searching':
      return vscode.l10n.t('The agent of {0} is being looked for.', name);
    case 'restricted':
      return vscode.l10n.t('In Restricted Mode no agent is asked; trust the workspace first.');
    case 'ambiguous':
      return vscode.l10n.t('Several agents fit {0}: {1}.', name, connection.names.join(', '));
    default:
      return `${name}: ${connection.message}`;
  }
}

function remediesOf(connection: Connection): readonly Remedy[] {
  const reconnect: Remedy = { title: vscode.l10n.t('Reconnect'), run: (environment) => environment.reconnect() };
  const command = (title: string, id: string, ...args: readonly unknown[]): Remedy => ({
    title,
    run: ({ id: environment }) => vscode.commands.executeCommand(id, { environment }, ...args),
  });
  const context = command(vscode.l10n.t('Choose Context…'), 'weaveflux.chooseContext');
  const copy: Remedy = { title: vscode.l10n.t('Copy'), run: (_, sentence) => vscode.env.clipboard.writeText(sentence) };
  const origin = 'needsToken' in connection ? connection.needsToken : undefined;
  if (origin !== undefined) return [command(vscode.l10n.t('Set Token…'), 'weaveflux.setToken', origin), reconnect];
  switch (connection.kind) {
    case 'restricted':
      return [command(vscode.l10n.t('Manage Trust'), 'workbench.trust.manage')];
    case 'no-kubeconfig': {
      const setting = 'weaveflux.kubernetes.kubeconfig';
      const title = vscode.l10n.t('Open Setting');
      return [
        { title, run: () => vscode.commands.executeCommand('workbench.action.openSettings', setting) },
        reconnect,
      ];
    }
    case 'not-found':
      return [command(vscode.l10n.t('Choose Environment…'), 'weaveflux.chooseEnvironment'), context, reconnect];
    case 'ambiguous':
      return [command(vscode.l10n.t('Choose Environment…'), 'weaveflux.chooseEnvironment')];
    case 'no-permission':
      return [copy, reconnect, context];
    case 'lost':
      return [reconnect, command(vscode.l10n.t('Show Log'), 'weaveflux.showLog')];
    default:
      return [];
  }
}
