import type { Tag } from '../api/images.ts';
import { compileGlob } from './glob.ts';
import { compareCreated, compareDecimals, compareText, isDecimal } from './order.ts';
import { type PrereleaseScope, parseRange } from './range.ts';
import { compileExpression } from './regexp.ts';
import { invalidPolicy, type PolicyResult } from './result.ts';
import { compareVersions, parseVersion } from './semver.ts';
import type { Policy } from './types.ts';

/** What a policy needs to be made: the text after its prefix becomes a key that orders tags, or a test that admits them. */
interface Rule {
  readonly order: Policy['order'];
  /** Of what the tag filter lets the policy see. */
  admits(seen: string): boolean;
  /** Of two texts that are admitted; absent = by created time. */
  compare?(a: string, b: string): number;
}

type RuleResult = Rule | { readonly error: string };
type RuleMaker = (rest: string, scope: PrereleaseScope) => RuleResult;

/** Every kind of policy by its prefix. */
const RULES: Readonly<Record<string, RuleMaker>> = {
  semver: semverRule,
  glob: globRule,
  regexp: regexpRule,
  regex: regexpRule,
  numerical: numericalRule,
  alphabetical: alphabeticalRule,
  newest: newestRule,
};

/** The prefixes that a policy may begin with. */
export const POLICY_PREFIXES: readonly string[] = Object.keys(RULES);

/** Settings beside the policy's own text. */
export interface PolicyOptions {
  /** RE2; tags that it does not match take no part, and its first group, if any, is what the policy sees. */
  readonly filter?: string;
  /** Instead of `filter`: what the policy sees of a tag, `undefined` = the tag takes no part. */
  readonly see?: (tag: string) => string | undefined;
  /** `comparison` as in Flux v1's annotations (default), `group` as in Flux v2's ImagePolicy. */
  readonly prereleases?: PrereleaseScope;
}

/** Understands a policy as written in an annotation: `semver:~1.4`, `glob:main-*`, `main-*`, `newest:`. */
export function parsePolicy(text: string, options: PolicyOptions = {}): PolicyResult {
  const colon = text.indexOf(':');
  const prefix = colon < 0 ? 'glob' : text.slice(0, colon);
  const maker = Object.hasOwn(RULES, prefix) ? RULES[prefix] : undefined;
  if (maker === undefined) {
    return invalidPolicy(text, `begins with "${prefix}:", which is none of ${POLICY_PREFIXES.join(':, ')}:`);
  }
  const rule = maker(colon < 0 ? text : text.slice(colon + 1), options.prereleases ?? 'comparison');
  if ('error' in rule) return invalidPolicy(text, rule.error);
  const filter = options.filter === undefined ? undefined : compileExpression(options.filter);
  if (filter !== undefined && 'error' in filter) {
    return invalidPolicy(text, `has the tag filter "${options.filter}", which is no RE2 expression (${filter.error})`);
  }
  const takesLatest = prefix === 'glob' && text.slice(colon + 1) === 'latest';
  return { policy: build(text, rule, takesLatest, filter?.see ?? options.see ?? ((tag) => tag)) };
}

/** What Flux v1 means where no policy is written: the newest created of all tags but `latest`. */
export function defaultPolicy(filter?: string): PolicyResult {
  return parsePolicy('glob:*', filter === undefined ? {} : { filter });
}

/** Whether a tag names no image of its own: cosign's signatures, attestations and SBOMs, and OCI referrers. */
export function isArtifactTag(tag: string): boolean {
  return /^sha256-(?:.*\.(?:sig|att|sbom)|[0-9a-f]{64})$/.test(tag);
}

function build(text: string, rule: Rule, takesLatest: boolean, see: (tag: string) => string | undefined): Policy {
  const seenBy = (tag: string): string | undefined => {
    if (isArtifactTag(tag) || (!takesLatest && tag.toLowerCase() === 'latest')) return undefined;
    const seen = see(tag);
    return seen !== undefined && rule.admits(seen) ? seen : undefined;
  };
  const compare = (a: Tag, b: Tag): number | undefined => {
    if (rule.compare === undefined) return compareCreated(a, b);
    const left = seenBy(a.tag);
    const right = seenBy(b.tag);
    if (left === undefined || right === undefined) return undefined;
    // Equal versions still need one order: as in Flux v1, 1.10.0 counts as newer than 1.10.
    return rule.compare(left, right) || compareText(a.tag, b.tag);
  };
  return { text, order: rule.order, admits: (tag) => seenBy(tag) !== undefined, compare };
}

function semverRule(rest: string, scope: PrereleaseScope): RuleResult {
  const range = parseRange(rest, scope);
  if (range === undefined) return { error: 'states no version range, such as ~1.4, ^2 or >=1.2 <2' };
  const admits = (seen: string): boolean => {
    const version = parseVersion(seen);
    return version !== undefined && range(version);
  };
  const compare = (a: string, b: string): number => {
    const left = parseVersion(a);
    const right = parseVersion(b);
    return left === undefined || right === undefined ? 0 : compareVersions(left, right);
  };
  return { order: 'semver', admits, compare };
}

function globRule(rest: string): RuleResult {
  if (rest === '') return { error: 'is empty and matches no tag' };
  return { order: 'created', admits: compileGlob(rest) };
}

function regexpRule(rest: string): RuleResult {
  const expression = compileExpression(rest);
  if ('error' in expression) return { error: `is no RE2 expression (${expression.error})` };
  return { order: 'created', admits: expression.matches };
}

function newestRule(rest: string): RuleResult {
  if (rest !== '') return { error: 'takes nothing after "newest:"; say glob: or regexp: to choose among the tags' };
  return { order: 'created', admits: () => true };
}

function numericalRule(rest: string): RuleResult {
  return keyed(rest, 'numerical', isDecimal, compareDecimals);
}

function alphabeticalRule(rest: string): RuleResult {
  return keyed(rest, 'alphabetical', () => true, compareText);
}

/** A rule that orders by what an expression sees in the tag. */
function keyed(
  source: string,
  order: Policy['order'],
  fits: (key: string) => boolean,
  compare: (a: string, b: string) => number,
): RuleResult {
  const expression = compileExpression(source);
  if ('error' in expression) return { error: `is no RE2 expression (${expression.error})` };
  const key = (seen: string): string | undefined => {
    const found = expression.see(seen);
    return found !== undefined && fits(found) ? found : undefined;
  };
  return { order, admits: (seen) => key(seen) !== undefined, compare: (a, b) => compare(key(a) ?? '', key(b) ?? '') };
}
