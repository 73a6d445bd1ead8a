import { type Cell, type Paint, plain } from './text.ts';

/** Characters of a line where no terminal says how many it shows, and the fewest that are laid out for. */
const UNKNOWN_WIDTH = 120;
const LEAST_WIDTH = 80;
const GAP = 2;
const NARROWEST = 8;
/** Long names are broken behind these, where they must be broken at all. */
const JOINTS = ['/', ':', ',', '@'];

/** The cells of one line; a single cell among longer rows is a note, which stands indented over all columns. */
export type Row = readonly Cell[];

/** Characters a line may have on an output. */
export function widthOf({ isTTY, columns }: { isTTY?: boolean | undefined; columns?: number | undefined }): number {
  return isTTY && columns ? Math.max(LEAST_WIDTH, columns) : UNKNOWN_WIDTH;
}

/**
 * Lays rows out in columns of at most `width` characters a line. A cell that does not fit goes on below itself, so that
 * nothing is cut off. Ends with a line break; no rows = only the head.
 */
export function renderTable(head: readonly string[], rows: readonly Row[], paint: Paint, width: number): string {
  const titles: Cell[] = head.map((title) => ({ text: title, color: 'dim' }));
  return renderRows([titles, ...rows], paint, width);
}

/** The same without a head; no rows = an empty text. */
export function renderRows(rows: readonly Row[], paint: Paint, width: number): string {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const isNote = (row: Row) => row.length === 1 && count > 1;
  const texts = rows.filter((row) => !isNote(row)).map((row) => row.map(plain));
  const columns = Array.from({ length: count }, (_, column) => texts.map((row) => row[column] ?? ''));
  const widths = fit(columns, width);
  return rows.map((row) => (isNote(row) ? renderNote(row[0], paint, width) : renderRow(row, widths, paint))).join('');
}

function renderRow(cells: Row, widths: readonly number[], paint: Paint): string {
  const columns = widths.map((width, column) => wrap(plain(cells[column]), width));
  const height = Math.max(...columns.map((column) => column.length));
  const lines = Array.from({ length: height }, (_, line) =>
    columns
      .map((column, index) => {
        const text = column[line] ?? '';
        // Blanks stand outside the colour, so that the last ones can be trimmed.
        return `${paint(text, colorIn(cells[index]))}${' '.repeat((widths[index] ?? 0) - text.length)}`;
      })
      .join(' '.repeat(GAP))
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}

function renderNote(cell: Cell | undefined, paint: Paint, width: number): string {
  const indent = ' '.repeat(GAP);
  return wrap(plain(cell), width - GAP)
    .map((line) => `${indent}${paint(line, colorIn(cell))}\n`)
    .join('');
}

function colorIn(cell: Cell | undefined) {
  return typeof cell === 'object' ? cell.color : undefined;
}

function longest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map((text) => text.length));
}

/** Takes from the widest column until the line fits: first where only blanks are broken at, then joints, then anything. */
function fit(columns: readonly (readonly string[])[], width: number): number[] {
  const widths = columns.map(longest);
  const words = columns.map((texts) => longest(texts.flatMap((text) => text.split(' '))));
  const pieces = columns.map((texts) => longest(texts.flatMap((text) => text.split(/ |(?<=[/:,@])/))));
  const limits = [
    words.map((word) => Math.max(word, 3 * NARROWEST)),
    pieces.map((piece) => Math.max(piece, 2 * NARROWEST)),
    columns.map(() => NARROWEST),
  ];
  for (const least of limits) {
    for (let excess = lineWidth(widths) - width; excess > 0; excess -= 1) {
      const spare = widths.map((current, column) => (current > (least[column] ?? 0) ? current : 0));
      const widest = spare.indexOf(Math.max(...spare));
      if ((spare[widest] ?? 0) === 0) break;
      widths[widest] = (widths[widest] ?? 0) - 1;
    }
  }
  return widths;
}

function lineWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, GAP * (widths.length - 1));
}

/** Breaks at blanks, and inside a word only where it is longer than the line: behind a joint if there is one. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const joined = line === '' ? word : `${line} ${word}`;
    if (joined.length <= width) {
      line = joined;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word;
    while (line.length > width) {
      const end = lastJoint(line, width) || width;
      lines.push(line.slice(0, end));
      line = line.slice(end);
    }
  }
  return [...lines, line];
}

/** Where a word is best broken so that its beginning has at most `width` characters; 0 = it has no joint. */
function lastJoint(word: string, width: number): number {
  return Math.max(...JOINTS.map((joint) => word.lastIndexOf(joint, width - 1))) + 1;
}
