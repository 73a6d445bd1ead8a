import { FOLDER_MARKS, parseSettings, SETTINGS_FILE } from '@weaveflux/shared';
import * as vscode from 'vscode';
import type { Standing } from '../model/diagnostics/file.ts';
import { foldersAbove, marksAmong, standingOf } from '../model/diagnostics/scope.ts';
import type { OpenSource } from './sources.ts';

/** Tells how open files are taken: as manifests, as what is rendered first, or not at all. */
export interface Standings extends vscode.Disposable {
  /** What cannot be looked at counts as not there. */
  of(open: OpenSource): Promise<Standing>;
  /** Files that decide about it came, went or changed. */
  readonly onDidChange: vscode.Event<void>;
}

const DECIDING = `**/{${[...FOLDER_MARKS, SETTINGS_FILE].join(',')}}`;

/** Makes one that has looked at nothing yet. Each folder is looked at once, until something in it changes. */
export function createStandings(): Standings {
  const changed = new vscode.EventEmitter<void>();
  const marks = new Map<string, Promise<readonly string[]>>();
  const ignores = new Map<string, Promise<readonly string[]>>();
  const forget = () => {
    marks.clear();
    ignores.clear();
    changed.fire();
  };
  const watcher = vscode.workspace.createFileSystemWatcher(DECIDING);
  watcher.onDidCreate(forget);
  watcher.onDidDelete(forget);
  watcher.onDidChange(forget);

  async function standing(open: OpenSource): Promise<Standing> {
    const root = rootOf(open);
    if (root === undefined) return 'manifests';
    const path = pathBelow(root, open.document.uri);
    const found = foldersAbove(path).map(async (folder) => {
      const names = await remembered(marks, vscode.Uri.joinPath(root, folder), marksIn);
      return names.map((name) => (folder === '' ? name : `${folder}/${name}`));
    });
    const ignore = await remembered(ignores, vscode.Uri.joinPath(root, SETTINGS_FILE), ignoredBy);
    const paths = open.environment?.state.status?.repository.paths;
    return standingOf(path, (await Promise.all(found)).flat(), { paths, ignore });
  }

  return {
    of: standing,
    onDidChange: changed.event,
    dispose: () => vscode.Disposable.from(watcher, changed).dispose(),
  };
}

function rootOf({ environment, document }: OpenSource): vscode.Uri | undefined {
  return environment?.repository.root ?? vscode.workspace.getWorkspaceFolder(document.uri)?.uri;
}

function pathBelow({ path: root }: vscode.Uri, { path }: vscode.Uri): string {
  const start = root.endsWith('/') ? root : `${root}/`;
  return path.startsWith(start) ? path.slice(start.length) : path.slice(path.lastIndexOf('/') + 1);
}

function remembered(
  known: Map<string, Promise<readonly string[]>>,
  uri: vscode.Uri,
  look: (uri: vscode.Uri) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const key = uri.toString();
  const before = known.get(key);
  if (before !== undefined) return before;
  const found = look(uri);
  known.set(key, found);
  return found;
}

async function marksIn(folder: vscode.Uri): Promise<readonly string[]> {
  try {
    return marksAmong((await vscode.workspace.fs.readDirectory(folder)).map(([name]) => name));
  } catch {
    // A folder that cannot be listed decides nothing: its files are checked as manifests.
    return [];
  }
}

async function ignoredBy(file: vscode.Uri): Promise<readonly string[]> {
  try {
    const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
    return parseSettings(text).settings?.ignore ?? [];
  } catch {
    // Mostly there is none.
    return [];
  }
}
