/** A number, or a bigint where it is too large for that: up to 2^64 - 1, as Go has them. */
export type Part = number | bigint;

/** A version as Masterminds/semver v3 reads it: minor and patch may be missing, a leading `v` is passed over. */
export interface Version {
  readonly major: Part;
  readonly minor: Part;
  readonly patch: Part;
  /** Identifiers after `-`; empty = a release. */
  readonly pre: readonly string[];
}

const IDENTIFIERS = '[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*';
const VERSION = new RegExp(`^v?(\\d+)(?:\\.(\\d+))?(?:\\.(\\d+))?(?:-(${IDENTIFIERS}))?(?:\\+${IDENTIFIERS})?$`);
const MAX_UINT64 = (1n << 64n) - 1n;
const ZERO = '0'.charCodeAt(0);
/** One for all releases, of which there may be a million. */
const NO_IDENTIFIERS: readonly string[] = [];

/** The version of a tag, or `undefined` where it is none. Build metadata (after `+`) means nothing to the order. */
export function parseVersion(text: string): Version | undefined {
  return parsePlain(text) ?? parseAny(text);
}

/** The longest numbers that are read without a doubt. */
const PLAIN_DIGITS = 15;

/** `1.2.3` and what is like it, which most tags are, read without a regular expression's match: there may be a million. */
function parsePlain(text: string): Version | undefined {
  let [major, minor, patch] = [0, 0, 0];
  let [part, digits] = [0, 0];
  for (let index = text.startsWith('v') ? 1 : 0; index < text.length; index += 1) {
    const digit = text.charCodeAt(index) - ZERO;
    if (digit >= 0 && digit <= 9 && digits < PLAIN_DIGITS) {
      if (part === 0) major = major * 10 + digit;
      else if (part === 1) minor = minor * 10 + digit;
      else patch = patch * 10 + digit;
      digits += 1;
    } else if (text[index] === '.' && digits > 0 && part < 2) {
      part += 1;
      digits = 0;
    } else return undefined;
  }
  return digits === 0 ? undefined : { major, minor, patch, pre: NO_IDENTIFIERS };
}

function parseAny(text: string): Version | undefined {
  const match = VERSION.exec(text);
  if (match === null) return undefined;
  const [, major = '', minor = '0', patch = '0', pre] = match;
  const identifiers = pre === undefined ? NO_IDENTIFIERS : pre.split('.');
  const version = { major: partOf(major), minor: partOf(minor), patch: partOf(patch), pre: identifiers };
  const tooLarge = version.major > MAX_UINT64 || version.minor > MAX_UINT64 || version.patch > MAX_UINT64;
  return tooLarge || identifiers.some((identifier) => /^0\d+$/.test(identifier)) ? undefined : version;
}

function partOf(digits: string): Part {
  const part = Number(digits);
  return Number.isSafeInteger(part) ? part : BigInt(digits);
}

/** Semver 2.0.0 §11 precedence: negative when `a` comes before `b`. */
export function compareVersions(a: Version, b: Version): number {
  const core = compare(a.major, b.major) || compare(a.minor, b.minor) || compare(a.patch, b.patch);
  if (core !== 0) return core;
  if (a.pre.length === 0 || b.pre.length === 0) return compare(b.pre.length, a.pre.length);
  return comparePre(a.pre, b.pre);
}

function comparePre(a: readonly string[], b: readonly string[]): number {
  for (const [index, left] of a.entries()) {
    const right = b[index];
    if (right === undefined) return 1;
    const order = compareIdentifiers(left, right);
    if (order !== 0) return order;
  }
  return compare(a.length, b.length);
}

function compareIdentifiers(a: string, b: string): number {
  const left = numeric(a);
  const right = numeric(b);
  if (left !== undefined && right !== undefined) return compare(left, right);
  if (left !== undefined) return -1;
  if (right !== undefined) return 1;
  return compare(a, b);
}

function numeric(identifier: string): bigint | undefined {
  if (!/^\d+$/.test(identifier)) return undefined;
  const value = BigInt(identifier);
  return value > MAX_UINT64 ? undefined : value;
}

function compare<T extends bigint | number | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
