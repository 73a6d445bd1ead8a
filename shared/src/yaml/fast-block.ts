import { BEYOND, type Cursor, enterLine, followingLine, SPACE, TAB, toContent } from './cursor.ts';
import type { ScalarNode, ScalarStyle } from './nodes.ts';

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
