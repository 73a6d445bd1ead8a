/** Characters that a name or another program's words may have inside a sentence of ours. */
export const QUOTED = 300;

/** Control characters, line and paragraph separators, and the marks that turn the direction of text. */
const UNSEEN = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;

/**
 * Text from outside as one line for people: no control characters, no marks that could fake what a terminal shows. With
 * a length it is cut to so many characters.
 */
export function oneLine(text: string, length = Number.POSITIVE_INFINITY): string {
  const line = text.replace(UNSEEN, ' ').replace(/\s+/g, ' ').trim();
  return line.length > length ? `${line.slice(0, length)}…` : line;
}

/** At most so many characters of a text, the last an ellipsis where it was longer; no character is cut in two. */
export function shorten(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${text.slice(0, length - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
