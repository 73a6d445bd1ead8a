import type { Position } from './types.ts';

/** The 1-based line of an offset. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

/** The offsets at which the lines of a text begin. */
export function lineStartsOf(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** A stretch of text as a position. Columns count UTF-16 units from 1; a byte order mark has no column. */
export function positionOf(text: string, lineStarts: readonly number[], start: number, end: number): Position {
  const line = lineIn(lineStarts, start);
  const lineStart = lineStarts[line - 1] ?? 0;
  const mark = lineStart === 0 && text.startsWith('\uFEFF') ? 1 : 0;
  return { start, end, line, column: start - lineStart - mark + 1 };
}

/** The 1-based line of an offset: how many lines begin at or before it. */
function lineIn(lineStarts: readonly number[], offset: number): number {
  let low = 0;
  let high = lineStarts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((lineStarts[middle] ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The line that holds an offset, without its line ending. */
export function lineTextAt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', offset);
  return text.slice(start, end < 0 ? text.length : end).replace(/\r$/, '');
}

/** Counts lines for offsets that only grow, in one pass over the text. */
export function lineCounter(text: string): (offset: number) => number {
  let line = 1;
  let next = text.indexOf('\n');
  return (offset) => {
    for (; next >= 0 && next < offset; next = text.indexOf('\n', next + 1)) line++;
    return line;
  };
}
