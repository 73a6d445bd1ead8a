import { diffLines } from '@weaveflux/shared';

/** One replacement of a stretch of text; offsets count UTF-16 units of the text before, `[start, end)`. */
export interface Replace {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * The smallest replacements that make one text the other, in order and apart from each other, so that cursors stay where
 * they are and undo shows what was done. None begins or ends inside of a line break or of a character of two units.
 */
export function minimalReplaces(before: string, after: string): Replace[] {
  const replaces: Replace[] = [];
  let at = 0;
  let gone: string[] = [];
  let come: string[] = [];
  const flush = () => {
    replaces.push(...replacesOf(at, gone, come));
    at += lengthOf(gone);
    gone = [];
    come = [];
  };
  for (const { sign, line } of diffLines(before, after)) {
    if (sign === '-') gone.push(line);
    else if (sign === '+') come.push(line);
    else {
      flush();
      at += line.length;
    }
  }
  flush();
  return replaces;
}

/** Lines that become as many others are compared one by one. */
function replacesOf(start: number, gone: readonly string[], come: readonly string[]): Replace[] {
  if (gone.length !== come.length) return trimmed(start, gone.join(''), come.join(''));
  let at = start;
  return gone.flatMap((line, index) => {
    const here = at;
    at += line.length;
    return trimmed(here, line, come[index] ?? '');
  });
}

/** Without what both texts begin and end with. */
function trimmed(start: number, before: string, after: string): Replace[] {
  if (before === after) return [];
  const room = Math.min(before.length, after.length);
  let head = 0;
  while (head < room && before[head] === after[head]) head++;
  while (head > 0 && (isInside(before, head) || isInside(after, head))) head--;
  let tail = 0;
  while (tail < room - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  while (tail > 0 && (isInside(before, before.length - tail) || isInside(after, after.length - tail))) tail--;
  return [{ start: start + head, end: start + before.length - tail, text: after.slice(head, after.length - tail) }];
}

/** Whether an offset splits a line break or a pair of surrogates. */
function isInside(text: string, offset: number): boolean {
  const pair = text.slice(offset - 1, offset + 1);
  return pair === '\r\n' || /^[\uD800-\uDBFF][\uDC00-\uDFFF]$/.test(pair);
}

function lengthOf(lines: readonly string[]): number {
  return lines.reduce((length, line) => length + line.length, 0);
}
