import { WeavefluxError } from '@weaveflux/shared';
import type { Git } from './git.ts';
import type { TreeFile } from './repository.ts';

/** An entry of a tree, of any type. */
export interface TreeEntry {
  readonly mode: string;
  readonly blob: string;
  readonly path: string;
  /** Bytes; absent of submodules. */
  readonly size?: number;
}

/** A path inside the repository in one form: `a/b`; '' for the root. INVALID_FLAG for one that leads outside. */
export function cleanPath(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  const outside = path.startsWith('/') || parts.includes('..') || /\p{Cc}/u.test(path);
  if (!outside) return parts.join('/');
  throw new WeavefluxError(
    'INVALID_FLAG',
    `The path ${JSON.stringify(path)} is not inside the repository; --git-path takes paths from its root, without ".." and a leading "/".`,
  );
}

/** The regular files below the paths, in path order, without doubles. A path that is not there: NOT_FOUND. */
export async function listFiles(
  git: Git,
  revision: string,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<TreeFile[]> {
  const wanted = paths.map(cleanPath);
  const whole = wanted.length === 0 || wanted.includes('');
  const entries = await listEntries(git, revision, whole ? [] : wanted, signal);
  const missing = wanted.find((path) => path !== '' && !entries.some((entry) => isBelow(entry.path, path)));
  if (missing !== undefined)
    throw new WeavefluxError(
      'NOT_FOUND',
      `--git-path names ${JSON.stringify(missing)}, which revision ${revision.slice(0, 8)} does not have; correct the flag or add the folder.`,
      { about: { file: missing } },
    );
  return entries
    .filter(isRegular)
    .map(({ path, blob, size }) => ({ path, blob, ...(size === undefined ? {} : { size }) }));
}

/** The paths of what `listFiles` leaves out. A path that is not there has none. */
export async function listLinks(
  git: Git,
  revision: string,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<string[]> {
  const entries = await listEntries(git, revision, paths.map(cleanPath).filter(Boolean), signal);
  return entries.filter((entry) => !isRegular(entry)).map(({ path }) => path);
}

function isRegular({ mode }: TreeEntry): boolean {
  return mode.startsWith('100');
}

/** All entries below paths that `cleanPath` made; no paths = the whole tree. */
export async function listEntries(
  git: Git,
  revision: string,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<TreeEntry[]> {
  const out = await git(['ls-tree', '-r', '-l', '-z', '--full-tree', revision, '--', ...paths], signal);
  const entries = out
    .toString('utf8')
    .split('\0')
    .flatMap((line) => {
      const tab = line.indexOf('\t');
      const [mode, , blob, size] = line.slice(0, tab).split(/ +/);
      if (tab < 0 || mode === undefined || blob === undefined) return [];
      return [{ mode, blob, path: line.slice(tab + 1), ...(size === '-' ? {} : { size: Number(size) }) }];
    });
  return [...new Map(entries.map((entry) => [entry.path, entry])).values()];
}

/** Texts of blobs by id, from one process. A blob that is no UTF-8 is left out. */
export async function readTexts(git: Git, blobs: readonly string[], signal: AbortSignal): Promise<Map<string, string>> {
  const wanted = [...new Set(blobs)];
  const texts = new Map<string, string>();
  if (wanted.length === 0) return texts;
  const out = await git(['cat-file', '--batch'], signal, { input: `${wanted.join('\n')}\n` });
  let at = 0;
  while (at < out.length) {
    const end = out.indexOf(0x0a, at);
    const [blob, type, size] = out.toString('latin1', at, end).split(' ');
    if (blob === undefined || type !== 'blob')
      throw new WeavefluxError(
        'GIT_FAILED',
        `The mirror lacks the object ${blob}, so the revision cannot be read; it is fetched anew.`,
      );
    const start = end + 1;
    at = start + Number(size) + 1;
    const text = decode(out.subarray(start, at - 1));
    if (text !== undefined) texts.set(blob, text);
  }
  return texts;
}

function decode(bytes: Buffer): string | undefined {
  try {
    // A byte order mark stays: what is edited is written back byte by byte.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function isBelow(path: string, parent: string): boolean {
  return path === parent || path.startsWith(`${parent}/`);
}
