import { type HistoryEntry, WeavefluxError } from '@weaveflux/shared';
import * as vscode from 'vscode';
import type { Environment } from '../agents/environments.ts';
import { isFileAt, withCommit } from '../asking/in-clone.ts';
import { ageOf } from '../model/changes/age.ts';
import { type HistoryRow, historyRows } from '../model/diff/history-rows.ts';
import { shortRevision } from '../model/names.ts';
import { type Target, targetOf } from '../model/target.ts';
import { type Subject, subjectFor } from '../subject/subject.ts';
import type { DiffCommand, DiffContext } from './context.ts';
import { openDiff } from './open.ts';

/** As many changes as one looks through. */
const LONGEST = 100;

interface Item extends vscode.QuickPickItem {
  readonly row: HistoryRow;
}

/** What a person wants to do with a version. */
interface Choice {
  readonly row: HistoryRow;
  readonly action: 'open' | 'rollback';
}

/** Lists the versions that a workload had; one opens its commit, or goes back to it. */
export const showHistory: DiffCommand = async (context, argument) => {
  const title = vscode.l10n.t('Show History');
  const subject = await subjectFor(context.services, targetOf(argument), { title, what: 'workload' });
  const { environment, name, key } = subject;
  if (environment === undefined)
    throw new WeavefluxError('NOT_FOUND', vscode.l10n.t('{0} belongs to no environment that is open here.', name));
  environment.need();
  const { row, action } = await pickVersion(environment, subject);
  const { container, to } = row.entry;
  const target: Target = { environment: environment.id, workload: key, container, tag: to };
  if (action === 'rollback') await vscode.commands.executeCommand('weaveflux.rollback', target);
  else await openCommit(context, environment, subject, row.entry);
};

/** Shows the list at once and fills it when the agent has answered; closing it ends the command. */
async function pickVersion(environment: Environment, { key, name }: Subject): Promise<Choice> {
  const list = vscode.window.createQuickPick<Item>();
  const closing = new AbortController();
  list.title = vscode.l10n.t('History of {0}', name);
  list.placeholder = vscode.l10n.t('Choose a version to see its commit');
  list.matchOnDescription = true;
  list.matchOnDetail = true;
  list.busy = true;
  const chosen = new Promise<Choice>((resolve, reject) => {
    list.onDidAccept(() => {
      const [item] = list.selectedItems;
      if (item !== undefined) resolve({ row: item.row, action: 'open' });
    });
    list.onDidTriggerItemButton(({ item }) => resolve({ row: item.row, action: 'rollback' }));
    list.onDidHide(() => {
      closing.abort();
      reject(new vscode.CancellationError());
    });
  });
  list.show();
  try {
    const filling = fill(list, environment, key, closing.signal);
    await Promise.race([filling, chosen]);
    if (list.items.length === 0) {
      const message = vscode.l10n.t('No commit tells of a change of images in {0}.', name);
      throw new WeavefluxError('NOT_FOUND', message);
    }
    return await chosen;
  } finally {
    // Nobody waits for it any more where the list could not be filled.
    chosen.catch(() => undefined);
    list.dispose();
  }
}

async function fill(
  list: vscode.QuickPick<Item>,
  environment: Environment,
  key: string,
  signal: AbortSignal,
): Promise<void> {
  const client = await environment.client();
  const entries = await client.history(key, LONGEST, signal);
  const now = new Date();
  const rows = historyRows(entries, (time) => ageOf(time, now, vscode.env.language));
  list.items = rows.map(itemOf);
  list.busy = false;
}

function itemOf(row: HistoryRow): Item {
  const { tag, description, detail, isPast } = row;
  const rollBack = { iconPath: new vscode.ThemeIcon('discard'), tooltip: vscode.l10n.t('Roll Back to {0}…', tag) };
  return { label: `$(tag) ${tag}`, description, detail, buttons: isPast ? [rollBack] : [], row };
}

/** Shows what a commit changed in the workload's file. */
async function openCommit(
  context: DiffContext,
  { repository, state }: Environment,
  { key, file: uri, name }: Subject,
  { commit: { revision }, from, to }: HistoryEntry,
): Promise<void> {
  const known = state.status?.objects.find((object) => object.key === key)?.file;
  const file = known ?? (uri === undefined ? undefined : repository.pathOf(uri));
  if (file === undefined)
    throw new WeavefluxError('NOT_FOUND', vscode.l10n.t('No file of the repository states {0}.', name));
  await withCommit(context.services, repository, revision, async () => {
    const short = shortRevision(revision);
    if (!(await isFileAt(repository, file, revision)))
      throw new WeavefluxError('NOT_FOUND', vscode.l10n.t('{0} was not there yet in commit {1}.', file, short));
    const base = file.slice(file.lastIndexOf('/') + 1);
    const title = vscode.l10n.t('{0}: {1} → {2} ({3})', base, from, to, short);
    await openDiff(repository.at(file, `${revision}~1`), repository.at(file, revision), title);
  });
}
