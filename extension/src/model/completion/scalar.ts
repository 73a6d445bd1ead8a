import { doubleQuoted, plainOrQuoted } from '@weaveflux/shared';
import type { Cursor } from '../cursor.ts';
import type { TextRange } from '../source/types.ts';

/** A string on one line that a cursor stands in, or that would begin there. */
export interface Scalar {
  readonly quote: '"' | "'" | '';
  /** Whether the quote ends on the line. */
  readonly isClosed: boolean;
  /** What is inside the quotes; a blank that is needed before a new value is missing. */
  readonly content: string;
  readonly range: TextRange;
  readonly needsBlank: boolean;
  readonly isJson: boolean;
}

/** The value behind a colon, whose offset in the line is given; `undefined` where the cursor is outside of it. */
export function scalarAt(
  text: string,
  { line, character }: Cursor,
  colon: number,
  isJson: boolean,
): Scalar | undefined {
  const gap = /^[ \t]*/.exec(text.slice(colon + 1))?.[0].length ?? 0;
  const start = colon + 1 + gap;
  const first = text.charAt(start);
  const quote = first === '"' || first === "'" ? first : '';
  const from = quote === '' ? start : start + 1;
  const end = quote === '' ? plainEnd(text, start, isJson) : quotedEnd(text, from, quote);
  const isEmpty = quote === '' && end === start;
  // Of nothing at all the place to write is where the cursor is.
  const at = isEmpty && character > colon ? Math.min(character, text.length) : from;
  if (character < at || character > Math.max(at, end)) return undefined;
  return {
    quote,
    isClosed: quote !== '' && text.charAt(end) === quote,
    content: text.slice(at, Math.max(at, end)),
    range: { startLine: line, startCharacter: at, endLine: line, endCharacter: Math.max(at, end) },
    needsBlank: quote === '' && at === colon + 1 && !isJson,
    isJson,
  };
}

/** A value as it is written in the place of a scalar. */
export function written(value: string, { quote, isClosed, needsBlank, isJson }: Scalar): string {
  const end = isClosed ? '' : quote;
  if (quote === '"') return doubleQuoted(value).slice(1, -1) + end;
  if (quote === "'") return value.replaceAll("'", "''") + end;
  return `${needsBlank ? ' ' : ''}${isJson ? doubleQuoted(value) : plainOrQuoted(value)}`;
}

/** A written text as a snippet in which a part of it is selected, to be typed over. */
export function snippet(text: string, hole: string): string {
  const at = hole === '' ? -1 : text.lastIndexOf(hole);
  if (at < 0) return snippetText(text);
  return `${snippetText(text.slice(0, at))}\${1:${snippetText(hole)}}${snippetText(text.slice(at + hole.length))}`;
}

function snippetText(text: string): string {
  return text.replace(/[\\$}]/g, '\\$&');
}

function plainEnd(text: string, start: number, isJson: boolean): number {
  const comment = text.slice(start).search(/(?:^|\s)#/);
  const value = comment < 0 ? text.slice(start) : text.slice(start, start + comment);
  return start + (isJson ? value.replace(/[\s,}]*$/, '') : value.trimEnd()).length;
}

function quotedEnd(text: string, from: number, quote: string): number {
  for (let at = from; at < text.length; at++) {
    if (quote === '"' && text.charAt(at) === '\\') at++;
    else if (text.charAt(at) === quote) return at;
  }
  return text.trimEnd().length;
}
