import { BEYOND, type Cursor, enterLine, SPACE } from './cursor.ts';
import type { ScalarNode } from './nodes.ts';

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '"': '"', '\\': '\\', '/': '/' };

/** Reads a quoted scalar and moves behind it; `undefined`, without moving, where it does not close on its line. */
export function quotedNode(cursor: Cursor): ScalarNode | undefined {
  const { text, at: start, lineEnd } = cursor;
  const end = closingEnd(text, start);
  if (end > lineEnd) return undefined;
  cursor.at = end;
  return nodeOf(text, start, end, text.slice(start + 1, end - 1));
}

/**
 * Reads a quoted scalar that closes on a later line and moves behind it. Its lines are indented deeper than the column of the
 * collection that it belongs to.
 */
export function foldedQuotedNode(cursor: Cursor, column: number): ScalarNode {
  const { text, at: start } = cursor;
  const end = closingEnd(text, start);
  const inner = text.slice(start + 1, end - 1);
  const [first = '', ...rest] = inner.split(/\r?\n/);
  if (rest.some((line) => indentOf(line) <= column && (line.trim() !== '' || line === rest.at(-1)))) throw BEYOND;
  if (/\\\r?\n/.test(inner)) throw BEYOND;
  enterLine(cursor, text.lastIndexOf('\n', end - 1) + 1);
  cursor.at = end;
  const last = rest.length - 1;
  const trimmed = rest.map((line, index) => (index < last ? trimSpaces(line) : line.replace(/^ +/, '')));
  return nodeOf(text, start, end, fold([first.replace(/ +$/, ''), ...trimmed]));
}

/** Lines as one, as YAML folds them: a line break is a space, n blank lines are n line breaks. */
export function fold([first = '', ...rest]: readonly string[]): string {
  let folded = first;
  let blank = 0;
  for (const [index, line] of rest.entries()) {
    if (line === '' && index < rest.length - 1) {
      blank++;
      continue;
    }
    folded += (blank > 0 ? '\n'.repeat(blank) : ' ') + line;
    blank = 0;
  }
  return folded;
}

function nodeOf(text: string, start: number, end: number, inner: string): ScalarNode {
  if (inner.includes('\t')) throw BEYOND;
  const single = text.charAt(start) === "'";
  const value = single ? inner.replaceAll("''", "'") : unescaped(inner);
  return { kind: 'scalar', start, end, style: single ? 'single' : 'double', value };
}

/** The offset after the closing quote. */
function closingEnd(text: string, start: number): number {
  const quote = text.charAt(start);
  for (let at = start + 1; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '\\' && quote === '"') at++;
    else if (char === quote && quote === "'" && text.charAt(at + 1) === quote) at++;
    else if (char === quote) return at + 1;
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

function indentOf(line: string): number {
  let indent = 0;
  while (line.charCodeAt(indent) === SPACE) indent++;
  return indent;
}

function trimSpaces(line: string): string {
  return line.replace(/^ +| +$/g, '');
}
