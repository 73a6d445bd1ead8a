import { type Job, type Status, WeavefluxError } from '@weaveflux/shared';
import * as vscode from 'vscode';
import type { Environment } from '../../agents/environments.ts';
import { withProgress } from '../../asking/ask.ts';
import { chooseEnvironment } from '../../asking/environment.ts';
import { sayInPassing } from '../../asking/toasts.ts';
import { nameOf, shortRevision } from '../../model/names.ts';
import { targetOf } from '../../model/target.ts';
import type { Command, CommandContext } from '../context.ts';
import { refuseDenied } from '../release/ask-agent.ts';

/** Objects that a question lists by name; more are counted. */
const LISTED = 20;

/** `weaveflux.sync`: applies the repository now. */
export const syncCommand: Command = async (context, argument) => {
  const title = vscode.l10n.t('Sync');
  const environment = await chooseEnvironment(context.services, targetOf(argument), title);
  await syncNow(context, environment);
};

/** `weaveflux.confirmPrune`: allows exactly the prune that waits, after showing what would be deleted. */
export const confirmPruneCommand: Command = async (context, argument) => {
  const title = vscode.l10n.t('Confirm Prune');
  const environment = await chooseEnvironment(context.services, targetOf(argument), title);
  refuseDenied(environment);
  const prune = environment.state.status?.prune;
  if (prune === undefined) {
    sayInPassing(vscode.l10n.t('No prune waits in {0}.', environment.name));
    return;
  }
  if (prune.confirmable === false) throw new WeavefluxError('PRUNE_WAITS', prune.reason);
  const remove = vscode.l10n.t('Delete');
  const question = vscode.l10n.t('Delete {0} objects from {1}?', prune.objects.length, environment.name);
  const detail = [prune.reason, '', ...namesOf(prune)].join('\n');
  const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, remove);
  if (answer === remove) await syncNow(context, environment, prune.revision);
};

async function syncNow(context: CommandContext, environment: Environment, confirmPrune?: string): Promise<void> {
  refuseDenied(environment);
  const title = vscode.l10n.t('Syncing {0}', environment.name);
  const job = await withProgress(title, async (signal) => {
    const [client, requestedBy] = await Promise.all([environment.client(), environment.requestedBy()]);
    const request = { requestedBy, ...(confirmPrune === undefined ? {} : { confirmPrune }) };
    const { id } = await client.sync(request, signal);
    return client.finishedJob(id, signal);
  });
  tell(context, environment, job);
}

function tell({ toasts, inBackground }: CommandContext, environment: Environment, job: Job): void {
  const sentences = failuresOf(job);
  const revision = shortRevision(job.revision ?? '');
  if (sentences.length === 0) {
    sayInPassing(vscode.l10n.t('{0} is synced: {1}', environment.name, revision));
    return;
  }
  const show = vscode.l10n.t('Show Environments');
  const [first = ''] = sentences;
  const more = sentences.length === 1 ? '' : ` ${vscode.l10n.t('{0} more are in the view.', sentences.length - 1)}`;
  inBackground(async () => {
    if ((await toasts.warn(`${first}${more}`, show)) !== show) return;
    await vscode.commands.executeCommand('weaveflux.environments.focus');
  });
}

/** What went wrong, each sentence once. */
function failuresOf({ problems, outcomes, state }: Job): readonly string[] {
  const errors = problems.filter(({ severity }) => severity === 'error').map(({ message }) => message);
  const failed = outcomes.filter(({ result }) => result === 'failed').map(({ message }) => message);
  const all = [...new Set([...errors, ...failed])];
  return all.length === 0 && state === 'failed' ? [vscode.l10n.t('The sync failed.')] : all;
}

function namesOf({ objects }: NonNullable<Status['prune']>): readonly string[] {
  const names = objects.map(nameOf);
  const more = names.length - LISTED;
  return more <= 0 ? names : [...names.slice(0, LISTED), vscode.l10n.t('and {0} more', more)];
}
