import * as vscode from 'vscode';
import { type AgentContext, contextOf } from '../model/agent/context.ts';
import type { ManagedEnvironments } from './create-environments.ts';

/** Keeps the context keys of the agents as the environments are. Nothing else sets them. */
export function keepContextKeys(environments: ManagedEnvironments): vscode.Disposable {
  let known: Partial<AgentContext> = {};

  function update(): void {
    const states = environments.all.map(({ state }) => state);
    const now = contextOf(states, environments.git.state, vscode.workspace.isTrusted);
    for (const key of Object.keys(now) as (keyof AgentContext)[])
      if (known[key] !== now[key]) void vscode.commands.executeCommand('setContext', key, now[key]);
    known = now;
  }

  update();
  return vscode.Disposable.from(
    environments.onDidChange(update),
    environments.onDidChangeState(update),
    vscode.workspace.onDidGrantWorkspaceTrust(update),
  );
}
