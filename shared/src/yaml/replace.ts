import { lineEndingAt, nextLineAt } from './layout.ts';
import type { Found, ScalarNode } from './nodes.ts';
import { doubleQuoted, plainOrQuoted, singleQuoted } from './quote.ts';
import type { Splice } from './splice.ts';

/** A reason why an edit cannot be made, as a clause. */
export interface Refusal {
  readonly refusal: string;
}

/** Replaces an existing scalar, keeping its style where the new string fits it, else in double quotes. */
export function replaceScalar(
  text: string,
  { entry }: Found,
  node: ScalarNode,
  value: string,
  json: boolean,
): Splice | Refusal {
  if (text.slice(node.start, node.end).includes('{{')) return { refusal: 'the value is a template expression' };
  if (node.style === 'literal' || node.style === 'folded') return replaceBlock(text, node, value);
  if (node.start === node.end) return fillEmpty(text, entry?.colonEnd ?? -1, value);
  return { start: node.start, end: node.end, text: inStyle(node, value, json) };
}

function inStyle(node: ScalarNode, value: string, json: boolean): string {
  if (json || node.style === 'double') return doubleQuoted(value);
  if (node.style === 'single') return singleQuoted(value) ?? doubleQuoted(value);
  return plainOrQuoted(value);
}

/** `key:` has no text of its own: the value goes straight after the colon. */
function fillEmpty(text: string, colonEnd: number, value: string): Splice | Refusal {
  if (colonEnd < 0) return { refusal: 'the value is left out and its place cannot be told' };
  const next = text.charAt(colonEnd);
  const gap = next === ' ' || next === '\t' || next === '\r' || next === '\n' || next === '' ? '' : ' ';
  return { start: colonEnd, end: colonEnd, text: ` ${plainOrQuoted(value)}${gap}` };
}

/**
 * A block scalar stays one: header comment, indentation and line endings are kept, only the chomping (`-`, `+`) follows the
 * new string, and `>` becomes `|` where folding would change it.
 */
function replaceBlock(text: string, node: ScalarNode, value: string): Splice | Refusal {
  const bodyStart = nextLineAt(text, node.start);
  const header = /^([|>])([-+0-9]*)(.*?)\r?\n?$/s.exec(text.slice(node.start, bodyStart));
  const body = text.slice(bodyStart, node.end);
  const indent = /^(?:[ \t]*\r?\n)*( +)/.exec(body)?.[1];
  const lines = value.replace(/\n$/, '').split('\n');
  if (!header || indent === undefined || /[0-9]/.test(header[2] ?? '') || !fitsBlock(lines, value)) {
    return { refusal: 'the block scalar cannot hold the new value' };
  }
  const indicator = lines.length > 1 ? '|' : header[1];
  const chomp = value.endsWith('\n') ? (header[2] === '+' ? '+' : '') : '-';
  const ending = lineEndingAt(text, node.start);
  const content = lines.map((line) => (line === '' ? '' : indent + line)).join(ending);
  return { start: node.start, end: node.end, text: `${indicator}${chomp}${header[3] ?? ''}${ending}${content}` };
}

function fitsBlock(lines: readonly string[], value: string): boolean {
  const [first] = lines;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what a block scalar cannot hold
  if (/[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u2028\u2029\uFEFF\uFFFE\uFFFF]/.test(value)) return false;
  return (
    first !== undefined && first !== '' && !/^[ \t]/.test(first) && !/\n\n$/.test(value) && lines.at(-1)?.trim() !== ''
  );
}
