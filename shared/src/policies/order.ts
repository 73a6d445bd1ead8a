import type { Tag } from '../api/images.ts';

/** Compares strings by code unit: negative when `a` comes first. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * By created time, greater than zero when `a` is newer; of equal times the smaller tag counts as newer, as in
 * Flux v1. `undefined` where a time is missing or is none.
 */
export function compareCreated(a: Tag, b: Tag): number | undefined {
  const left = createdTime(a);
  const right = createdTime(b);
  if (left === undefined || right === undefined) return undefined;
  return left - right || compareText(b.tag, a.tag);
}

/**
 * How old a tag is: milliseconds since the epoch at which its image was built, else at which it was pushed. `undefined` where
 * no image can be that old (reproducible builds write year 0001 or 1970) and no push is known.
 */
export function createdTime({ created, pushed }: Tag): number | undefined {
  return timeOf(created) ?? timeOf(pushed);
}

function timeOf(text: string | undefined): number | undefined {
  const time = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) || time <= 0 ? undefined : time;
}

/** Decimal numbers of any length, without sign, by value. */
export function compareDecimals(a: string, b: string): number {
  const [wholeA = '', partA = ''] = a.split('.');
  const [wholeB = '', partB = ''] = b.split('.');
  const left = BigInt(wholeA);
  const right = BigInt(wholeB);
  if (left !== right) return left < right ? -1 : 1;
  const digits = Math.max(partA.length, partB.length);
  return compareText(partA.padEnd(digits, '0'), partB.padEnd(digits, '0'));
}

/** Whether a text is a decimal number that `compareDecimals` takes. */
export function isDecimal(text: string): boolean {
  return /^\d+(?:\.\d+)?$/.test(text);
}
