import { BEYOND, COLON, type Cursor, enterLine, followingLine, HASH, SPACE, TAB, toContent } from './cursor.ts';
import type { ScalarNode, ScalarStyle } from './nodes.ts';
import { isUnreadable, readPlain } from './scalars.ts';

/** Characters that cannot begin a plain scalar, or that begin something else. */
const INDICATORS = new Set([...'?:,[]{}#&*!|>\'"%@`-\t'].map((char) => char.charCodeAt(0)));
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '"': '"', '\\': '\\', '/': '/' };
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
export function plainNode(text: string, start: number, end: number): ScalarNode {
  const value = readPlain(text.slice(start, end));
  if (isUnreadable(value)) throw BEYOND;
  return { kind: 'scalar', start, end, style: 'plain', value };
}

/** Reads a quoted scalar that closes on its line and moves behind it. */
export function quotedNode(cursor: Cursor): ScalarNode {
  const start = cursor.at;
  const single = cursor.text.charAt(start) === "'";
  const end = single ? singleEnd(cursor, start) : doubleEnd(cursor, start);
  const inner = cursor.text.slice(start + 1, end - 1);
  cursor.at = end;
  if (inner.includes('\t')) throw BEYOND;
  const value = single ? inner.replaceAll("''", "'") : unescaped(inner);
  return { kind: 'scalar', start, end, style: single ? 'single' : 'double', value };
}

function singleEnd({ text, lineEnd }: Cursor, start: number): number {
  for (let at = start + 1; ; at += 2) {
    at = text.indexOf("'", at);
    if (at < 0 || at >= lineEnd) throw BEYOND;
    if (text.charAt(at + 1) !== "'") return at + 1;
  }
}

function doubleEnd({ text, lineEnd }: Cursor, start: number): number {
  for (let at = start + 1; at < lineEnd; at++) {
    const char = text.charAt(at);
    if (char === '"') return at + 1;
    if (char === '\\') at++;
  }
  throw BEYOND;
}

function unescaped(inner: string): string {
  if (!inner.includes('\\')) return inner;
  return inner.replace(/\\(.?)/gs, (_, char: string) => {
    const value = ESCAPES[char];
    if (value === undefined) throw BEYOND;
    return value;
  });
}

/**
 * Reads a block scalar, `|` or a `>` without blank or more indented lines, and moves to the next content.
 * `parent` is the indentation of the collection that it belongs to.
 */
export function blockNode(cursor: Cursor, parent: number): ScalarNode {
  const { text, at: start, lineEnd } = cursor;
  const header = /^([|>])([-+]?)(?: *| +#.*)$/.exec(text.slice(start, lineEnd));
  if (!header) throw BEYOND;
  const style: ScalarStyle = header[1] === '|' ? 'literal' : 'folded';
  const { lines, end } = bodyOf(cursor, parent, header[2] === '+');
  if (style === 'folded' && lines.some((line) => line === '' || line.startsWith(' ') || line.startsWith('\t')))
    throw BEYOND;
  toContent(cursor);
  const tail = header[2] === '-' ? '' : '\n';
  return { kind: 'scalar', start, end, style, value: lines.join(style === 'literal' ? '\n' : ' ') + tail };
}

/** The lines of a block scalar without their indentation, and where the last one ends. The cursor stands at the line after. */
function bodyOf(cursor: Cursor, parent: number, keep: boolean): { lines: string[]; end: number } {
  const { text } = cursor;
  const lines: string[] = [];
  let indent = -1;
  let full = 0;
  let end = -1;
  for (
    enterLine(cursor, followingLine(cursor));
    cursor.lineStart < text.length;
    enterLine(cursor, followingLine(cursor))
  ) {
    let at = cursor.lineStart;
    while (text.charCodeAt(at) === SPACE) at++;
    const width = at - cursor.lineStart;
    if (at >= cursor.lineEnd) {
      if (indent < 0 || width > indent) throw BEYOND;
      lines.push('');
      continue;
    }
    if (indent < 0 && width > parent && text.charCodeAt(at) !== TAB) indent = width;
    if (indent < 0 || (width < indent && (width > parent || text.charCodeAt(at) === TAB))) throw BEYOND;
    if (width < indent) break;
    lines.push(text.slice(cursor.lineStart + indent, cursor.lineEnd));
    full = lines.length;
    end = cursor.lineEnd;
    if (cursor.lineEnd === text.length) throw BEYOND;
  }
  if (full === 0 || (keep && full < lines.length)) throw BEYOND;
  lines.length = full;
  return { lines, end };
}
