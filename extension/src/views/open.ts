import * as vscode from 'vscode';
import type { Environment } from '../agents/environments.ts';
import { chooseEnvironment } from '../asking/environment.ts';
import { withCommit } from '../asking/in-clone.ts';
import { shortRevision } from '../model/names.ts';
import { targetOf } from '../model/target.ts';
import { lineIn } from '../model/views/find-line.ts';
import { type Opening, openingOf } from '../model/views/opening.ts';
import type { Services } from '../services.ts';

/** Opens what a row, a mark of the dashboard or a lens is about. Errors: a sentence to show. */
export async function openTarget(services: Services, argument: unknown): Promise<void> {
  const target = targetOf(argument);
  const environment = await chooseEnvironment(services, target, vscode.l10n.t('Open'));
  await open({ services, environment }, openingOf(target, environment.state));
}

interface Context {
  readonly services: Services;
  readonly environment: Environment;
}

async function open(context: Context, opening: Opening): Promise<void> {
  if (opening.kind === 'commit') return openCommit(context, opening);
  if (opening.kind === 'file') return openFile(context, opening);
  await context.services.toasts.info(opening.why);
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
  const { services, environment } = context;
  const { head, branch } = environment.state.status?.repository ?? {};
  if (head === undefined || branch === undefined) {
    await services.toasts.info(vscode.l10n.t('{0} is not in the working copy.', opening.file));
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
  if ((await services.toasts.info(message, there)) !== there) return;
  await withCommit(services, environment.repository, head.revision, async () => {
    const uri = environment.repository.at(opening.file, head.revision);
    await show(await vscode.workspace.openTextDocument(uri), lineIn(undefined, opening));
  });
}

async function openCommit(context: Context, opening: Extract<Opening, { kind: 'commit' }>): Promise<void> {
  const { revision, file } = opening;
  const { services, environment } = context;
  const { repository } = environment;
  const first = file === undefined ? [] : [repository.uriOf(file)];
  await withCommit(services, repository, revision, async () => {
    await vscode.commands.executeCommand('git.viewCommit', repository.root, revision, ...first);
  });
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
