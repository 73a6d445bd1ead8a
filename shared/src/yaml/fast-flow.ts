import { BEYOND, COLON, type Cursor, SPACE } from './cursor.ts';
import { duplicateKey, keyOf } from './fast-keys.ts';
import { quotedNode } from './fast-quoted.ts';
import { plainNode } from './fast-scalars.ts';
import type { Entry, Node, ScalarNode } from './nodes.ts';

/** What a plain scalar in flow style may be here: words without anything that could mean structure. */
const PLAIN =
  /[A-Za-z0-9_./](?:[A-Za-z0-9_./@+*=%~$()&;!-]|:(?=[A-Za-z0-9_./@+*=-])| (?=[A-Za-z0-9_./@+*=(-]))*|-[A-Za-z0-9][A-Za-z0-9_.]*/y;
const MAX_FLOW_DEPTH = 20;

/** Reads a `[…]` or `{…}` that closes on its line and moves behind it. */
export function flowNode(cursor: Cursor, depth = 0): Node {
  if (depth > MAX_FLOW_DEPTH) throw BEYOND;
  const { text, at } = cursor;
  const first = text.charAt(at);
  if (first === '{') return flowMapping(cursor, depth);
  if (first === '[') return flowSequence(cursor, depth);
  return flowScalar(cursor);
}

function flowSequence(cursor: Cursor, depth: number): Node {
  const start = cursor.at++;
  const items: Node[] = [];
  if (!closes(cursor, ']')) {
    do items.push(flowNode(cursor, depth + 1));
    while (another(cursor, ']'));
  }
  return { kind: 'sequence', start, end: cursor.at, flow: true, items };
}

function flowMapping(cursor: Cursor, depth: number): Node {
  const start = cursor.at++;
  const entries: Entry[] = [];
  if (!closes(cursor, '}')) {
    do entries.push(flowEntry(cursor, entries, depth + 1));
    while (another(cursor, '}'));
  }
  return { kind: 'mapping', start, end: cursor.at, flow: true, entries };
}

function flowEntry(cursor: Cursor, before: readonly Entry[], depth: number): Entry {
  const node = flowScalar(cursor);
  const { text, at } = cursor;
  if (text.charCodeAt(at) !== COLON || text.charCodeAt(at + 1) !== SPACE) throw BEYOND;
  const key = keyOf(text, node);
  if (duplicateKey(before, key)) throw BEYOND;
  cursor.at = at + 1;
  skipSpaces(cursor);
  return { key, keyStart: node.start, keyEnd: node.end, colonEnd: at + 1, value: flowNode(cursor, depth) };
}

function flowScalar(cursor: Cursor): ScalarNode {
  const { text, at } = cursor;
  const first = text.charAt(at);
  if (first === '"' || first === "'") {
    const node = quotedNode(cursor);
    if (node === undefined) throw BEYOND;
    return node;
  }
  PLAIN.lastIndex = at;
  const length = PLAIN.exec(text)?.[0].length ?? 0;
  if (length === 0) throw BEYOND;
  cursor.at = at + length;
  return plainNode(text, at, cursor.at);
}

/** Whether the collection is empty; the cursor is then behind its end, else at its first item. */
function closes(cursor: Cursor, close: string): boolean {
  skipSpaces(cursor);
  if (cursor.text.charAt(cursor.at) !== close) return false;
  cursor.at++;
  return true;
}

/** Whether a comma and another item follow; if not, the cursor is behind the end. */
function another(cursor: Cursor, close: string): boolean {
  if (closes(cursor, close)) return false;
  if (cursor.text.charAt(cursor.at) !== ',') throw BEYOND;
  cursor.at++;
  skipSpaces(cursor);
  return true;
}

function skipSpaces(cursor: Cursor): void {
  while (cursor.text.charCodeAt(cursor.at) === SPACE) cursor.at++;
  if (cursor.at >= cursor.lineEnd) throw BEYOND;
}
