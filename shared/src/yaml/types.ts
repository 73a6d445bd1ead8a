import type { Json, JsonObject, Path } from '../json.ts';
import type { Problem } from '../problems.ts';

/** Where a value stands in its file. Offsets are UTF-16, `[start, end)`, of the scalar without anchor, tag and comment. */
export interface Position {
  readonly start: number;
  readonly end: number;
  /** 1-based. */
  readonly line: number;
  readonly column: number;
}

/** One YAML or JSON document with a way back to its text. */
export interface SourceDocument {
  readonly file: string;
  /** 0-based among the documents of its file that are not empty. */
  readonly index: number;
  /** 1-based line of its first token. */
  readonly line: number;
  readonly value: Json;
  /** The position of the value at a path; of the key, where `part` is 'key'. */
  position(path: Path, part?: 'value' | 'key'): Position | undefined;
}

/** What a file says. A file with an error has no documents at all: half a file is never applied. */
export interface ParsedFile {
  readonly documents: readonly SourceDocument[];
  readonly problems: readonly Problem[];
}

/**
 * One wish to change a document: set the string at a path (mappings on the way that are missing are made), or,
 * with `value: undefined`, remove the key (and a mapping that this leaves empty only if the edit's path made it so).
 */
export interface Edit {
  readonly document: number;
  readonly path: Path;
  readonly value: string | undefined;
}

/** A Flux v2 setter comment: `# {"$imagepolicy": "ns:name:tag"}`. */
export interface Marker {
  readonly document: number;
  /** The path of the scalar that the marker stands beside. */
  readonly path: Path;
  readonly line: number;
  readonly policyNamespace: string;
  readonly policyName: string;
  /** Which part of the image the scalar holds; `image` = the whole reference. */
  readonly part: 'image' | 'tag' | 'name' | 'digest';
}

export type { JsonObject };
