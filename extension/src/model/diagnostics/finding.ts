import type { ErrorCode, Problem } from '@weaveflux/shared';
import type { AnnotationSource, ImageSource, ManifestSource, TextRange } from '../source/types.ts';

/** What kind of thing was found: a code of the agent, or one that only an editor tells of. */
export type FindingCode = ErrorCode | 'MATCHES_NOTHING' | 'NO_TAG' | 'MUTABLE_TAG';

/** A place in a file of the repository. */
export interface Place {
  /** Path inside the repository. */
  readonly path: string;
  /** 1-based. */
  readonly line: number;
}

/** What a finding is about, as far as something can be mended there. */
export type Subject =
  | { readonly kind: 'annotation'; readonly manifest: ManifestSource; readonly annotation: AnnotationSource }
  | { readonly kind: 'image'; readonly manifest: ManifestSource; readonly image: ImageSource };

/** Something to underline in a file. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: Problem['severity'] | 'information';
  /** One sentence. */
  readonly message: string;
  readonly range: TextRange;
  readonly subject?: Subject;
  /** Where the other half of it stands. */
  readonly other?: Place;
  /** `objectKey`, where the agent can explain more. */
  readonly object?: string;
}

/** From the first character that is no blank to the end of a line (0-based). */
export function lineRange(line: number, text: string): TextRange {
  const content = text.trimEnd();
  const startCharacter = content.length - content.trimStart().length;
  return { startLine: line, startCharacter, endLine: line, endCharacter: content.length };
}

/** Whether a range has no character in it. */
export function isEmptyRange({ startLine, startCharacter, endLine, endCharacter }: TextRange): boolean {
  return startLine === endLine && startCharacter === endCharacter;
}
