import * as vscode from 'vscode';
import { type Target, targetOf } from '../../model/target.ts';
import type { ManagedEnvironments } from '../create-environments.ts';
import type { ManagedEnvironment } from '../environment.ts';

/** The environment that is meant: the row's, the active editor's, the only one, or the one that is picked; `undefined` = none. */
export async function whichEnvironment(
  environments: ManagedEnvironments,
  argument: unknown,
  title: string,
): Promise<ManagedEnvironment | undefined> {
  const told = toldEnvironment(environments, targetOf(argument));
  if (told !== undefined) return told;
  const { all } = environments;
  if (all.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('No environment is open here; open a folder that is in a Git repository.'),
    );
    return undefined;
  }
  const items = all.map((environment) => ({
    label: environment.name,
    description: environment.state.agent ?? '',
    environment,
  }));
  return (await vscode.window.showQuickPick(items, { title, placeHolder: vscode.l10n.t('Of which environment?') }))
    ?.environment;
}

function toldEnvironment(environments: ManagedEnvironments, target: Target): ManagedEnvironment | undefined {
  const { all } = environments;
  const find = (id: string | undefined) => all.find((environment) => environment.id === id);
  if (target.environment !== undefined) return find(target.environment);
  const active = vscode.window.activeTextEditor?.document.uri;
  const [only, ...others] = all;
  return find(active && environments.of(active)?.id) ?? (others.length === 0 ? only : undefined);
}
