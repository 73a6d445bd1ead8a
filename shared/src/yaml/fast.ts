import {
  BEYOND,
  COLON,
  type Cursor,
  cursorOf,
  DASH,
  endsToken,
  enterLine,
  finishLine,
  followingLine,
  skipBlank,
  toContent,
} from './cursor.ts';
import { blockNode } from './fast-block.ts';
import { flowNode } from './fast-flow.ts';
import { KeySet, keyOf } from './fast-keys.ts';
import { foldedQuotedNode, quotedNode } from './fast-quoted.ts';
import { plainEnd, plainNode, plainValue } from './fast-scalars.ts';
import type { Entry, Node, ScalarNode } from './nodes.ts';

const MAX_FAST_DEPTH = 100;

/**
 * Reads the common subset of YAML in one pass: documents of block mappings and sequences with scalars on one line, block scalars
 * and flow collections on one line. Whatever it reads it reads exactly as `readFull` does, offsets included.
 * @returns the nodes of the documents that are not empty, or `undefined` for a text with anything beyond that or wrong.
 */
export function readFast(text: string): readonly Node[] | undefined {
  if (text.includes('\r') && /\r(?!\n)/.test(text)) return undefined;
  if (text.indexOf('\uFEFF', 1) > 0) return undefined;
  try {
    return documentsOf(cursorOf(text));
  } catch (error) {
    if (error === BEYOND) return undefined;
    throw error;
  }
}

function documentsOf(cursor: Cursor): Node[] {
  const { text } = cursor;
  const roots: Node[] = [];
  for (toContent(cursor); ; toContent(cursor)) {
    if (cursor.indent >= 0) roots.push(collection(cursor, 0));
    // Back at the margin: at the end of the text or at a marker.
    if (cursor.indent >= 0) throw BEYOND;
    if (cursor.lineStart >= text.length) return roots;
    if (!text.startsWith('---', cursor.lineStart)) throw BEYOND;
    cursor.at = cursor.lineStart + 3;
    if (!skipBlank(cursor)) throw BEYOND;
    enterLine(cursor, followingLine(cursor));
  }
}

/** Reads the block collection that begins at the cursor, in the column that its line is indented to. */
function collection(cursor: Cursor, depth: number): Node {
  if (isDash(cursor)) return sequence(cursor, cursor.indent, depth);
  const key = keyAt(cursor);
  if (key === undefined) throw BEYOND;
  return mapping(cursor, cursor.indent, key, depth);
}

function sequence(cursor: Cursor, column: number, depth: number): Node {
  if (depth > MAX_FAST_DEPTH) throw BEYOND;
  const start = cursor.at;
  const items: Node[] = [];
  do items.push(item(cursor, column, depth + 1));
  while (cursor.indent === column && isDash(cursor));
  if (cursor.indent > column) throw BEYOND;
  return { kind: 'sequence', start, end: items.at(-1)?.end ?? start, flow: false, items };
}

/** Reads what follows a dash; a collection may begin on its line. */
function item(cursor: Cursor, column: number, depth: number): Node {
  const dashEnd = ++cursor.at;
  if (skipBlank(cursor)) return below(cursor, column, dashEnd, depth);
  const inner = cursor.at - cursor.lineStart;
  if (isDash(cursor)) return sequence(cursor, inner, depth);
  const start = cursor.at;
  const first = cursor.text.charAt(start);
  if (first === '[' || first === '{' || first === '|' || first === '>') return value(cursor, column);
  const key = keyAt(cursor);
  if (key) return mapping(cursor, inner, key, depth);
  cursor.at = start;
  return value(cursor, column);
}

function mapping(cursor: Cursor, column: number, firstKey: ScalarNode, depth: number): Node {
  if (depth > MAX_FAST_DEPTH) throw BEYOND;
  const entries: Entry[] = [];
  const keys = new KeySet(entries);
  let node: ScalarNode | undefined = firstKey;
  do {
    const key = keyOf(cursor.text, node);
    if (keys.has(key)) throw BEYOND;
    entries.push(entry(cursor, column, key, node, depth));
    node = cursor.indent === column ? keyAt(cursor) : undefined;
    if (cursor.indent === column && node === undefined) throw BEYOND;
  } while (node);
  if (cursor.indent > column) throw BEYOND;
  return { kind: 'mapping', start: firstKey.start, end: entries.at(-1)?.value.end ?? 0, flow: false, entries };
}

/** Reads what follows the key; the cursor stands at its colon. */
function entry(cursor: Cursor, column: number, key: string, node: ScalarNode, depth: number): Entry {
  const colonEnd = ++cursor.at;
  const read = skipBlank(cursor) ? valueBelow(cursor, column, colonEnd, depth + 1) : value(cursor, column);
  return { key, keyStart: node.start, keyEnd: node.end, colonEnd, value: read };
}

/** A mapping's value may be a sequence in the mapping's own column. */
function valueBelow(cursor: Cursor, column: number, empty: number, depth: number): Node {
  enterLine(cursor, followingLine(cursor));
  toContent(cursor);
  if (cursor.indent === column && isDash(cursor)) return sequence(cursor, column, depth);
  return cursor.indent > column ? collection(cursor, depth) : emptyNode(empty);
}

function below(cursor: Cursor, column: number, empty: number, depth: number): Node {
  enterLine(cursor, followingLine(cursor));
  toContent(cursor);
  return cursor.indent > column ? collection(cursor, depth) : emptyNode(empty);
}

/** Reads a value that begins on this line and goes to the next content. */
function value(cursor: Cursor, column: number): Node {
  const node = valueAt(cursor, column);
  if (cursor.indent > column) throw BEYOND;
  return node;
}

function valueAt(cursor: Cursor, column: number): Node {
  const first = cursor.text.charAt(cursor.at);
  if (first === '|' || first === '>') return blockNode(cursor, column);
  const bracket = first === '[' || first === '{';
  if (!bracket && first !== '"' && first !== "'") return plainValue(cursor, column);
  const node = bracket ? flowNode(cursor) : (quotedNode(cursor) ?? foldedQuotedNode(cursor, column));
  finishLine(cursor);
  return node;
}

/** Reads the key at the cursor and moves to its colon; `undefined` where there is no key. */
function keyAt(cursor: Cursor): ScalarNode | undefined {
  const { text, at } = cursor;
  const first = text.charAt(at);
  if (first === '"' || first === "'") {
    const node = quotedNode(cursor);
    return node && text.charCodeAt(cursor.at) === COLON && endsToken(cursor, cursor.at + 1) ? node : undefined;
  }
  const { end, isKey } = plainEnd(cursor);
  if (!isKey) return undefined;
  cursor.at = end;
  if (text.startsWith('<<', at)) throw BEYOND;
  return plainNode(text, at, end);
}

function isDash(cursor: Cursor): boolean {
  return cursor.text.charCodeAt(cursor.at) === DASH && endsToken(cursor, cursor.at + 1);
}

function emptyNode(offset: number): ScalarNode {
  return { kind: 'scalar', start: offset, end: offset, style: 'plain', value: null };
}
