/** A part of a file that is read by itself: one document, or several that cannot be told apart without reading them. */
export interface Part {
  readonly text: string;
  /** 0-based line of the file where it begins. */
  readonly line: number;
}

/** `---` and `...` at the start of a line; only a line feed ends a line in YAML's eyes and an editor's. */
const MARKER = /(?:---|\.\.\.)(?<=(?:^|\n)...)(?=[ \t\r\n]|$)/g;

/** JSON values may stand in a row without markers, also in a YAML file. */
const JSON_START = /^\uFEFF?\s*[{[]/;

/** A byte order mark has no column where a file begins, and one elsewhere. */
const MARK = '\uFEFF';

/** With more documents a file is no less work in parts than as a whole. */
const MAX_PARTS = 5000;

/** Its tags hold for the documents after it, too. */
const OLD_VERSION = /^\uFEFF?%YAML[ \t]+1\.1/m;

/** What belongs to the document that follows: blank lines, comments, directives. */
const PROLOGUE = /^\uFEFF?(?:[ \t]*(?:#[^\n]*|\r)?\n|%[^\n]*\n)*$/;

/**
 * Cuts a file where its documents begin, so that each part reads as it does inside the whole: at `---`, which no document
 * can hold at the start of a line, and after `...`. A file whose documents depend on each other is one part.
 */
export function splitFile(path: string, text: string): Part[] {
  const found = path.endsWith('.json') || JSON_START.test(text) || OLD_VERSION.test(text) ? [] : cutsOf(text);
  const cuts = found.length > MAX_PARTS ? [] : found;
  let line = 0;
  return [0, ...cuts].map((start, index) => {
    const part = { text: text.slice(start, cuts[index]), line };
    line += linesIn(part.text);
    return part;
  });
}

/** The offsets where parts after the first begin; none where what a `...` means depends on what stands around it. */
function cutsOf(text: string): number[] {
  const cuts: number[] = [];
  let start = 0;
  let hasBegun = false;
  for (const { 0: marker, index } of text.matchAll(MARKER)) {
    const isDocument = hasBegun || !PROLOGUE.test(text.slice(start, index));
    if (marker === '---') {
      if (isDocument) {
        cuts.push(index);
        start = index;
      }
      hasBegun = true;
      continue;
    }
    if (!isDocument) return [];
    start = lineAfter(text, index);
    if (start === text.length) return cuts;
    if (text.startsWith(MARK, start) || JSON_START.test(text.slice(start))) return [];
    cuts.push(start);
    hasBegun = false;
  }
  return cuts;
}

/** The offset of the line after the one of an offset, or the text's length. */
function lineAfter(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end + 1;
}

/** How many lines end in a text. */
function linesIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
