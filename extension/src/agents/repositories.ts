import * as vscode from 'vscode';
import { pathInside } from '../model/agent/folder-names.ts';
import type { Repository } from './git.ts';
import type { Ends, GitApi, GitApiRepository, GitExtension } from './git-extension.ts';
import { createRepository, type RepositoryPorts } from './git-repository.ts';

/** The Git repositories of the open folders, each apart: also a submodule, also one that a folder lies in. */
export interface OpenRepositories extends vscode.Disposable {
  readonly all: readonly Repository[];
  /** `off`: VS Code's Git is missing, turned off, or kept away by Restricted Mode. */
  readonly state: 'off' | 'scanning' | 'ready';
  /** The repository that holds a folder outside of the workspace; opened where VS Code's Git may, else `undefined`. */
  elsewhere(folder: vscode.Uri): Promise<Repository | undefined>;
  /** `all` or `state` is another. */
  readonly onDidChange: vscode.Event<void>;
}

/** Follows VS Code's own Git extension, whenever it comes. */
export function createRepositories(log: vscode.LogOutputChannel): OpenRepositories {
  const changed = new vscode.EventEmitter<void>();
  const open = new Map<string, Repository & Ends>();
  const outside = new Map<string, Repository & Ends>();
  const subscriptions: vscode.Disposable[] = [];
  let extension: GitExtension | undefined;
  let api: GitApi | undefined;
  let isDisposed = false;
  /** The Git extension may be there and is not up yet. */
  let isComing = vscode.workspace.isTrusted && vscode.extensions.getExtension('vscode.git') !== undefined;

  const failed = (error: unknown) => log.error(error instanceof Error ? error : String(error));
  const ports: RepositoryPorts = {
    isCaseless: process.platform === 'win32' || process.platform === 'darwin',
    commitOptions,
    showSourceControl: () => vscode.commands.executeCommand('workbench.view.scm'),
    failed,
  };

  async function look(): Promise<void> {
    if (extension !== undefined || !vscode.workspace.isTrusted) return;
    const found = vscode.extensions.getExtension<GitExtension>('vscode.git');
    if (found === undefined) return;
    const git = found.isActive ? found.exports : await found.activate();
    if (isDisposed || extension !== undefined) return;
    extension = git;
    subscriptions.push(git.onDidChangeEnablement(enter));
    enter();
  }

  function enter(): void {
    if (extension?.enabled === true && api === undefined) {
      api = extension.getAPI(1);
      subscriptions.push(
        api.onDidChangeState(update),
        api.onDidOpenRepository(update),
        api.onDidCloseRepository(update),
        vscode.workspace.onDidChangeWorkspaceFolders(update),
      );
    }
    update();
  }

  function update(): void {
    const found = new Map(
      (extension?.enabled === true ? (api?.repositories ?? []) : [])
        .filter(isOfWorkspace)
        .map((git) => [git.rootUri.toString(), git]),
    );
    for (const [root, repository] of open) {
      if (found.has(root)) continue;
      repository.dispose();
      open.delete(root);
    }
    for (const [root, git] of found)
      if (api !== undefined && !open.has(root)) open.set(root, createRepository(api, git, ports));
    changed.fire();
  }

  async function elsewhere(folder: vscode.Uri): Promise<Repository | undefined> {
    if (extension?.enabled !== true || api === undefined) return undefined;
    const git = await api.openRepository(folder);
    if (git === null || isDisposed) return undefined;
    const key = git.rootUri.toString();
    const known = open.get(key) ?? outside.get(key) ?? createRepository(api, git, ports);
    if (!open.has(key)) outside.set(key, known);
    return known;
  }

  function begin(): void {
    void look()
      .catch(failed)
      .finally(() => {
        isComing = false;
        if (!isDisposed) changed.fire();
      });
  }

  subscriptions.push(changed, vscode.extensions.onDidChange(begin), vscode.workspace.onDidGrantWorkspaceTrust(begin));
  begin();
  return {
    get all() {
      return [...open.values()].sort((a, b) => (a.root.path < b.root.path ? -1 : 1));
    },
    get state() {
      if (isComing) return 'scanning';
      if (extension?.enabled !== true || api === undefined) return 'off';
      return api.state === 'initialized' ? 'ready' : 'scanning';
    },
    elsewhere,
    onDidChange: changed.event,
    dispose() {
      isDisposed = true;
      vscode.Disposable.from(...subscriptions, ...open.values(), ...outside.values()).dispose();
    },
  };
}

function isOfWorkspace({ rootUri }: GitApiRepository): boolean {
  return (vscode.workspace.workspaceFolders ?? []).some(
    ({ uri }) =>
      uri.scheme === rootUri.scheme &&
      (pathInside(uri.path, rootUri.path, true) ?? pathInside(rootUri.path, uri.path, true)) !== undefined,
  );
}

function commitOptions(root: vscode.Uri): ReturnType<RepositoryPorts['commitOptions']> {
  const git = vscode.workspace.getConfiguration('git', root);
  return {
    ...(git.get<boolean>('enableCommitSigning') === true ? { signCommit: true } : {}),
    ...(git.get<boolean>('alwaysSignOff') === true ? { signoff: true } : {}),
  };
}
