/** Thrown where a text leaves the common subset: the full reader takes over. One instance, since only its identity counts. */
export const BEYOND = new Error('beyond the common subset of YAML');

export const TAB = 9;
const CR = 13;
export const SPACE = 32;
export const HASH = 35;
export const DASH = 45;
export const COLON = 58;

/** A place in a text that is read line by line. */
export interface Cursor {
  readonly text: string;
  /** The offset of the next character to read. */
  at: number;
  /** The offset where the current line ends, before its line ending. */
  lineEnd: number;
  /** The offset where the current line begins. */
  lineStart: number;
  /** The indentation of the content line that the cursor stands at; -1 at the end of the document. */
  indent: number;
}

/** A cursor before the first line. */
export function cursorOf(text: string): Cursor {
  const start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  const cursor: Cursor = { text, at: start, lineEnd: start, lineStart: start, indent: 0 };
  enterLine(cursor, start);
  return cursor;
}

/** Goes to the line that begins at an offset. */
export function enterLine(cursor: Cursor, start: number): void {
  const { text } = cursor;
  const end = text.indexOf('\n', start);
  cursor.lineStart = start;
  cursor.at = start;
  if (end < 0) cursor.lineEnd = text.length;
  else cursor.lineEnd = end > start && text.charCodeAt(end - 1) === CR ? end - 1 : end;
}

/** The offset of the line after the current one, or the text's length + 1 after the last. */
export function followingLine({ text, lineEnd }: Cursor): number {
  return lineEnd + (text.charCodeAt(lineEnd) === CR ? 2 : 1);
}

/**
 * From the current line's start to the next content: over blank and comment lines, to the first character of a line with content.
 * At a document marker and at the end of the text the indent is -1.
 */
export function toContent(cursor: Cursor): void {
  const { text } = cursor;
  for (; cursor.lineStart <= text.length; enterLine(cursor, followingLine(cursor))) {
    let at = cursor.lineStart;
    while (text.charCodeAt(at) === SPACE) at++;
    if (at >= cursor.lineEnd) continue;
    const first = text.charCodeAt(at);
    if (first === HASH) continue;
    if (first === TAB) throw BEYOND;
    cursor.at = at;
    cursor.indent = at === cursor.lineStart && isMarker(cursor) ? -1 : at - cursor.lineStart;
    return;
  }
  cursor.indent = -1;
}

/** Ends the current line, where only blanks and a comment may follow, and goes to the next content. */
export function finishLine(cursor: Cursor): void {
  if (!skipBlank(cursor)) throw BEYOND;
  enterLine(cursor, followingLine(cursor));
  toContent(cursor);
}

/** Skips spaces; whether the line then ends or only a comment follows. */
export function skipBlank(cursor: Cursor): boolean {
  const { text, lineEnd } = cursor;
  const start = cursor.at;
  while (text.charCodeAt(cursor.at) === SPACE) cursor.at++;
  if (cursor.at >= lineEnd) return true;
  return text.charCodeAt(cursor.at) === HASH && (cursor.at > start || start === cursor.lineStart);
}

/** Whether a character ends a token: a space, or the line's end. */
export function endsToken(cursor: Cursor, offset: number): boolean {
  return offset >= cursor.lineEnd || cursor.text.charCodeAt(offset) === SPACE;
}

/** Whether the current line is `---` or `...`. */
function isMarker(cursor: Cursor): boolean {
  const { text, lineStart } = cursor;
  if (!text.startsWith('---', lineStart) && !text.startsWith('...', lineStart)) return false;
  return endsToken(cursor, lineStart + 3) || text.charCodeAt(lineStart + 3) === TAB;
}
