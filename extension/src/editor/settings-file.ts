import { SETTINGS_FILE } from '@weaveflux/shared';
import * as vscode from 'vscode';
import type { Environments } from '../agents/environments.ts';

/** Whether a document is the `.weaveflux.yaml` of a repository, or of a folder that is in none. */
export function isSettingsFile(environments: Environments, { uri }: vscode.TextDocument): boolean {
  if (!uri.path.endsWith(`/${SETTINGS_FILE}`)) return false;
  const { repository } = environments.of(uri) ?? {};
  if (repository !== undefined)
    return repository.root.scheme === uri.scheme && repository.pathOf(uri) === SETTINGS_FILE;
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  return folder !== undefined && vscode.workspace.asRelativePath(uri, false) === SETTINGS_FILE;
}
