import { FOLDER_MARKS, selectFiles } from '@weaveflux/shared';
import { cleanPath, isBelow, isKept } from '../agent/paths.ts';
import type { Standing } from './file.ts';

/** What decides how files are taken. */
export interface ScopeFacts {
  /** The agent's `--git-path`s; empty = all of the repository; `undefined` = no agent is known. */
  readonly paths: readonly string[] | undefined;
  /** Globs of `.weaveflux.yaml`. */
  readonly ignore: readonly string[];
}

/** The folders above a file, whose marks decide about it: from the root, which is '', to its own. */
export function foldersAbove(path: string): string[] {
  const names = path.split('/').slice(0, -1);
  return ['', ...names.map((_, index) => names.slice(0, index + 1).join('/'))];
}

/** The names among a folder's that decide about what is in it. */
export function marksAmong(names: readonly string[]): string[] {
  return names.filter((name) => FOLDER_MARKS.includes(name));
}

/**
 * How a file is taken, by the marks (paths) that stand in the folders above it. One outside the agent's paths is another
 * agent's, of which nothing is known.
 */
export function standingOf(path: string, marks: readonly string[], { paths, ignore }: ScopeFacts): Standing {
  const all = (paths ?? []).map(cleanPath);
  const roots = all.some((root) => isBelow(path, root)) ? all : [];
  const isRead = (mark: string) => roots.length === 0 || roots.some((root) => isBelow(mark, root));
  const tree = [...new Set([path, ...marks.filter(isRead)])].map((it) => ({ path: it }));
  // Of the files above its paths the agent reads only Flux v1's.
  const above = marks.filter((mark) => !isRead(mark) && mark.endsWith('.flux.yaml'));
  const { files, withheldFiles } = selectFiles(tree, ignore, { roots, above });
  if (withheldFiles.some((file) => file.path === path)) return 'rendered';
  return files.some((file) => file.path === path) ? 'manifests' : 'ignored';
}

/**
 * Whether two files may be read by one agent. Where none is known, the folder at the root decides: many repositories
 * have one for each environment.
 */
export function isSameScope(a: string, b: string, paths: readonly string[] | undefined): boolean {
  if (paths === undefined) return topFolder(a) === topFolder(b);
  return isKept(a, paths) && isKept(b, paths);
}

function topFolder(path: string): string {
  return path.slice(0, Math.max(0, path.indexOf('/')));
}
