import { type Manifest, WeavefluxError } from '@weaveflux/shared';
import * as vscode from 'vscode';
import type { Environment } from '../agents/environments.ts';
import { withProgress } from '../asking/ask.ts';
import { type FileWorkloads, policiesIn, workloadsIn } from '../model/changes/file-workloads.ts';
import { lossy, tooLarge } from '../model/source/limits.ts';
import type { Services } from '../services.ts';
import { readWorkingCopy } from './working-copy.ts';

/** A file of a repository as the editor has it. */
export interface OpenFile {
  readonly document: vscode.TextDocument;
  /** Path inside the repository, or inside the folder where there is none. */
  readonly path: string;
  /** Absent where no environment's repository holds it. */
  readonly environment: Environment | undefined;
  readonly read: FileWorkloads;
  /** ImagePolicies and ImageRepositories of other files, where its markers need them. */
  readonly policies: readonly Manifest[];
}

/** Opens a file without showing it, and reads what of it can be changed. Errors: where it is too large, or no text. */
export async function openFile(services: Services, uri: vscode.Uri): Promise<OpenFile> {
  return readDocument(services, await openDocument(uri));
}

/** Reads what of an open document can be changed. Errors: where it is too large, or no text. */
export async function readDocument(services: Services, document: vscode.TextDocument): Promise<OpenFile> {
  const environment = services.environments.of(document.uri);
  const path = environment?.repository.pathOf(document.uri) ?? vscode.workspace.asRelativePath(document.uri);
  refuseUneditable(document, path);
  const file = { document, path, environment };
  const read = workloadsIn(path, document.getText());
  if (!read.needsPolicies || environment === undefined) return { ...file, read, policies: [] };
  const policies = await policiesOf(environment);
  return { ...file, read: workloadsIn(path, document.getText(), policies), policies };
}

async function openDocument(uri: vscode.Uri): Promise<vscode.TextDocument> {
  try {
    return await vscode.workspace.openTextDocument(uri);
  } catch (cause) {
    const message = vscode.l10n.t(
      '{0} cannot be opened as text; look whether it is still there, and no other kind of file.',
      vscode.workspace.asRelativePath(uri),
    );
    throw new WeavefluxError('NOT_FOUND', message, { cause });
  }
}

/** Errors: where a document must not be edited: it is too large, or saving it would write other bytes than it had. */
export function refuseUneditable(document: vscode.TextDocument, path: string): void {
  const text = document.getText();
  const about = { file: path };
  const large = tooLarge(path, text);
  if (large !== undefined) throw new WeavefluxError('NOT_SUPPORTED', large, { about });
  const lost = lossy(path, text);
  if (lost !== undefined) throw new WeavefluxError('UNREADABLE_FILE', lost, { about });
}

/** The ImagePolicies and ImageRepositories of a whole working copy. */
async function policiesOf({ repository, state }: Environment): Promise<readonly Manifest[]> {
  const title = vscode.l10n.t('Looking for ImagePolicies');
  const paths = state.status?.repository.paths ?? [];
  const texts = await withProgress(title, (signal) => readWorkingCopy(repository.root, paths, signal));
  return policiesIn(texts);
}
