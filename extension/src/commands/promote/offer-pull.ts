import * as vscode from 'vscode';
import { pickOne, withProgress } from '../../asking/ask.ts';
import type { Place } from './places.ts';

/**
 * A promotion reads working copies, and one that lacks commits that its agent has seen, such as the agent's own releases,
 * states older images: offers to pull them first. Escape ends the command.
 */
export async function offerPull({ name, environment }: Place): Promise<void> {
  if (environment === undefined) return;
  const { repository, state } = environment;
  const { head, branch } = state.status?.repository ?? {};
  // Who works on another branch means that one.
  if (head === undefined || repository.head === undefined || repository.branch !== branch) return;
  const behind = await repository.commitsBetween(repository.head, head.revision);
  if (behind === 0) return;
  const pull = {
    label: vscode.l10n.t('$(repo-pull) Pull'),
    description: vscode.l10n.t('then compare what is stated now'),
    pulls: true,
  };
  const goOn = {
    label: vscode.l10n.t('Go On'),
    description: vscode.l10n.t('with what the working copy states'),
    pulls: false,
  };
  const { pulls } = await pickOne([pull, goOn], {
    title: sayBehind(name, behind),
    placeHolder: head.subject,
  });
  if (pulls) await withProgress(vscode.l10n.t('Pulling {0}', name), () => repository.pull());
}

function sayBehind(name: string, behind: number | undefined): string {
  if (behind === undefined) return vscode.l10n.t('The working copy of {0} lacks the newest commits', name);
  if (behind === 1) return vscode.l10n.t('The working copy of {0} lacks 1 commit', name);
  return vscode.l10n.t('The working copy of {0} lacks {1} commits', name, behind);
}
