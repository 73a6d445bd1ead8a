import type { Position } from './types.ts';

/** The 1-based line of an offset. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

/** A stretch of text as a position. Columns count UTF-16 units from 1; a byte order mark has no column. */
export function positionOf(text: string, start: number, end: number): Position {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const mark = lineStart === 0 && text.startsWith('\uFEFF') ? 1 : 0;
  return { start, end, line: lineAt(text, start), column: start - lineStart - mark + 1 };
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
