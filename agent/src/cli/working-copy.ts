import { lstat, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  DEFAULT_SETTINGS,
  failure,
  type Problem,
  parseSettings,
  type RepositorySettings,
  SETTINGS_FILE,
  selectFiles,
  WeavefluxError,
} from '@weaveflux/shared';

/** What a working copy holds. */
export interface WorkingCopy {
  /** The manifest files that the agent would take were they committed, by path inside the root. */
  readonly texts: ReadonlyMap<string, string>;
  /** Those of folders that must be rendered first, which the agent neither applies nor prunes. */
  readonly withheld: ReadonlyMap<string, string>;
  /** Files without manifests in which images may be written: kustomizations, and the YAML of charts. */
  readonly others: ReadonlyMap<string, string>;
  /** Those folders, and files that are no text. */
  readonly problems: readonly Problem[];
}

/** Reads a working copy's manifest files below the paths. Errors: NOT_FOUND where a path is not there. */
export async function readWorkingCopy(root: string, paths: readonly string[]): Promise<WorkingCopy> {
  const roots = paths.map((path) => path.replace(/^(\.?\/)+|^\.$|\/+$/g, ''));
  const files = new Set<string>();
  for (const start of roots.length === 0 ? [''] : roots)
    for (const file of await listFiles(root, start)) files.add(file);
  const tree = [...files].sort().map((path) => ({ path, blob: '' }));
  const { ignore } = await readSettings(root);
  const selected = selectFiles(tree, ignore, { roots });
  const [applied, withheld, others] = await Promise.all([
    readTexts(root, selected.files),
    readTexts(root, selected.withheldFiles),
    readTexts(root, selected.otherFiles),
  ]);
  return {
    texts: applied.texts,
    withheld: withheld.texts,
    others: others.texts,
    problems: [...selected.problems, ...applied.problems, ...withheld.problems],
  };
}

async function readTexts(
  root: string,
  files: readonly { path: string }[],
): Promise<Pick<WorkingCopy, 'texts' | 'problems'>> {
  const texts = new Map<string, string>();
  const problems: Problem[] = [];
  for (const { path } of files) {
    const text = decode(await readFile(join(root, path)));
    if (text !== undefined) texts.set(path, text);
    else problems.push(failure('UNREADABLE_FILE', `${path} is no UTF-8 text; save it as UTF-8.`, { file: path }));
  }
  return { texts, problems };
}

/** The text exactly, so that writing it back changes nothing; `undefined` where the bytes are none. */
function decode(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Writes whole texts back, by path inside `root`. */
export async function writeWorkingCopy(root: string, texts: ReadonlyMap<string, string>): Promise<void> {
  for (const [path, text] of texts) await writeFile(join(root, path), text);
}

/** What `.weaveflux.yaml` says; where it is missing or not usable, what holds without one. */
export async function readSettings(root: string): Promise<RepositorySettings> {
  const text = await readFile(join(root, SETTINGS_FILE), 'utf8').catch(() => undefined);
  return (text === undefined ? undefined : parseSettings(text).settings) ?? DEFAULT_SETTINGS;
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
