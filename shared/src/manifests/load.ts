import { isObject, type Json, type JsonObject, type Path } from '../json.ts';
import { failure, type Problem } from '../problems.ts';
import type { ParsedFile, SourceDocument } from '../yaml/types.ts';
import { groupOf, idOf } from './identity.ts';
import type { Manifest } from './manifest.ts';

/** What a file means to an environment. */
export interface Loaded {
  readonly manifests: Manifest[];
  /** How many of its documents are no manifests. */
  readonly ignored: number;
  readonly problems: Problem[];
}

/**
 * The manifests of a file: documents with `apiVersion` and `kind`, those inside a `v1` List included. Other documents, and
 * kustomizations, are counted as ignored. A manifest that cannot be applied for what it says itself is a problem with its
 * line; the problems of the parsing are passed on.
 */
export function manifestsOf(parsed: ParsedFile): Loaded {
  const loaded = { manifests: [] as Manifest[], ignored: 0, problems: [...parsed.problems] };
  for (const document of parsed.documents) {
    const { value } = document;
    if (!isManifest(value)) loaded.ignored++;
    else if (isList(value)) loadItems(document, value, loaded);
    else loadObject(document, value, [], loaded);
  }
  return loaded;
}

interface Collected {
  manifests: Manifest[];
  ignored: number;
  problems: Problem[];
}

function isManifest(value: Json): value is JsonObject & { apiVersion: string; kind: string } {
  if (!isObject(value) || !isName(value.apiVersion) || !isName(value.kind)) return false;
  return groupOf(value.apiVersion) !== 'kustomize.config.k8s.io';
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isList(value: JsonObject): value is JsonObject & { items: Json[] } {
  return value.apiVersion === 'v1' && value.kind === 'List' && Array.isArray(value.items);
}

function loadItems(document: SourceDocument, { items }: { items: Json[] }, loaded: Collected): void {
  items.forEach((item, index) => {
    const at = ['items', index];
    if (isManifest(item)) loadObject(document, item, at, loaded);
    else loaded.problems.push(problem(document, at, `item ${index} of the List has no apiVersion or kind; add them`));
  });
}

function loadObject(
  document: SourceDocument,
  value: JsonObject & { apiVersion: string },
  at: Path,
  loaded: Collected,
): void {
  const reason = refusalOf(value);
  if (reason !== undefined) {
    loaded.problems.push(problem(document, at, `${value.kind} ${reason}`));
    return;
  }
  const { file, index } = document;
  const line = lineOf(document, at);
  loaded.manifests.push({ id: idOf(value), apiVersion: value.apiVersion, value, file, line, document: index, at });
}

/** Why an object cannot be applied whatever the cluster says, or `undefined`. */
function refusalOf({ metadata }: JsonObject): string | undefined {
  if (!isObject(metadata)) return 'has no metadata; add metadata.name';
  const { name, namespace, generateName } = metadata;
  if (namespace !== undefined && namespace !== null && typeof namespace !== 'string') {
    return `has a metadata.namespace that is not a string (${JSON.stringify(namespace)}); quote it`;
  }
  if (isName(name)) return undefined;
  if (name !== undefined && name !== null && typeof name !== 'string') {
    return `has a metadata.name that is not a string (${JSON.stringify(name)}); quote it`;
  }
  if (generateName !== undefined) {
    return 'uses metadata.generateName, which makes a new object each time it is applied; give it a metadata.name';
  }
  return 'has no metadata.name; add it';
}

function problem(document: SourceDocument, at: Path, reason: string): Problem {
  const line = lineOf(document, at);
  return failure('INVALID_MANIFEST', `${document.file} line ${line}: ${reason}.`, { file: document.file, line });
}

function lineOf(document: SourceDocument, at: Path): number {
  return (at.length === 0 ? undefined : document.position(at)?.line) ?? document.line;
}
