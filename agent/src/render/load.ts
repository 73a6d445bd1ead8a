import {
  DEFAULT_SETTINGS,
  failure,
  type IgnoreReason,
  isMarkerSource,
  type Manifest,
  type Marker,
  objectKey,
  type Problem,
  type PruneLimit,
  parseSettings,
  placesBeside,
  type RepositorySettings,
  SETTINGS_FILE,
  selectFiles,
} from '@weaveflux/shared';
import type { Repository, TreeFile } from '../git/repository.ts';
import { cleanPath } from '../git/tree.ts';
import type { KeyFiles } from '../signatures/rules.ts';
import { RenderCache, type Rendered } from './cache.ts';
import { readFiles } from './read-files.ts';
import { readKeyFiles } from './read-keys.ts';
import { NOTHING, placeKey, readPlaces } from './read-places.ts';
import { readTree } from './tree.ts';

/** What a revision states. */
export interface Loaded {
  readonly revision: string;
  readonly manifests: readonly Manifest[];
  /**
   * Objects of folders that must be rendered first: as their files state them now, and as these stated them before. They
   * are not applied, and nobody may prune them.
   */
  readonly withheld: readonly Manifest[];
  /** Those folders; '' = the root. */
  readonly withheldFolders: readonly string[];
  readonly problems: readonly Problem[];
  /** Documents, files and folders passed over. */
  readonly ignored: number;
  readonly ignoredBy: Readonly<Partial<Record<IgnoreReason, number>>>;
  /** Always false here: a revision that cannot be read rejects. */
  readonly unreadable: boolean;
  /** Files that could not be read, or of which an object could not: what they stated must not be pruned. */
  readonly brokenFiles: readonly string[];
  readonly settings: RepositorySettings;
  /** The files with keys that the settings name. */
  readonly keyFiles: KeyFiles;
  /** Flux v2's setter comments, by the path of their file. */
  readonly markers: ReadonlyMap<string, readonly Marker[]>;
  /** Where images are written that are in no object: kustomizations, services of Compose, fields with markers. */
  readonly places: readonly Manifest[];
  /** ImagePolicies and ImageRepositories of folders that must be rendered first: markers are understood by them, too. */
  readonly withheldPolicies: readonly Manifest[];
  /** Files that are read, by path; for `text`, and to see what changed. */
  readonly files: ReadonlyMap<string, TreeFile>;
  /** The text of such a file, read when it is asked for; `undefined` where there is none. */
  text(path: string, signal: AbortSignal): Promise<string | undefined>;
  /** The texts of such files by path, read in one go; a path where there is none is left out. */
  texts(paths: Iterable<string>, signal: AbortSignal): Promise<ReadonlyMap<string, string>>;
}

export interface LoadRequest {
  readonly repository: Repository;
  readonly revision: string;
  /** `--git-path`; none = the whole repository. */
  readonly paths: readonly string[];
  readonly cache: RenderCache;
  readonly signal: AbortSignal;
}

/** How many commits back the settings and withheld folders are looked for. */
const LOOK_BACK = 50;

/** Reads a revision from Git into manifests. One bad file never stops the others. Errors: those of `Repository`. */
export async function loadRevision(request: LoadRequest): Promise<Loaded> {
  const { repository, revision, paths, cache, signal } = request;
  const tree = await readTree(repository, revision, paths, SETTINGS_FILE, signal);
  const { settings, problems } = await readSettings(request, tree.settings);
  const selection = selectFiles(tree.files, settings.ignore, { roots: paths.map(cleanPath), above: tree.above });
  const all = await readFiles(repository, cache, [...selection.files, ...selection.withheldFiles], signal);
  const others = await readPlaces(repository, cache, selection.otherFiles, signal);
  const past = await readPast(request, selection.withheldFolders, all);
  cache.keep([
    ...[...all, ...past].map(([file, one]) => [file.path, file.blob, one] as const),
    ...[...others].map(([file, one]) => [placeKey(file.path), file.blob, one] as const),
  ]);

  const rendered = selection.files.map((file) => [file, all.get(file) ?? NOTHING] as const);
  const unapplied = selection.withheldFiles.map((file) => [file, all.get(file) ?? NOTHING] as const);
  const withheld = [...unapplied.map(([, one]) => one), ...past.values()];
  const readable = [...rendered, ...unapplied, ...others];
  const broken = rendered.filter(([, one]) => one.problems.some(({ severity }) => severity === 'error'));
  const documents = rendered.reduce((sum, [, one]) => sum + one.ignored, 0);
  const ignoredBy = { ...selection.ignored, link: tree.links, document: documents };
  const files = new Map(readable.map(([file]) => [file.path, file]));
  return {
    revision,
    manifests: rendered.flatMap(([, one]) => one.manifests),
    withheld: distinct(withheld.flatMap((one) => one.manifests)),
    withheldFolders: selection.withheldFolders,
    problems: [
      ...tree.missing.map(({ problem }) => problem),
      ...problems,
      ...selection.problems,
      ...rendered.flatMap(([, one]) => one.problems),
      ...readable.flatMap(([, one]) => one.imageProblems),
    ],
    ignored: Object.values(ignoredBy).reduce((sum, count) => sum + count, 0),
    ignoredBy,
    unreadable: false,
    // With no path left, "the set is empty" is the brake, which a person can release.
    brokenFiles: [
      ...(tree.missing.length < paths.length ? tree.missing.map(({ path }) => path) : []),
      ...broken.map(([file]) => file.path),
    ],
    settings,
    keyFiles: await readKeyFiles(request, settings.images),
    markers: new Map(
      readable.flatMap(([{ path }, { markers }]) => (markers.length > 0 ? [[path, markers] as const] : [])),
    ),
    places: [
      ...rendered.flatMap(([, one]) => placesBeside(one)),
      ...[...unapplied, ...others].flatMap(([, { places }]) => places),
    ],
    withheldPolicies: unapplied.flatMap(([, one]) => one.manifests.filter(isMarkerSource)),
    files,
    text: async (path, until) => (await textsOf(repository, files, [path], until)).get(path),
    texts: (some, until) => textsOf(repository, files, some, until),
  };
}

async function textsOf(
  repository: Pick<Repository, 'read'>,
  files: Loaded['files'],
  paths: Iterable<string>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const blobs = new Map([...paths].flatMap((path) => files.get(path) ?? []).map(({ path, blob }) => [path, blob]));
  const texts = await repository.read([...blobs.values()], signal);
  return new Map(
    [...blobs].flatMap(([path, blob]) => {
      const text = texts.get(blob);
      return text === undefined ? [] : [[path, text] as const];
    }),
  );
}

/** Loads one revision after another for delivery. */
export interface Loader {
  /** As `loadRevision`; but how much may be pruned is what the revision before this one said. */
  load(revision: string, signal: AbortSignal): Promise<Loaded>;
}

/** A loader with a memory: a commit that raises the prune limit cannot use it for its own deletions. */
export function createLoader(repository: Repository, paths: readonly string[], cache = new RenderCache()): Loader {
  let last: { revision: string; own: PruneLimit; inForce: PruneLimit } | undefined;
  return {
    async load(revision, signal) {
      const loaded = await loadRevision({ repository, revision, paths, cache, signal });
      const own = loaded.settings.pruneLimit;
      const inForce = last === undefined ? own : last.revision === revision ? last.inForce : last.own;
      last = { revision, own, inForce };
      return { ...loaded, settings: { ...loaded.settings, pruneLimit: inForce } };
    },
  };
}

/** The settings of the revision, or the last usable ones in its history when they are bad. */
async function readSettings(
  { repository, revision, signal }: LoadRequest,
  file: TreeFile | undefined,
): Promise<{ settings: RepositorySettings; problems: readonly Problem[] }> {
  if (file === undefined) return { settings: DEFAULT_SETTINGS, problems: [] };
  const read = async (blob: string) => {
    const text = (await repository.read([blob], signal)).get(blob);
    return text === undefined ? { settings: undefined, problems: [noText()] } : parseSettings(text);
  };
  const now = await read(file.blob);
  if (now.settings !== undefined) return { settings: now.settings, problems: now.problems };
  const history = await repository.history(revision, [SETTINGS_FILE], LOOK_BACK, signal);
  for (const { files } of history) {
    const before = files.find(({ path }) => path === SETTINGS_FILE)?.before;
    if (before === undefined) break;
    const { settings } = await read(before);
    if (settings !== undefined) return { settings, problems: now.problems };
  }
  return { settings: DEFAULT_SETTINGS, problems: now.problems };
}

function noText(): Problem {
  const message = `${SETTINGS_FILE} is no UTF-8 text, so the previous settings stay in force; save it as UTF-8.`;
  return failure('INVALID_SETTINGS', message, { file: SETTINGS_FILE });
}

/** What the withheld folders stated in earlier commits: it may have been applied before they had to be rendered. */
async function readPast(
  { repository, revision, cache, signal }: LoadRequest,
  folders: readonly string[],
  now: ReadonlyMap<TreeFile, Rendered>,
): Promise<Map<TreeFile, Rendered>> {
  if (folders.length === 0) return new Map();
  const known = new Set([...now.keys()].map(({ path, blob }) => `${blob} ${path}`));
  const history = await repository.history(revision, folders, LOOK_BACK, signal);
  const files = history.flatMap((commit) =>
    commit.files.flatMap(({ path, before }) => (before === undefined ? [] : [{ path, blob: before }])),
  );
  const fresh = new Map(
    files.filter(({ path, blob }) => !known.has(`${blob} ${path}`)).map((file) => [`${file.blob} ${file.path}`, file]),
  );
  const manifests = selectFiles([...fresh.values()], []);
  return readFiles(repository, cache, [...manifests.files, ...manifests.withheldFiles], signal);
}

function distinct(manifests: readonly Manifest[]): Manifest[] {
  return [...new Map(manifests.map((manifest) => [objectKey(manifest.id), manifest])).values()];
}
