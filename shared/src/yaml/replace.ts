import { lineEndingAt, nextLineAt } from './layout.ts';
import type { ScalarNode } from './nodes.ts';
import { doubleQuoted, plainOrQuoted, singleQuoted } from './quote.ts';
import type { Splice } from './splice.ts';

/** A reason why an edit cannot be made, as a clause. */
export interface Refusal {
  readonly refusal: string;
}

/** Replaces an existing scalar, keeping its style where the new string fits it, else in double quotes. */
export function replaceScalar(text: string, node: ScalarNode, value: string, json: boolean): Splice | Refusal {
  if (text.slice(node.start, node.end).includes('{{')) return { refusal: 'the value is a template expression' };
  if (node.style === 'literal' || node.style === 'folded') return replaceBlock(text, node, value);
  if (node.start === node.end) return fillEmpty(text, node.start, value);
  return { start: node.start, end: node.end, text: inStyle(node, value, json) };
}

function inStyle(node: ScalarNode, value: string, json: boolean): string {
  if (json || node.style === 'double') return doubleQuoted(value);
  if (node.style === 'single') return singleQuoted(value) ?? doubleQuoted(value);
  return plainOrQuoted(value);
}

/** What is left out has no text of its own: the value goes straight after the `:` or `-`. */
function fillEmpty(text: string, at: number, value: string): Splice {
  const gap = /\s/.test(text.charAt(at)) || at === text.length ? '' : ' ';
  return { start: at, end: at, text: ` ${plainOrQuoted(value)}${gap}` };
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
