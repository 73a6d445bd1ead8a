import {
  findMarkers,
  isImagePolicy,
  isMarkerSource,
  type Manifest,
  type MarkedImage,
  manifestsOf,
  markedImages,
  matchObjects,
  type ParsedFile,
  type Path,
  type Problem,
  parseFile,
  parseObjectKey,
  placesBeside,
  placesOf,
  toProblem,
  WeavefluxError,
  type Workload,
  workloadOf,
} from '@weaveflux/shared';
import { tooLarge } from '../source/limits.ts';

/** Lines of a text, 1-based, both included. */
export interface Lines {
  readonly first: number;
  readonly last: number;
}

/** A workload of a file, or a place in it where images are written, and where it stands there. */
export interface FileWorkload {
  readonly workload: Workload;
  readonly lines: Lines;
  /** Where each container stands; of an image that only markers tell of, their first line. */
  readonly containers: ReadonlyMap<string, Lines>;
}

/** What of a file can be changed. */
export interface FileWorkloads {
  readonly file: string;
  readonly manifests: readonly Manifest[];
  readonly marked: readonly MarkedImage[];
  readonly workloads: readonly FileWorkload[];
  /** Why nothing of the file can be read, if so; also where that would take long, as it is too large. */
  readonly problem?: Problem;
  /** Whether it has markers of ImagePolicies that stand elsewhere, so that all of the repository must be looked at. */
  readonly needsPolicies: boolean;
}

/** Reads what of a file can be changed. `policies` are the ImagePolicies and ImageRepositories of other files. */
export function workloadsIn(file: string, text: string, policies: readonly Manifest[] = []): FileWorkloads {
  const why = tooLarge(file, text);
  if (why !== undefined) return leftOut(file, why);
  const parsed = parseFile(file, text);
  const objects = manifestsOf(parsed).manifests;
  const markers = findMarkers(file, text, parsed);
  const places = placesOf(file, parsed, markers);
  const manifests = [...objects, ...placesBeside({ manifests: objects, places })];
  const others = policies.filter((policy) => policy.file !== file && isMarkerSource(policy));
  const marked = markedImages(file, markers, [...manifests, ...others]).images;
  const known = new Set([...manifests, ...others].filter(isImagePolicy).map(({ id }) => id.name));
  const problem = parsed.problems.find(({ severity }) => severity === 'error');
  return {
    file,
    manifests,
    marked,
    workloads: manifests.flatMap((manifest) => fileWorkload(parsed, text, manifest, marked) ?? []),
    ...(problem === undefined ? {} : { problem }),
    needsPolicies: policies.length === 0 && markers.some(({ policyName }) => !known.has(policyName)),
  };
}

function leftOut(file: string, why: string): FileWorkloads {
  const problem = toProblem(new WeavefluxError('NOT_SUPPORTED', why, { about: { file } }));
  return { file, manifests: [], marked: [], workloads: [], problem, needsPolicies: false };
}

/** The ImagePolicies and ImageRepositories of files, by which markers are understood. */
export function policiesIn(texts: ReadonlyMap<string, string>): Manifest[] {
  return [...texts]
    .filter(([, text]) => text.includes('image.toolkit.fluxcd.io'))
    .flatMap(([file, text]) => manifestsOf(parseFile(file, text)).manifests)
    .filter(isMarkerSource);
}

/**
 * The workloads of a file that a name may mean: an `objectKey`, also one whose namespace the file leaves open, or any
 * suffix of `namespace:kind/name`.
 */
export function workloadsNamed(workloads: readonly FileWorkload[], name: string): readonly FileWorkload[] {
  const exact = workloads.filter(({ workload }) => workload.key === name);
  if (exact.length > 0) return exact;
  const wanted = parseObjectKey(name) ?? parseObjectKey(keyLike(name));
  const open = workloads.filter(
    ({ workload: { manifest } }) =>
      wanted !== undefined &&
      manifest.id.namespace === '' &&
      manifest.id.name === wanted.name &&
      manifest.id.kind.toLowerCase() === wanted.kind.toLowerCase() &&
      (wanted.group === '' || wanted.group === manifest.id.group),
  );
  if (open.length > 0) return open;
  const ids = new Set(
    matchObjects(
      workloads.map(({ workload }) => workload.manifest.id),
      name,
    ),
  );
  return workloads.filter(({ workload }) => ids.has(workload.manifest.id));
}

/** The workload that a line (1-based) stands in, else the one before it. */
export function workloadAt(workloads: readonly FileWorkload[], line: number): FileWorkload | undefined {
  return workloads.find(({ lines }) => holds(lines, line)) ?? workloads.findLast(({ lines }) => lines.first <= line);
}

/** The container that a line (1-based) stands in. */
export function containerAt({ containers }: FileWorkload, line: number): string | undefined {
  return [...containers].find(([, lines]) => holds(lines, line))?.[0];
}

/** `shop:deployment/web` in the form of a key, its group not known. */
function keyLike(name: string): string {
  const [, namespace = '', kind = '', last = ''] = /^([^:/]*):([^:/]+)\/([^:/]+)$/.exec(name) ?? [];
  return `/${kind}/${namespace}/${last}`;
}

function fileWorkload(
  parsed: ParsedFile,
  text: string,
  manifest: Manifest,
  marked: readonly MarkedImage[],
): FileWorkload | undefined {
  const workload = workloadOf(manifest, marked);
  if (workload === undefined) return undefined;
  const linesOf = (path: Path): Lines => linesAt(parsed, text, manifest, path);
  const lines = linesOf([]);
  const containers = workload.containers.map(({ name, path }): [string, Lines] => {
    if (path.length > 0) return [name, linesOf(path.slice(0, -1))];
    const line = workload.marked.find((image) => image.container === name)?.line ?? lines.first;
    return [name, { first: line, last: line }];
  });
  return { workload, lines, containers: new Map(containers) };
}

function linesAt(parsed: ParsedFile, text: string, { document, at, line }: Manifest, path: Path): Lines {
  const position = parsed.documents[document]?.position([...at, ...path]);
  if (position === undefined) return { first: line, last: line };
  const breaks = text.slice(position.start, position.end).replace(/\n$/, '').split('\n').length - 1;
  return { first: position.line, last: position.line + breaks };
}

function holds({ first, last }: Lines, line: number): boolean {
  return first <= line && line <= last;
}
