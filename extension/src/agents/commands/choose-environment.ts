import * as vscode from 'vscode';
import type { AgentOffer } from '../../model/agent/match-repository.ts';
import type { ManagedEnvironments } from '../create-environments.ts';
import type { ManagedEnvironment } from '../environment.ts';
import { explainConnection } from './connection.ts';
import { whichEnvironment } from './which.ts';

/** Chooses, of the agents that follow a repository, the one whose environment is shown; it is remembered for the folder. */
export async function chooseEnvironment(environments: ManagedEnvironments, argument: unknown): Promise<void> {
  const title = vscode.l10n.t('Choose Environment');
  const environment = await whichEnvironment(environments, argument, title);
  if (environment === undefined) return;
  const offers = environment.offers();
  const items = offers.then((found) => found.map((offer) => itemOf(environment, offer)));
  const placeHolder = vscode.l10n.t('Which environment is shown beside {0}?', environment.name);
  const chosen = await vscode.window.showQuickPick(items, { title, placeHolder, matchOnDescription: true });
  if (chosen !== undefined) await environment.choose({ ...environment.choice, agent: chosen.offer.id });
  else if ((await offers).length === 0) await explainConnection(environment);
}

function itemOf({ state }: ManagedEnvironment, offer: AgentOffer) {
  const { branch } = offer.repository;
  return {
    label: offer.environment,
    description: offer.name,
    detail: branch === '' ? '' : vscode.l10n.t('follows branch {0}', branch),
    ...(offer.name === state.agent ? { iconPath: new vscode.ThemeIcon('check') } : {}),
    offer,
  };
}
