import { type Cell, type Paint, plain } from './text.ts';

/** Characters a line may have. */
const WIDTH = 100;
const GAP = 2;
const NARROWEST = 8;

/**
 * Lays rows out in columns of at most 100 characters a line. A cell that does not fit goes on below itself, so that
 * nothing is cut off. Ends with a line break; no rows = only the head.
 */
export function renderTable(head: readonly string[], rows: readonly (readonly Cell[])[], paint: Paint): string {
  const titles: Cell[] = head.map((title) => ({ text: title, color: 'dim' }));
  return renderRows([titles, ...rows], paint);
}

/** The same without a head; no rows = an empty text. */
export function renderRows(rows: readonly (readonly Cell[])[], paint: Paint): string {
  const columns = rows[0] ?? [];
  const widths = fit(columns.map((_, column) => Math.max(...rows.map((cells) => plain(cells[column]).length))));
  return rows.map((cells) => renderRow(cells, widths, paint)).join('');
}

function renderRow(cells: readonly Cell[], widths: readonly number[], paint: Paint): string {
  const columns = widths.map((width, column) => wrap(plain(cells[column]), width));
  const height = Math.max(...columns.map((column) => column.length));
  const lines = Array.from({ length: height }, (_, line) =>
    columns
      .map((column, index) => {
        const text = column[line] ?? '';
        const cell = cells[index];
        const color = typeof cell === 'object' ? cell.color : undefined;
        // Blanks stand outside the colour, so that the last ones can be trimmed.
        return `${paint(text, color)}${' '.repeat((widths[index] ?? 0) - text.length)}`;
      })
      .join(' '.repeat(GAP))
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}

/** Takes from the widest column until the line fits. */
function fit(natural: readonly number[]): number[] {
  const widths = [...natural];
  const room = WIDTH - GAP * (widths.length - 1);
  for (let excess = widths.reduce((sum, width) => sum + width, 0) - room; excess > 0; excess -= 1) {
    const widest = widths.indexOf(Math.max(...widths));
    const width = widths[widest] ?? 0;
    if (width <= NARROWEST) break;
    widths[widest] = width - 1;
  }
  return widths;
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
