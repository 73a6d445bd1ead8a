import { DEFAULT_SETTINGS, parseSettings, SETTINGS_FILE, type Selection, selectFiles } from '@weaveflux/shared';
import * as vscode from 'vscode';
import { cleanPath } from '../model/agent/paths.ts';

/** Files read at the same time. */
const WIDTH = 16;
/** Larger files hold generated things, and are not read: bytes. */
const LARGEST = 5 * 1024 * 1024;

/**
 * The texts of the manifests of a working copy as the editor has them, unsaved changes too, by path. Below the paths, as
 * the agent would take them were they committed; files that are no UTF-8 are left out.
 */
export async function readWorkingCopy(
  root: vscode.Uri,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const { files } = await selectWorkingCopy(root, paths, signal);
  return readTexts(root, files, signal);
}

/** Which files of a working copy, by their paths, the agent would take were they committed. */
export async function selectWorkingCopy(
  root: vscode.Uri,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<Selection<{ readonly path: string }>> {
  const roots = paths.map(cleanPath);
  const lists = (roots.length === 0 ? [''] : roots).map((start) => listFiles(root, start, signal));
  const files = [...new Set((await Promise.all(lists)).flat())].sort().map((path) => ({ path }));
  return selectFiles(files, await ignored(root), { roots });
}

/** The texts of files as the editor has them, by path; without those that are too large or no UTF-8. */
export async function readTexts(
  root: vscode.Uri,
  files: readonly { readonly path: string }[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  // What is unchanged is read from disk: Git may have written there what the editor has not read yet.
  const changed = vscode.workspace.textDocuments.filter(({ isDirty }) => isDirty);
  const open = new Map(changed.map((document) => [document.uri.toString(), document]));
  const texts = new Map<string, string>();
  const waiting = [...files];
  const work = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      signal.throwIfAborted();
      const uri = vscode.Uri.joinPath(root, file.path);
      const text = open.get(uri.toString())?.getText() ?? (await readText(uri));
      if (text !== undefined) texts.set(file.path, text);
    }
  };
  await Promise.all(Array.from({ length: WIDTH }, work));
  return new Map(files.flatMap(({ path }) => (texts.has(path) ? [[path, texts.get(path) ?? '']] : [])));
}

async function readText(uri: vscode.Uri): Promise<string | undefined> {
  try {
    const bytes = await vscode.workspace.fs.readFile(uri);
    return bytes.length > LARGEST ? undefined : new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // Gone meanwhile, or no UTF-8: the agent does not read it either.
    return undefined;
  }
}

/** Regular files, as a commit would hold them: no links, nothing of hidden folders below the start. */
async function listFiles(root: vscode.Uri, start: string, signal: AbortSignal): Promise<string[]> {
  signal.throwIfAborted();
  const folder = start === '' ? root : vscode.Uri.joinPath(root, start);
  const entries = await readDirectory(folder);
  if (entries === undefined) return start === '' ? [] : [start];
  const lists = entries.map(async ([name, type]) => {
    const path = start === '' ? name : `${start}/${name}`;
    if (type === vscode.FileType.File) return [path];
    return type === vscode.FileType.Directory && !name.startsWith('.') ? listFiles(root, path, signal) : [];
  });
  return (await Promise.all(lists)).flat();
}

async function readDirectory(folder: vscode.Uri): Promise<[string, vscode.FileType][] | undefined> {
  try {
    return await vscode.workspace.fs.readDirectory(folder);
  } catch {
    // No folder: one of the agent's paths may be a file, or not be here at all.
    return undefined;
  }
}

async function ignored(root: vscode.Uri): Promise<readonly string[]> {
  const text = await readText(vscode.Uri.joinPath(root, SETTINGS_FILE));
  return (text === undefined ? undefined : parseSettings(text).settings)?.ignore ?? DEFAULT_SETTINGS.ignore;
}
