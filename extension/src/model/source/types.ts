import type { ImageReference, Manifest, ObjectPolicies, Problem } from '@weaveflux/shared';

/** A range of a text as editors count: 0-based lines and UTF-16 characters, `[start, end)`. */
export interface TextRange {
  readonly startLine: number;
  readonly startCharacter: number;
  readonly endLine: number;
  readonly endCharacter: number;
}

/** An image in a file: a container's, or one that a Flux v2 marker tells of. */
export interface ImageSource {
  readonly container: string;
  /** As written; '' = nothing is. */
  readonly text: string;
  /** Absent where the text is no image reference. */
  readonly image: ImageReference | undefined;
  /** Of the value, quotes included. */
  readonly range: TextRange;
  /** A Flux v2 marker stands beside it: an ImagePolicy decides, and the file's annotations automate nothing. */
  readonly marked?: true;
}

/** One annotation of an object. */
export interface AnnotationSource {
  readonly key: string;
  /** As read: a string, unless the YAML says something else. */
  readonly value: unknown;
  readonly keyRange: TextRange;
  readonly valueRange: TextRange;
}

/** One object in a file. */
export interface ManifestSource {
  readonly manifest: Manifest;
  /** `objectKey`, its namespace as written. */
  readonly key: string;
  /** `namespace:kind/name`, or `kind/name` where no namespace is written. */
  readonly name: string;
  /** Of its first line that is not a comment: where its lens stands. */
  readonly start: TextRange;
  /** Empty for what is no workload and has no marker. */
  readonly images: readonly ImageSource[];
  readonly annotations: readonly AnnotationSource[];
  readonly policies: ObjectPolicies;
  /** True where its document cannot be read at the moment: this is how it last could be, moved to where it now stands. */
  readonly stale: boolean;
}

/** What an open file says. */
export interface FileSource {
  /** Path inside the repository, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly manifests: readonly ManifestSource[];
  /** Of reading it: file, line (1-based) and what is wrong. */
  readonly problems: readonly Problem[];
  /** Set where the file is not read at all, as it is too large: one sentence. */
  readonly tooLarge?: string;
}

/** Reads open files again and again while they are typed in, and does again only what has changed. */
export interface SourceReader {
  /** The file as this text says; cheap where most documents of it are as they were at the last call for this path. */
  read(path: string, text: string): FileSource;
  /** The file was closed: what is remembered of it is dropped. */
  forget(path: string): void;
}
