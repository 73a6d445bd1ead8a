import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { WeavefluxError } from '@weaveflux/shared';

/**
 * The texts of a working copy's `.yaml`, `.yml` and `.json` files below the paths, by path inside `root`, as a commit
 * would hold them: neither hidden folders nor symlinks. Errors: NOT_FOUND where a path is not there.
 */
export async function readDocuments(root: string, paths: readonly string[]): Promise<Record<string, string>> {
  const starts = paths.length === 0 ? [''] : paths.map((path) => path.replace(/^(\.?\/)+|^\.$|\/+$/g, ''));
  const files = new Set<string>();
  for (const start of starts) {
    if (start.split('/').includes('..'))
      throw new WeavefluxError('INVALID_SETTINGS', `The path ${start} leaves the repository.`);
    for (const file of await list(root, start)) files.add(file);
  }
  // The settings at the root concern every path.
  if (await isFile(join(root, SETTINGS))) files.add(SETTINGS);
  const texts = await Promise.all(
    [...files].sort().map(async (file) => [file, await readFile(join(root, file), 'utf8')] as const),
  );
  return Object.fromEntries(texts);
}

const SETTINGS = '.weaveflux.yaml';

async function list(root: string, start: string): Promise<string[]> {
  if (await isFile(join(root, start))) return [start];
  const entries = await readdir(join(root, start), { withFileTypes: true }).catch((cause: unknown) => {
    throw new WeavefluxError('NOT_FOUND', `There is no folder ${join(root, start)}; is this the working copy?`, {
      cause,
    });
  });
  const found: string[] = [];
  for (const entry of entries) {
    const path = start === '' ? entry.name : `${start}/${entry.name}`;
    if (entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules')
      found.push(...(await list(root, path)));
    if (entry.isFile() && /\.(ya?ml|json)$/.test(entry.name)) found.push(path);
  }
  return found;
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}
