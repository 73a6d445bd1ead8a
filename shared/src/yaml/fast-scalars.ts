import {
  BEYOND,
  COLON,
  type Cursor,
  enterLine,
  followingLine,
  HASH,
  SPACE,
  skipBlank,
  TAB,
  toContent,
} from './cursor.ts';
import { fold } from './fast-quoted.ts';
import type { ScalarNode } from './nodes.ts';
import { isUnreadable, readPlain } from './scalars.ts';

/** Characters that cannot begin a plain scalar, or that begin something else. */
const INDICATORS = new Set([...'?:,[]{}#&*!|>\'"%@`-\t'].map((char) => char.charCodeAt(0)));
const DASH = 45;

/**
 * Reads a plain scalar of one line, up to a comment, the line's end or, `isKey` then being true, to the `:` of a key.
 * The cursor stands after it.
 */
export function plainEnd(cursor: Cursor): { end: number; isKey: boolean } {
  const { text, at, lineEnd } = cursor;
  const first = text.charCodeAt(at);
  if (INDICATORS.has(first) && !(first === DASH && at + 1 < lineEnd && text.charCodeAt(at + 1) !== SPACE)) throw BEYOND;
  let end = at;
  for (let here = at; here < lineEnd; here++) {
    const code = text.charCodeAt(here);
    if (code === SPACE) continue;
    if (code === TAB) throw BEYOND;
    if (code === COLON && (here + 1 >= lineEnd || text.charCodeAt(here + 1) === SPACE)) {
      if (end !== here) throw BEYOND;
      return { end, isKey: true };
    }
    if (code === HASH && text.charCodeAt(here - 1) === SPACE) break;
    // A tab after the colon separates too, and a tab is refused above only when it is reached.
    if (code === COLON && text.charCodeAt(here + 1) === TAB) throw BEYOND;
    end = here + 1;
  }
  return { end, isKey: false };
}

/** A plain scalar as a node. */
export function plainNode(text: string, start: number, end: number, source = text.slice(start, end)): ScalarNode {
  const value = readPlain(source);
  if (isUnreadable(value)) throw BEYOND;
  return { kind: 'scalar', start, end, style: 'plain', value };
}

/**
 * Reads a plain scalar that is a value, with the lines that it goes on in: those indented deeper than the collection that it
 * belongs to. Moves to the next content.
 */
export function plainValue(cursor: Cursor, column: number): ScalarNode {
  const { text, at: start } = cursor;
  const { end, isKey } = plainEnd(cursor);
  if (isKey) throw BEYOND;
  cursor.at = end;
  const bare = skipBlank(cursor) && cursor.at >= cursor.lineEnd;
  enterLine(cursor, followingLine(cursor));
  const lineStart = cursor.lineStart;
  toContent(cursor);
  if (cursor.indent <= column) return plainNode(text, start, end);
  if (!bare) throw BEYOND;
  enterLine(cursor, lineStart);
  return foldedPlain(cursor, column, start, end);
}

/** The lines that a plain scalar goes on in, from the line after its first. */
function foldedPlain(cursor: Cursor, column: number, start: number, firstEnd: number): ScalarNode {
  const { text } = cursor;
  const lines = [text.slice(start, firstEnd)];
  let end = firstEnd;
  for (; cursor.lineStart < text.length; enterLine(cursor, followingLine(cursor))) {
    const line = text.slice(cursor.lineStart, cursor.lineEnd);
    const content = line.replace(/^ +| +$/g, '');
    if (content !== '' && line.search(/[^ ]/) <= column) break;
    if (/^#|[ ]#|:(?: |$)|\t/.test(content)) throw BEYOND;
    lines.push(content);
    if (content !== '') end = cursor.lineStart + line.replace(/ +$/, '').length;
  }
  while (lines.at(-1) === '') lines.pop();
  toContent(cursor);
  return plainNode(text, start, end, fold(lines));
}
