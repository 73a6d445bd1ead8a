import { isKustomizationFile, KUSTOMIZATION_FILES } from '../places/kustomization.ts';
import { type Problem, warning } from '../problems.ts';
import { matchesGlob } from './glob.ts';
import { SETTINGS_FILE } from './settings.ts';

/** Why something in the repository is passed over. */
export type IgnoreReason = 'document' | 'hidden' | 'link' | 'chart' | 'glob';

/** A file of a tree, by its path inside the repository. */
export interface PathOfTree {
  readonly path: string;
}

/** What of a tree may hold manifests. */
export interface Selection<File extends PathOfTree> {
  readonly files: readonly File[];
  /** Files in folders that are neither applied nor pruned, since they must be rendered first. */
  readonly withheldFiles: readonly File[];
  /** Files that hold no manifests, and yet images may be written in them: kustomizations, and the YAML of charts. */
  readonly otherFiles: readonly File[];
  /** Those folders, without a trailing slash; '' = the root. */
  readonly withheldFolders: readonly string[];
  /** Files and folders passed over, by reason. */
  readonly ignored: Readonly<Partial<Record<IgnoreReason, number>>>;
  readonly problems: readonly Problem[];
}

const CHART = 'Chart.yaml';
const GENERATOR = '.flux.yaml';

/** What was asked for by name. */
export interface Scope {
  /** The git paths: that these are hidden does not matter. */
  readonly roots?: readonly string[];
  /** `.flux.yaml` files in folders above them. */
  readonly above?: readonly string[];
}

/** The names of files that decide about the folder they stand in: charts, and what must be rendered first. */
export const FOLDER_MARKS: readonly string[] = [CHART, GENERATOR, ...KUSTOMIZATION_FILES];

/** Decides by their paths which files may hold manifests. */
export function selectFiles<File extends PathOfTree>(
  tree: readonly File[],
  ignore: readonly string[],
  { roots = [], above = [] }: Scope = {},
): Selection<File> {
  const passed: Record<Exclude<IgnoreReason, 'document' | 'link'>, Set<string>> = {
    hidden: new Set(),
    chart: new Set(),
    glob: new Set(),
  };
  const charts = new Set(foldersWith(tree, [CHART]));
  const inCharts: File[] = [];
  const candidates = tree.filter((file) => {
    const { path } = file;
    const hidden = outermost(path, (folder) => nameOf(folder).startsWith('.') && !isNamed(folder, roots));
    const chart = outermost(path, (folder) => charts.has(folder));
    const glob = ignore.some((pattern) => matchesGlob(pattern, path)) ? path : undefined;
    if (hidden !== undefined) passed.hidden.add(hidden);
    else if (chart !== undefined) passed.chart.add(chart);
    else if (glob !== undefined) passed.glob.add(glob);
    if (hidden === undefined && chart !== undefined && glob === undefined) inCharts.push(file);
    return hidden === undefined && chart === undefined && glob === undefined;
  });
  const causes = renderedFolders(candidates, above);
  const isWithheld = ({ path }: PathOfTree) => outermost(path, (folder) => causes.has(folder)) !== undefined;
  const manifests = candidates.filter(({ path }) => isManifestFile(path));
  const folders = [...causes.keys()].filter((folder) => outermost(folder, (upper) => causes.has(upper)) === undefined);
  return {
    files: manifests.filter((file) => !isWithheld(file)),
    withheldFiles: manifests.filter(isWithheld),
    otherFiles: [...inCharts, ...candidates.filter(({ path }) => !isManifestFile(path))].filter(isYaml),
    withheldFolders: folders,
    ignored: Object.fromEntries(Object.entries(passed).map(([reason, set]) => [reason, set.size])),
    problems: folders.map((folder) => withheldProblem(folder, causes.get(folder) ?? '')),
  };
}

/** Folders that something has to render first, with the file that says so. */
function renderedFolders(tree: readonly PathOfTree[], above: readonly string[]): Map<string, string> {
  const causes = new Map<string, string>();
  for (const path of [...above, ...tree.map((file) => file.path)]) {
    if (nameOf(path) === GENERATOR || isKustomizationFile(path)) causes.set(folderOf(path), path);
  }
  return causes;
}

function withheldProblem(folder: string, cause: string): Problem {
  const where = folder === '' ? 'The repository' : `${folder}/`;
  const message = `${where} has ${nameOf(cause)}, which is not rendered yet, so nothing in it is applied or pruned; put plain manifests elsewhere, or ignore it in ${SETTINGS_FILE}.`;
  return warning('NOT_SUPPORTED', message, { file: cause });
}

function isNamed(folder: string, roots: readonly string[]): boolean {
  return roots.some((root) => root === folder || root.startsWith(`${folder}/`));
}

function isManifestFile(path: string): boolean {
  const name = nameOf(path);
  if (path === SETTINGS_FILE || name === GENERATOR || isKustomizationFile(path)) return false;
  return /\.(ya?ml|json)$/i.test(name);
}

/** JSON takes no comments, so no markers. */
function isYaml({ path }: PathOfTree): boolean {
  const name = nameOf(path);
  if (path === SETTINGS_FILE || name === GENERATOR) return false;
  return isKustomizationFile(path) || /\.ya?ml$/i.test(name);
}

function foldersWith(tree: readonly PathOfTree[], names: readonly string[]): string[] {
  return tree.filter(({ path }) => names.includes(nameOf(path))).map(({ path }) => folderOf(path));
}

/** The folder nearest to the root, of those above the path (the root too), for which this holds. */
function outermost(path: string, holds: (folder: string) => boolean): string | undefined {
  const names = path.split('/').slice(0, -1);
  if (path !== '' && holds('')) return '';
  return names.map((_, index) => names.slice(0, index + 1).join('/')).find(holds);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
