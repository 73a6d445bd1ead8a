import * as l10n from '@vscode/l10n';
import {
  annotationsOf,
  asWeavefluxError,
  containersOf,
  findMarkers,
  type Manifest,
  manifestsOf,
  objectKey,
  type ParsedFile,
  type Path,
  type Problem,
  parseFile,
  parseQuickly,
  type SourceDocument,
  toProblem,
  tryParseImage,
  warning,
} from '@weaveflux/shared';
import { emptyImagesOf } from './empty-images.ts';
import { firstLineOf, type MarkerSource, moveMarker, moveProblem, rangeOf } from './places.ts';
import type { PolicyReader } from './policies.ts';
import type { ManifestSource } from './types.ts';

/** A part of a file with what stands before it. */
export interface PartPlace {
  readonly text: string;
  /** 0-based line of the file where it begins. */
  readonly line: number;
  /** How many documents are before it. */
  readonly document: number;
}

/** What one part says; its places are those in the file as it was when it was read. */
export interface PartReading extends PartPlace {
  /** How many documents it has that are not empty. */
  readonly documents: number;
  readonly manifests: readonly ManifestSource[];
  readonly markers: readonly MarkerSource[];
  readonly problems: readonly Problem[];
  /** It cannot be read at all. */
  readonly isBroken: boolean;
}

/** Characters of a part; a longer one is only read where that is quick. */
const MAX_SLOW_LENGTH = 64 * 1024;

/** Reads a part. Never throws: what nobody foresaw is a problem of it. */
export function readPart(path: string, part: PartPlace, readPolicies: PolicyReader): PartReading {
  try {
    const parsed = parsePart(path, part.text);
    return parsed === undefined ? broken(part, [tooLong(path, part)]) : read(path, part, parsed, readPolicies);
  } catch (error) {
    return broken(part, [toProblem(asWeavefluxError(error, { file: path, line: part.line + 1 }))]);
  }
}

/** `undefined` where that takes too long. */
function parsePart(path: string, text: string): ParsedFile | undefined {
  const options = { positions: true };
  return text.length > MAX_SLOW_LENGTH ? parseQuickly(path, text, options) : parseFile(path, text, options);
}

function tooLong(path: string, { line: before }: PartPlace): Problem {
  const line = before + 1;
  const message = l10n.t(
    '{0}: this document is longer than 64 KB and holds an error, or YAML that takes long to read, so it is shown as it last was, if at all.',
    `${path} line ${line}`,
  );
  return warning('NOT_SUPPORTED', message, { file: path, line });
}

function read(path: string, part: PartPlace, parsed: ParsedFile, readPolicies: PolicyReader): PartReading {
  const { text, line, document } = part;
  const problemsOf = (problems: readonly Problem[]) => problems.map((problem) => moveProblem(problem, line));
  if (parsed.problems.length > 0) return broken(part, problemsOf(parsed.problems));
  const { manifests, problems } = manifestsOf(parsed);
  return {
    ...part,
    documents: parsed.documents.length,
    manifests: manifests.flatMap((manifest) => {
      const found = parsed.documents[manifest.document];
      return found === undefined ? [] : [sourceOf(part, found, manifest, readPolicies)];
    }),
    markers: findMarkers(path, text, parsed).flatMap((marker) => {
      const position = parsed.documents[marker.document]?.position(marker.path);
      if (position === undefined) return [];
      return [moveMarker({ marker, range: rangeOf(text, position, 0) }, line, document)];
    }),
    problems: problemsOf(problems),
    isBroken: false,
  };
}

function broken(part: PartPlace, problems: readonly Problem[]): PartReading {
  return { ...part, documents: 0, manifests: [], markers: [], problems, isBroken: true };
}

function sourceOf(
  { text, line, document }: PartPlace,
  read: SourceDocument,
  manifest: Manifest,
  readPolicies: PolicyReader,
): ManifestSource {
  const { at, id, value } = manifest;
  const containers = containersOf(id.group, id.kind, value);
  const written = [...containers, ...emptyImagesOf(id.group, id.kind, value)];
  const annotations = annotationsOf(value);
  const rangeAt = (path: Path, part?: 'key') => {
    const position = read.position(at.length === 0 ? path : [...at, ...path], part);
    return position && rangeOf(text, position, line);
  };
  const start = read.position(at) ?? { start: 0, end: 0, line: manifest.line, column: 1 };
  return {
    manifest: { ...manifest, line: manifest.line + line, document: manifest.document + document },
    key: objectKey(id),
    name: nameOf(manifest),
    start: firstLineOf(text, start, line),
    images: written.flatMap(({ name, image, path }) => {
      const range = rangeAt(path);
      return range === undefined ? [] : [{ container: name, text: image, image: tryParseImage(image), range }];
    }),
    annotations: Object.entries(annotations).flatMap(([key, written]) => {
      const path = ['metadata', 'annotations', key];
      const keyRange = rangeAt(path, 'key');
      const valueRange = rangeAt(path);
      return keyRange === undefined || valueRange === undefined ? [] : [{ key, value: written, keyRange, valueRange }];
    }),
    policies: readPolicies(
      annotations,
      written.map((container) => container.name),
    ),
    stale: false,
  };
}

/** Without a namespace it may be cluster-scoped or left to the cluster: the file alone cannot tell. */
function nameOf({ id: { kind, namespace, name } }: Manifest): string {
  return `${namespace === '' ? '' : `${namespace}:`}${kind.toLowerCase()}/${name}`;
}
