import { asWeavefluxError, WeavefluxError } from '@weaveflux/shared';
import * as vscode from 'vscode';
import type { Repository } from '../../agents/git.ts';
import { sayInPassing } from '../../asking/toasts.ts';
import type { CommandContext } from '../context.ts';
import type { EditedFile } from './edit.ts';

/** What was edited and may be committed. */
export interface CommitOffer {
  readonly repository: Repository;
  readonly files: readonly EditedFile[];
  /** Of the commit. */
  readonly message: string;
  /** What was done: one sentence. */
  readonly done: string;
}

/** Offers once, in a toast, to commit what was edited. Nothing is saved or committed without it. */
export function offerCommit({ toasts, inBackground }: CommandContext, offer: CommitOffer): void {
  const commit = vscode.l10n.t('Commit');
  const commitAndPush = vscode.l10n.t('Commit and Push');
  inBackground(async () => {
    const chosen = await toasts.info(offer.done, commit, commitAndPush);
    if (chosen === undefined) return;
    const reason = await commitOffer(offer, chosen === commitAndPush);
    if (reason !== undefined) await toasts.info(reason);
  });
}

/** Commits; where the commit would hold more than what was edited it is only prepared, and the reason given. */
async function commitOffer(offer: CommitOffer, push: boolean): Promise<string | undefined> {
  const { repository, files, message } = offer;
  const open = files.map(async (file) => ({ ...file, document: await vscode.workspace.openTextDocument(file.uri) }));
  const kept = (await Promise.all(open)).filter(({ document, before }) => document.getText() !== before);
  if (kept.length === 0) return vscode.l10n.t('The edit was undone; there is nothing to commit.');
  const reason = await reasonToPrepare(repository, kept);
  for (const { document } of kept) await save(document);
  if (reason !== undefined || kept.some(({ document, after }) => document.getText() !== after)) {
    await repository.prepareCommit(message);
    return reason ?? vscode.l10n.t('The file was changed since; look at the changes and commit in Source Control.');
  }
  const location = vscode.ProgressLocation.SourceControl;
  const uris = kept.map(({ uri }) => uri);
  await vscode.window.withProgress({ location }, async () => {
    await repository.commit(uris, message);
    if (push) await pushed(repository);
  });
  const [subject = ''] = message.split('\n');
  sayInPassing(push ? vscode.l10n.t('Pushed: {0}', subject) : vscode.l10n.t('Committed: {0}', subject));
  return undefined;
}

async function reasonToPrepare(repository: Repository, files: readonly EditedFile[]): Promise<string | undefined> {
  if (repository.hasStagedChanges) {
    return vscode.l10n.t(
      'Other changes are staged; the message is in Source Control, look at all of them and commit there.',
    );
  }
  for (const { uri, before } of files) {
    if (await isCommitted(repository, uri, before)) continue;
    const name = vscode.workspace.asRelativePath(uri);
    return vscode.l10n.t('{0} has other changes too; the message is in Source Control, commit there.', name);
  }
  return undefined;
}

/** Whether a text is that of the commit that is checked out; line endings may be converted on the way. */
async function isCommitted(repository: Repository, uri: vscode.Uri, text: string): Promise<boolean> {
  const path = repository.pathOf(uri);
  if (path === undefined) return false;
  try {
    return normal(await repository.show(path, 'HEAD')) === normal(text);
  } catch {
    // Not in that commit: a new file is more than what was edited.
    return false;
  }
}

function normal(text: string): string {
  return text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
}

async function save(document: vscode.TextDocument): Promise<void> {
  if (!document.isDirty || (await document.save())) return;
  const name = vscode.workspace.asRelativePath(document.uri);
  throw new WeavefluxError('UNREADABLE_FILE', vscode.l10n.t('{0} could not be saved; nothing is committed.', name));
}

async function pushed(repository: Repository): Promise<void> {
  try {
    await repository.push();
  } catch (cause) {
    const { code, message } = asWeavefluxError(cause);
    const sentence = vscode.l10n.t('The commit is made, and could not be pushed: {0}', message);
    throw new WeavefluxError(code === 'INTERNAL' ? 'GIT_FAILED' : code, sentence, { cause });
  }
}
