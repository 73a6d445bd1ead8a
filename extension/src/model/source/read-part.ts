import {
  annotationsOf,
  asWeavefluxError,
  findMarkers,
  type Manifest,
  manifestsOf,
  objectKey,
  type Path,
  type Problem,
  parseFile,
  readPolicies,
  type SourceDocument,
  toProblem,
  tryParseImage,
  workloadOf,
} from '@weaveflux/shared';
import { firstLineOf, type MarkerSource, rangeOf } from './places.ts';
import type { ManifestSource } from './types.ts';

/** What one part says by itself; lines and documents are counted from its own beginning. */
export interface PartReading {
  readonly text: string;
  /** How many documents it has that are not empty. */
  readonly documents: number;
  readonly manifests: readonly ManifestSource[];
  readonly markers: readonly MarkerSource[];
  readonly problems: readonly Problem[];
  /** It cannot be read at all. */
  readonly isBroken: boolean;
}

/** Reads a part. Never throws: what nobody foresaw is a problem of it. */
export function readPart(path: string, text: string): PartReading {
  try {
    return read(path, text);
  } catch (error) {
    return broken(text, [toProblem(asWeavefluxError(error, { file: path, line: 1 }))]);
  }
}

function read(path: string, text: string): PartReading {
  const parsed = parseFile(path, text, { positions: true });
  if (parsed.problems.length > 0) return broken(text, parsed.problems);
  const { manifests, problems } = manifestsOf(parsed);
  return {
    text,
    documents: parsed.documents.length,
    manifests: manifests.flatMap((manifest) => {
      const document = parsed.documents[manifest.document];
      return document === undefined ? [] : [sourceOf(text, document, manifest)];
    }),
    markers: findMarkers(path, text, parsed).flatMap((marker) => {
      const position = parsed.documents[marker.document]?.position(marker.path);
      return position === undefined ? [] : [{ marker, range: rangeOf(text, position) }];
    }),
    problems,
    isBroken: false,
  };
}

function broken(text: string, problems: readonly Problem[]): PartReading {
  return { text, documents: 0, manifests: [], markers: [], problems, isBroken: true };
}

function sourceOf(text: string, document: SourceDocument, manifest: Manifest): ManifestSource {
  const workload = workloadOf(manifest);
  const annotations = annotationsOf(manifest.value);
  const rangeAt = (path: Path, part: 'value' | 'key' = 'value') => {
    const position = document.position([...manifest.at, ...path], part);
    return position && rangeOf(text, position);
  };
  const start = document.position(manifest.at) ?? { start: 0, end: 0, line: manifest.line, column: 1 };
  return {
    manifest,
    key: objectKey(manifest.id),
    name: nameOf(manifest),
    start: firstLineOf(text, start),
    images: (workload?.containers ?? []).flatMap(({ name, image, path }) => {
      const range = rangeAt(path);
      return range === undefined ? [] : [{ container: name, text: image, image: tryParseImage(image), range }];
    }),
    annotations: Object.entries(annotations).flatMap(([key, value]) => {
      const path = ['metadata', 'annotations', key];
      const keyRange = rangeAt(path, 'key');
      const valueRange = rangeAt(path);
      return keyRange === undefined || valueRange === undefined ? [] : [{ key, value, keyRange, valueRange }];
    }),
    policies: workload?.policies ?? readPolicies(annotations, []),
    stale: false,
  };
}

/** Without a namespace it may be cluster-scoped or left to the cluster: the file alone cannot tell. */
function nameOf({ id: { kind, namespace, name } }: Manifest): string {
  return `${namespace === '' ? '' : `${namespace}:`}${kind.toLowerCase()}/${name}`;
}
