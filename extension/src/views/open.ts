import { WeavefluxError } from '@weaveflux/shared';
import * as vscode from 'vscode';
import type { Environment } from '../agents/environments.ts';
import { chooseEnvironment } from '../asking/environment.ts';
import { createToasts, type Toasts } from '../asking/toasts.ts';
import { shortRevision } from '../model/names.ts';
import { targetOf } from '../model/target.ts';
import { lineIn } from '../model/views/find-line.ts';
import { type Opening, openingOf } from '../model/views/opening.ts';
import type { Services } from '../services.ts';

/** The command that opens what a row, a mark of the dashboard or a lens is about. */
export function registerOpen(services: Services): vscode.Disposable {
  const toasts = createToasts(services.log);
  return vscode.commands.registerCommand('weaveflux.open', async (argument: unknown) => {
    try {
      const target = targetOf(argument);
      const environment = await chooseEnvironment(services, target, vscode.l10n.t('Open'));
      await open({ services, toasts, environment }, openingOf(target, environment.state));
    } catch (error) {
      toasts.failed(error);
    }
  });
}

interface Context {
  readonly services: Services;
  readonly toasts: Toasts;
  readonly environment: Environment;
}

async function open(context: Context, opening: Opening): Promise<void> {
  if (opening.kind === 'commit') return openCommit(context, opening);
  if (opening.kind === 'file') return openFile(context, opening);
  await context.toasts.info(opening.why);
}

async function openFile(context: Context, opening: Extract<Opening, { kind: 'file' }>): Promise<void> {
  const { services, environment } = context;
  const uri = environment.repository.uriOf(opening.file);
  if (!(await exists(uri))) return openElsewhere(context, opening);
  const document = await vscode.workspace.openTextDocument(uri);
  await show(document, lineIn(services.sources.of(document)?.source, opening));
}

/** The agent reads the file in a commit that the working copy is not at. */
async function openElsewhere(context: Context, opening: Extract<Opening, { kind: 'file' }>): Promise<void> {
  const { environment, toasts } = context;
  const { head, branch } = environment.state.status?.repository ?? {};
  if (head === undefined || branch === undefined) {
    await toasts.info(vscode.l10n.t('{0} is not in the working copy.', opening.file));
    return;
  }
  const revision = shortRevision(head.revision);
  const there = vscode.l10n.t('Open at {0}', revision);
  const message = vscode.l10n.t(
    '{0} is not in the working copy; the agent reads it at {1} of {2}.',
    opening.file,
    revision,
    branch,
  );
  if ((await toasts.info(message, there)) !== there) return;
  if (!(await isHere(context, head.revision))) return;
  const uri = environment.repository.at(opening.file, head.revision);
  await show(await vscode.workspace.openTextDocument(uri), lineIn(undefined, opening));
}

async function openCommit(context: Context, opening: Extract<Opening, { kind: 'commit' }>): Promise<void> {
  const { revision, file } = opening;
  if (!(await isHere(context, revision))) return;
  const { repository } = context.environment;
  const first = file === undefined ? [] : [repository.uriOf(file)];
  await vscode.commands.executeCommand('git.viewCommit', repository.root, revision, ...first);
}

/** Whether a commit is in this clone; fetches where the person wants that. Errors: NOT_FOUND where it is not there either. */
async function isHere({ environment, toasts }: Context, revision: string): Promise<boolean> {
  const { repository } = environment;
  const known = async (): Promise<boolean> =>
    repository.head === revision ||
    (await repository.commitsBetween(revision, repository.head ?? revision)) !== undefined;
  if (await known()) return true;
  const fetch = vscode.l10n.t('Fetch');
  const short = shortRevision(revision);
  const message = vscode.l10n.t('The commit {0} is not in this clone yet.', short);
  if ((await toasts.info(message, fetch)) !== fetch) return false;
  const title = vscode.l10n.t('Fetching {0}', environment.name);
  await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, () => repository.fetch());
  if (await known()) return true;
  throw new WeavefluxError('NOT_FOUND', vscode.l10n.t('The commit {0} is not in the remote repository either.', short));
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    // Whatever keeps it from being read, it cannot be shown from here.
    return false;
  }
}

async function show(document: vscode.TextDocument, line: number): Promise<void> {
  const { range } = document.lineAt(Math.min(line, document.lineCount - 1));
  const editor = await vscode.window.showTextDocument(document, {
    selection: new vscode.Range(range.start, range.start),
  });
  editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}
