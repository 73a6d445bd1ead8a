/** The lines of a text that is typed in. */
export interface Lines {
  readonly count: number;
  /** Without its end; '' beyond the text. */
  at(line: number): string;
}

/** A line that begins with a key, as indentation tells; the same in YAML and in JSON that is laid out. */
export interface KeyLine {
  readonly line: number;
  readonly key: string;
  /** Where the key begins, its quote included. */
  readonly column: number;
  /** Where the dash before it stands. */
  readonly dash: number | undefined;
  /** What stands behind the colon. */
  readonly rest: string;
}

const KEY_LINE = /^( *)((?:- +)*)(["']?)([\w./$-]+)\3[ \t]*:(?![^\s"'[{])(.*)$/;
const DASH_LINE = /^( *)-(?:\s|$)/;
const MARKER = /^(?:---|\.\.\.)(?:\s|$)/;

/** The key that a line begins with. */
export function keyLine(lines: Lines, line: number): KeyLine | undefined {
  const [, indent = '', dashes = '', , key = '', rest = ''] = KEY_LINE.exec(lines.at(line)) ?? [];
  if (key === '') return undefined;
  const dash = dashes === '' ? undefined : indent.length;
  return { line, key, column: indent.length + dashes.length, dash, rest: rest.trim() };
}

/** The keys around something that begins at a column of a line, the nearest first. */
export function parentsOf(lines: Lines, line: number, column: number): KeyLine[] {
  const parents: KeyLine[] = [];
  let limit = column;
  for (let above = line - 1; above >= 0 && limit > 0 && !MARKER.test(lines.at(above)); above--) {
    const found = keyLine(lines, above);
    const dash = DASH_LINE.exec(lines.at(above))?.[1]?.length ?? limit;
    if (found !== undefined && found.column < limit) {
      parents.push(found);
      limit = found.column;
    }
    // A list may stand as far left as the key that it belongs to.
    if (dash < limit) limit = dash + 1;
  }
  return parents;
}

/** The keys directly below a key, the lines of a document from there on. */
export function childrenOf(lines: Lines, parent: KeyLine): KeyLine[] {
  const children: KeyLine[] = [];
  let column: number | undefined;
  for (let line = parent.line + 1; line < lines.count && !MARKER.test(lines.at(line)); line++) {
    const found = keyLine(lines, line);
    if (found === undefined) continue;
    if (found.column <= parent.column) break;
    column ??= found.column;
    if (found.column === column) children.push(found);
  }
  return children;
}

/** The first line of the document that holds a line, and the line after its last. */
export function documentBounds(lines: Lines, line: number): readonly [start: number, end: number] {
  let start = line;
  while (start > 0 && !MARKER.test(lines.at(start))) start--;
  let end = line + 1;
  while (end < lines.count && !MARKER.test(lines.at(end))) end++;
  return [start, end];
}
