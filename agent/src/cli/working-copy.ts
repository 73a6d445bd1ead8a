import { lstat, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WeavefluxError } from '@weaveflux/shared';
import { selectFiles } from '../render/select.ts';
import { DEFAULT_SETTINGS, parseSettings, SETTINGS_FILE } from '../render/settings.ts';

/**
 * The texts of a working copy's manifest files below the paths, by path inside `root`: those that the agent would take
 * were they committed. Errors: NOT_FOUND where a path is not there, INVALID_SETTINGS.
 */
export async function readWorkingCopy(root: string, paths: readonly string[]): Promise<Map<string, string>> {
  const roots = paths.map((path) => path.replace(/^(\.?\/)+|^\.$|\/+$/g, ''));
  const files = new Set<string>();
  for (const start of roots.length === 0 ? [''] : roots)
    for (const file of await listFiles(root, start)) files.add(file);
  const tree = [...files].sort().map((path) => ({ path, blob: '' }));
  const selected = selectFiles(tree, await ignored(root), { roots }).files;
  return new Map(
    await Promise.all(selected.map(async ({ path }) => [path, await readFile(join(root, path), 'utf8')] as const)),
  );
}

/** Writes whole texts back, by path inside `root`. */
export async function writeWorkingCopy(root: string, texts: ReadonlyMap<string, string>): Promise<void> {
  for (const [path, text] of texts) await writeFile(join(root, path), text);
}

async function ignored(root: string): Promise<readonly string[]> {
  const text = await readFile(join(root, SETTINGS_FILE), 'utf8').catch(() => undefined);
  if (text === undefined) return DEFAULT_SETTINGS.ignore;
  return (parseSettings(text).settings ?? DEFAULT_SETTINGS).ignore;
}

/** Regular files, as a commit would hold them: no links, nothing of hidden folders below the start. */
async function listFiles(root: string, start: string): Promise<string[]> {
  if (start.split('/').includes('..')) throw missing(root, start);
  const kind = await lstat(join(root, start)).catch(() => undefined);
  if (kind?.isFile()) return [start];
  if (!kind?.isDirectory()) throw missing(root, start);
  const entries = await readdir(join(root, start), { withFileTypes: true });
  const lists = entries.map(async (entry) => {
    const path = start === '' ? entry.name : `${start}/${entry.name}`;
    if (entry.isFile()) return [path];
    return entry.isDirectory() && !entry.name.startsWith('.') ? listFiles(root, path) : [];
  });
  return (await Promise.all(lists)).flat();
}

function missing(root: string, path: string): WeavefluxError {
  return new WeavefluxError('NOT_FOUND', `There is no folder ${join(root, path)}; is ${root} the working copy?`);
}
