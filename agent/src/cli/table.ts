import { type Cell, type Paint, plain } from './text.ts';

/** Characters a line may have. */
const WIDTH = 100;
const GAP = 2;
const NARROWEST = 8;

/** The cells of one line; a single cell among longer rows is a note, which stands indented over all columns. */
export type Row = readonly Cell[];

/**
 * Lays rows out in columns of at most 100 characters a line. A cell that does not fit goes on below itself, so that
 * nothing is cut off. Ends with a line break; no rows = only the head.
 */
export function renderTable(head: readonly string[], rows: readonly Row[], paint: Paint): string {
  const titles: Cell[] = head.map((title) => ({ text: title, color: 'dim' }));
  return renderRows([titles, ...rows], paint);
}

/** The same without a head; no rows = an empty text. */
export function renderRows(rows: readonly Row[], paint: Paint): string {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const isNote = (row: Row) => row.length === 1 && columns > 1;
  const texts = rows.filter((row) => !isNote(row)).map((row) => row.map(plain));
  const widths = fit(
    Array.from({ length: columns }, (_, column) => longest(texts.map((row) => row[column] ?? ''))),
    Array.from({ length: columns }, (_, column) => longest(texts.flatMap((row) => (row[column] ?? '').split(' ')))),
  );
  return rows.map((row) => (isNote(row) ? renderNote(row[0], paint) : renderRow(row, widths, paint))).join('');
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

function renderNote(cell: Cell | undefined, paint: Paint): string {
  const indent = ' '.repeat(GAP);
  return wrap(plain(cell), WIDTH - GAP)
    .map((line) => `${indent}${paint(line, colorIn(cell))}\n`)
    .join('');
}

function colorIn(cell: Cell | undefined) {
  return typeof cell === 'object' ? cell.color : undefined;
}

function longest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map((text) => text.length));
}

/** Takes from the widest column until the line fits: first where only blanks are broken at, then from any. */
function fit(natural: readonly number[], words: readonly number[]): number[] {
  const widths = [...natural];
  for (const least of [words.map((width) => Math.max(width, 3 * NARROWEST)), words.map(() => NARROWEST)]) {
    for (let excess = lineWidth(widths) - WIDTH; excess > 0; excess -= 1) {
      const spare = widths.map((width, column) => (width > (least[column] ?? 0) ? width : 0));
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

/** Breaks at blanks, and inside a word only where it is longer than the line. */
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
      lines.push(line.slice(0, width));
      line = line.slice(width);
    }
  }
  return [...lines, line];
}
