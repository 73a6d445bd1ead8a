import * as vscode from 'vscode';
import type { ManagedEnvironments } from '../create-environments.ts';
import { whichEnvironment } from './which.ts';

/** Chooses the context of the kubeconfig in which an environment's agent is looked for. The kubeconfig stays as it is. */
export async function chooseContext(environments: ManagedEnvironments, argument: unknown): Promise<void> {
  const title = vscode.l10n.t('Choose Kubernetes Context');
  const environment = await whichEnvironment(environments, argument, title);
  if (environment === undefined) return;
  const { names, current } = await (await environments.hub()).contexts();
  const { context } = environment.choice;
  const follow = {
    label: vscode.l10n.t('Current context of the kubeconfig'),
    description: current ?? vscode.l10n.t('none is set'),
    context: undefined,
  };
  const items = [follow, ...names.map((name) => ({ label: name, description: '', context: name }))].map((item) => ({
    ...item,
    ...(item.context === context ? { iconPath: new vscode.ThemeIcon('check') } : {}),
  }));
  const placeHolder = vscode.l10n.t('Where is the agent of {0}? Other tools do not notice.', environment.name);
  const chosen = await vscode.window.showQuickPick(items, { title, placeHolder, matchOnDescription: true });
  if (chosen === undefined) return;
  await environment.choose(chosen.context === undefined ? {} : { context: chosen.context });
}
