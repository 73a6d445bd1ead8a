import { compareVersions, parseVersion, type Version } from './semver.ts';

/**
 * Where a pre-release in a range lets pre-releases in: `comparison` for that comparison alone (Masterminds/semver
 * 3.1, which Flux v1 has), `group` for all comparisons it is joined with by AND (3.4, which Flux v2 has).
 */
export type PrereleaseScope = 'comparison' | 'group';

/** Whether a version lies in the range. */
export type Range = (version: Version) => boolean;

/** How much of the version a comparison writes: `>=1.2` stops at the minor, `*` writes nothing. */
type Written = 'nothing' | 'major' | 'minor' | 'all';

interface Comparison {
  readonly operator: string;
  readonly version: Version;
  readonly written: Written;
}

const VERSION =
  'v?(?:\\d+|[xX*])(?:\\.(?:\\d+|[xX*]))?(?:\\.(?:\\d+|[xX*]))?(?:-[0-9A-Za-z.-]+)?(?:\\+[0-9A-Za-z.-]+)?';
const HYPHENS = new RegExp(`(${VERSION})\\s+-\\s+(${VERSION})`, 'g');
const COMPARISON = new RegExp(`^\\s*(=>|=<|>=|<=|!=|~>|[=<>~^])?\\s*(${VERSION})(?=$|[\\s,=<>!~^])\\s*,?`);
const PARTS = /^v?(\d+|[xX*])(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?(-[^+]*)?/;

/** The range that a text states, by Masterminds/semver v3's rules, or `undefined` where it states none. */
export function parseRange(text: string, scope: PrereleaseScope): Range | undefined {
  const groups: Comparison[][] = [];
  for (const alternative of text.replace(HYPHENS, '>=$1 <=$2').split('||')) {
    const group = parseGroup(alternative, scope);
    if (group === undefined) return undefined;
    groups.push(group);
  }
  return (version) => groups.some((group) => holdsAll(group, version, scope));
}

function parseGroup(text: string, scope: PrereleaseScope): Comparison[] | undefined {
  const comparisons: Comparison[] = [];
  let rest = text;
  while (rest.trim() !== '') {
    const match = COMPARISON.exec(rest);
    const comparison = match === null ? undefined : parseComparison(match[1] ?? '', match[2] ?? '', scope);
    if (match === null || comparison === undefined) return undefined;
    comparisons.push(comparison);
    rest = rest.slice(match[0].length);
  }
  return comparisons.length === 0 ? undefined : comparisons;
}

function parseComparison(operator: string, text: string, scope: PrereleaseScope): Comparison | undefined {
  const [, major, minor, patch, pre = ''] = PARTS.exec(text) ?? [];
  const written = isWild(major) ? 'nothing' : isWild(minor) ? 'major' : isWild(patch) ? 'minor' : 'all';
  const filled = {
    nothing: scope === 'group' ? `0.0.0${pre}` : '0.0.0',
    major: `${major}.0.0${pre}`,
    minor: `${major}.${minor}.0${pre}`,
    all: text,
  }[written];
  const version = parseVersion(filled);
  return version === undefined ? undefined : { operator, version, written };
}

function isWild(part: string | undefined): boolean {
  return part === undefined || !/^\d/.test(part);
}

function holdsAll(group: readonly Comparison[], version: Version, scope: PrereleaseScope): boolean {
  const groupAdmits = scope === 'group' && group.some((comparison) => comparison.version.pre.length > 0);
  return group.every((comparison) => {
    const lenient = scope === 'comparison' && comparison.operator === '!=' && comparison.written === 'all';
    const admitsPrereleases = groupAdmits || lenient || comparison.version.pre.length > 0;
    return (version.pre.length === 0 || admitsPrereleases) && holds(comparison, version);
  });
}

function holds(comparison: Comparison, version: Version): boolean {
  switch (comparison.operator) {
    case '!=':
      return differs(comparison, version);
    case '>':
      return isAbove(comparison, version);
    case '<':
      return compareVersions(version, comparison.version) < 0;
    case '>=':
    case '=>':
      return compareVersions(version, comparison.version) >= 0;
    case '<=':
    case '=<':
      return isAtMost(comparison, version);
    case '^':
      return isCompatible(comparison, version);
    case '~':
    case '~>':
      return isClose(comparison, version);
    default:
      return comparison.written === 'all'
        ? compareVersions(version, comparison.version) === 0
        : isClose(comparison, version);
  }
}

/** `!=1.2` refuses every 1.2.x. */
function differs({ version: stated, written }: Comparison, version: Version): boolean {
  if (written === 'all' || written === 'nothing') return compareVersions(version, stated) !== 0;
  if (version.major !== stated.major) return true;
  if (written === 'major') return false;
  return version.minor !== stated.minor || version.pre.join('.') !== stated.pre.join('.');
}

/** `>1` means 2 and later, `>1.2` means 1.3 and later. */
function isAbove({ version: stated, written }: Comparison, version: Version): boolean {
  if (written === 'all' || written === 'nothing') return compareVersions(version, stated) > 0;
  if (version.major !== stated.major) return version.major > stated.major;
  return written === 'minor' && version.minor > stated.minor;
}

/** `<=1` lets every 1.x in, `<=1.2` every 1.2.x. */
function isAtMost({ version: stated, written }: Comparison, version: Version): boolean {
  if (written === 'all') return compareVersions(version, stated) <= 0;
  if (version.major !== stated.major) return version.major < stated.major;
  return written === 'major' || version.minor <= stated.minor;
}

/** `~1.2.3`: the same minor; `~1`: the same major; `~0.0.0` and `~*`: anything. */
function isClose({ version: stated, written }: Comparison, version: Version): boolean {
  if (compareVersions(version, stated) < 0) return false;
  const zero = stated.major === 0 && stated.minor === 0 && stated.patch === 0;
  if (zero && (written === 'all' || written === 'nothing')) return true;
  return version.major === stated.major && (written === 'major' || version.minor === stated.minor);
}

/** `^1.2.3`: the same major; below 1.0.0 the leftmost part that is not zero must stay. */
function isCompatible({ version: stated, written }: Comparison, version: Version): boolean {
  if (compareVersions(version, stated) < 0 || version.major !== stated.major) return false;
  if (stated.major > 0 || written === 'major') return true;
  if (version.minor !== stated.minor) return false;
  return stated.minor > 0 || written === 'minor' || version.patch === stated.patch;
}
