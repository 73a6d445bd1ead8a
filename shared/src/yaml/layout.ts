import type { MappingNode } from './nodes.ts';

/** The offset where the line of an offset begins. */
export function lineStartAt(text: string, offset: number): number {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return start === 0 && text.startsWith('\uFEFF') ? 1 : start;
}

/** The offset after the line of an offset, its line ending included. */
export function nextLineAt(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end + 1;
}

/** The line ending used around an offset. */
export function lineEndingAt(text: string, offset: number): string {
  let end = text.indexOf('\n', offset);
  if (end < 0) end = text.lastIndexOf('\n');
  return end > 0 && text[end - 1] === '\r' ? '\r\n' : '\n';
}

/** What stands before an offset on its line. */
export function prefixAt(text: string, offset: number): string {
  return text.slice(lineStartAt(text, offset), offset);
}

/** The column at which the keys of a block mapping begin, or `undefined` where that is not plain to see. */
export function blockIndent(text: string, mapping: MappingNode): number | undefined {
  const prefixes = mapping.entries.map((entry) => prefixAt(text, entry.keyStart));
  const own = prefixes.findLast((prefix) => /^ *$/.test(prefix));
  const [first] = prefixes;
  if (own !== undefined) return own.length;
  return first !== undefined && /^ *(?:- +)+$/.test(first) ? first.length : undefined;
}
