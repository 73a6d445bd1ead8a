import { asWeavefluxError, type Problem, toProblem } from '@weaveflux/shared';
import type { Repository, TreeFile } from '../git/repository.ts';

/** What lies below the git paths of a revision, and beside them what bears on it. */
export interface Tree {
  readonly files: readonly TreeFile[];
  /** Symlinks and submodules, passed over. */
  readonly links: number;
  readonly settings: TreeFile | undefined;
  /** `.flux.yaml` files in folders above the paths. */
  readonly above: readonly string[];
  /** Git paths that the revision does not have. */
  readonly missing: readonly { path: string; problem: Problem }[];
}

/** Lists a revision. A path that is missing is told, the others are listed; other errors reject. */
export async function readTree(
  repository: Repository,
  revision: string,
  paths: readonly string[],
  settingsFile: string,
  signal: AbortSignal,
): Promise<Tree> {
  const list = (path: string) => repository.files(revision, path === '' ? [] : [path], signal);
  const roots = paths.length === 0 ? [''] : paths;
  const below = roots.filter((path) => path !== '');
  const [lists, settings, above, links] = await Promise.all([
    Promise.all(roots.map(async (path) => ({ path, ...(await found(list(path))) }))),
    below.length < roots.length ? undefined : found(list(settingsFile)),
    Promise.all(generatorsAbove(roots).map(async (path) => ({ path, ...(await found(list(path))) }))),
    repository.links?.(revision, below, signal),
  ]);
  const files = new Map(lists.flatMap((one) => one.files).map((file) => [file.path, file]));
  return {
    files: [...files.values()],
    links: links?.length ?? 0,
    settings: settings === undefined ? files.get(settingsFile) : settings.files[0],
    above: above.filter((one) => one.files.length > 0).map(({ path }) => path),
    missing: lists.flatMap(({ path, problem }) => (problem === undefined ? [] : [{ path, problem }])),
  };
}

async function found(listing: Promise<TreeFile[]>): Promise<{ files: TreeFile[]; problem?: Problem }> {
  try {
    return { files: await listing };
  } catch (error) {
    const failure = asWeavefluxError(error);
    if (failure.code !== 'NOT_FOUND') throw failure;
    return { files: [], problem: toProblem(failure) };
  }
}

function generatorsAbove(paths: readonly string[]): string[] {
  const folders = paths.flatMap((path) => {
    const names = path.split('/').filter((name) => name !== '' && name !== '.');
    return names.map((_, index) => names.slice(0, index).join('/'));
  });
  return [...new Set(folders)].map((folder) => (folder === '' ? '.flux.yaml' : `${folder}/.flux.yaml`));
}
