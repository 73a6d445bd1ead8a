import type { Cursor } from '../cursor.ts';
import type { FileSource, TextRange } from '../source/types.ts';
import { annotationAt, imageAt } from './at.ts';
import type { HoverFacts } from './facts.ts';
import { imageHover } from './image.ts';
import { annotationHover } from './policy.ts';

/** What is shown for a place. */
export interface HoverText {
  readonly range: TextRange;
  /** Its links call `OPEN_COMMAND` alone. */
  readonly markdown: string;
}

/** What is known of what a cursor stands in; `line` is the text of its line. */
export function hoverAt(source: FileSource, cursor: Cursor, line: string, facts: HoverFacts): HoverText | undefined {
  const found = imageAt(source, cursor);
  if (found !== undefined) {
    const { manifest, image } = found;
    return { range: image.range, markdown: imageHover(source, manifest, image, facts) };
  }
  const annotation = annotationAt(source, cursor, line);
  return annotation && { range: annotation.range, markdown: annotationHover(annotation, facts) };
}
