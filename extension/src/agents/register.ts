import * as vscode from 'vscode';
import { lazily } from '../lazy.ts';
import type { LaterPart, StartServices } from '../services.ts';
import { keepContextKeys } from './context-keys.ts';
import type { ManagedEnvironments } from './create-environments.ts';

const WALKTHROUGH = 'weaveflux.start';

/** What they do is loaded with the first that is called. */
const COMMANDS = [
  'chooseContext',
  'chooseEnvironment',
  'showConnection',
  'setToken',
  'forgetToken',
  'reconnect',
] as const;
export type AgentCommandName = (typeof COMMANDS)[number];

/** The commands that choose contexts, environments and tokens, the status bar item, and the context keys of welcome views. */
export function registerAgents(services: StartServices, environments: ManagedEnvironments): LaterPart {
  const { context, log, run, settings } = services;
  const statusBar = lazily(async () => (await import('./status-bar.ts')).showStatusBar(environments));

  async function runCommand(name: AgentCommandName, args: readonly unknown[]): Promise<void> {
    const { agentCommands } = await import('./commands/commands.ts');
    await agentCommands(environments, settings)[name](...args);
  }

  function register(name: string, work: (...args: readonly unknown[]) => unknown): vscode.Disposable {
    return vscode.commands.registerCommand(`weaveflux.${name}`, (...args: readonly unknown[]) =>
      run(() => work(...args)),
    );
  }

  const registered = vscode.Disposable.from(
    statusBar,
    keepContextKeys(environments),
    ...COMMANDS.map((name) => register(name, (...args) => runCommand(name, args))),
    register('showLog', () => log.show()),
    register('openWalkthrough', () =>
      vscode.commands.executeCommand('workbench.action.openWalkthrough', `${context.extension.id}#${WALKTHROUGH}`),
    ),
  );
  return { load: statusBar.load, dispose: () => registered.dispose() };
}
