import * as vscode from 'vscode';
import { targetOf } from '../model/target.ts';
import type { Services } from '../services.ts';
import { chooseContext } from './commands/choose-context.ts';
import { chooseEnvironment } from './commands/choose-environment.ts';
import { showConnection } from './commands/connection.ts';
import { forgetToken, setToken } from './commands/tokens.ts';
import { keepContextKeys } from './context-keys.ts';
import type { ManagedEnvironments } from './create-environments.ts';
import { showStatusBar } from './status-bar.ts';

const WALKTHROUGH = 'weaveflux.start';

/** The commands that choose contexts, environments and tokens, the status bar item, and the context keys of welcome views. */
export function registerAgents(services: Services, environments: ManagedEnvironments): vscode.Disposable {
  const { context, log, run, settings } = services;

  function reconnect(argument: unknown): void {
    const { environment: id } = targetOf(argument);
    for (const environment of environments.all) {
      if (id !== undefined && environment.id !== id) continue;
      environment.need();
    }
    environments.reconnect(id);
  }

  const commands: Readonly<Record<string, (...args: readonly unknown[]) => unknown>> = {
    chooseContext: (argument) => chooseContext(environments, argument),
    chooseEnvironment: (argument) => chooseEnvironment(environments, argument),
    showConnection: (argument) => showConnection(environments, argument),
    setToken: (first, second) => setToken(environments, settings, typeof first === 'string' ? first : second),
    forgetToken: () => forgetToken(environments),
    reconnect,
    showLog: () => log.show(),
    openWalkthrough: () =>
      vscode.commands.executeCommand('workbench.action.openWalkthrough', `${context.extension.id}#${WALKTHROUGH}`),
  };

  return vscode.Disposable.from(
    keepContextKeys(environments),
    showStatusBar(environments),
    ...Object.entries(commands).map(([name, work]) =>
      vscode.commands.registerCommand(`weaveflux.${name}`, (...args: readonly unknown[]) => run(() => work(...args))),
    ),
  );
}
