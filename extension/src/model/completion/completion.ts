import type { AgentState } from '../agent/state.ts';
import type { Ages } from '../changes/age.ts';
import type { FileSource, TextRange } from '../source/types.ts';
import type { Lines } from './lines.ts';

/** Something that may be written where a cursor stands. */
export interface Completion {
  readonly kind: 'key' | 'value' | 'policy' | 'tag';
  readonly label: string;
  /** A few words. */
  readonly detail: string;
  /** Markdown without links. */
  readonly documentation: string;
  /** What is written into the range; a snippet where `isSnippet`. */
  readonly text: string;
  readonly isSnippet: boolean;
  readonly range: TextRange;
  /** What the text in the range is compared with. */
  readonly filter: string;
  readonly isPreselected: boolean;
  /** Whether a value is to follow, which is completed at once. */
  readonly goesOn: boolean;
}

/** What completions are made of. */
export interface CompletionFacts {
  readonly source: FileSource;
  readonly lines: Lines;
  /** Absent where no repository holds the file. */
  readonly state: AgentState | undefined;
  readonly ages: Ages;
}
