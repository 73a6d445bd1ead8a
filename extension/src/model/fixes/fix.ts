import type { Place } from '../diagnostics/finding.ts';
import type { TextRange } from '../source/types.ts';

/** Text that stands instead of a range. */
export interface TextReplace {
  readonly range: TextRange;
  readonly text: string;
}

/** One way to mend a finding: changes of its file, or another place to look at. */
export interface Fix {
  /** As in a menu. */
  readonly title: string;
  readonly replaces: readonly TextReplace[];
  /** The one that is most likely meant. */
  readonly isPreferred: boolean;
  readonly open?: Place;
}
