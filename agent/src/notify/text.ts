/** Control characters, line and paragraph separators, and the marks that turn the direction of text. */
const UNSEEN = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;

/** Text from outside as one line for people: no control characters, no marks that could fake what a terminal shows. */
export function oneLine(text: string): string {
  return text.replace(UNSEEN, ' ').trim();
}
