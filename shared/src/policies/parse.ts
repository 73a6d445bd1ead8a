import type { Tag } from '../api/images.ts';
import { compileGlob } from './glob.ts';
import { compareCreated, compareDecimals, compareText, isDecimal } from './order.ts';
import { type PrereleaseScope, parseRange } from './range.ts';
import { compileExpression } from './regexp.ts';
import { invalidPolicy, type PolicyResult } from './result.ts';
import { compareVersions, parseVersion, type Version } from './semver.ts';
import type { Policy } from './types.ts';

/** Which of the texts that a tag filter lets a policy see take part, and by what they order. */
interface Rule {
  readonly order: Policy['order'];
  /** The rule over tags, given what is seen of each. */
  over(see: See): Pick<Policy, 'admits' | 'compare' | 'newestFirst'>;
  /** Why what is seen takes no part, as the end of a sentence; `text` is the policy as written. */
  why(seen: string, text: string): string;
}

type See = (tag: string) => string | undefined;
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
  readonly see?: See;
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
  const see = filter?.see ?? options.see ?? ((tag) => tag);
  return { policy: build(text, rule, { see, filter: options.filter, takesLatest }) };
}

/** What Flux v1 means where no policy is written: the newest created of all tags but `latest`. */
export function defaultPolicy(filter?: string): PolicyResult {
  return parsePolicy('glob:*', filter === undefined ? {} : { filter });
}

/** Whether a tag names no image of its own: cosign's signatures, attestations and SBOMs, and OCI referrers. */
export function isArtifactTag(tag: string): boolean {
  return /^sha256-(?:.*\.(?:sig|att|sbom)|[0-9a-f]{64})$/.test(tag);
}

/** What stands between a tag and the rule. */
interface Sight {
  readonly see: See;
  /** The tag filter as written, where one is. */
  readonly filter: string | undefined;
  readonly takesLatest: boolean;
}

function build(text: string, rule: Rule, sight: Sight): Policy {
  const { see, takesLatest } = sight;
  const isCandidate = (tag: string): boolean => !isArtifactTag(tag) && (takesLatest || !isLatest(tag));
  const made = rule.over((tag) => (isCandidate(tag) ? see(tag) : undefined));
  return {
    text,
    order: rule.order,
    ...made,
    refusal: (tag) => (made.admits(tag) ? undefined : whyRefused(tag, text, rule, sight)),
  };
}

function whyRefused(tag: string, text: string, rule: Rule, { see, filter, takesLatest }: Sight): string {
  if (isArtifactTag(tag)) return 'is a signature, an attestation or the like, and no version of the image';
  if (isLatest(tag) && !takesLatest) return 'takes part only with exactly glob:latest';
  const seen = see(tag);
  if (seen === undefined) return `does not match the tag filter${filter === undefined ? '' : ` ${filter}`}`;
  const why = rule.why(seen, text);
  return seen === tag ? why : `is seen through the tag filter as "${seen}", which ${why}`;
}

function isLatest(tag: string): boolean {
  return tag.toLowerCase() === 'latest';
}

/** A rule that admits what it can make a key of, and orders by the keys. */
function keyed<Key>(
  order: Policy['order'],
  keyOf: (seen: string) => Key | undefined,
  compareKeys: (a: Key, b: Key) => number,
  why: Rule['why'],
): Rule {
  return {
    order,
    why,
    over(see) {
      const compute = (tag: string): Key | undefined => {
        const seen = see(tag);
        return seen === undefined ? undefined : keyOf(seen);
      };
      const key = remembering(compute);
      // Equal keys still need one order: as in Flux v1, 1.10.0 counts as newer than 1.10.
      const order = (a: Tag, left: Key, b: Tag, right: Key) => compareKeys(left, right) || compareText(a.tag, b.tag);
      const compare = (a: Tag, b: Tag): number | undefined => {
        const left = key(a.tag);
        const right = key(b.tag);
        if (left === undefined || right === undefined) return undefined;
        return order(a, left, b, right);
      };
      const newestFirst = (tags: readonly Tag[]): Tag[] => {
        const admitted: { tag: Tag; key: Key }[] = [];
        for (const tag of tags) {
          const key = compute(tag.tag);
          if (key !== undefined) admitted.push({ tag, key });
        }
        return admitted.sort((a, b) => order(b.tag, b.key, a.tag, a.key)).map(({ tag }) => tag);
      };
      return { admits: (tag) => key(tag) !== undefined, compare, newestFirst };
    },
  };
}

/** A rule that admits by a test and orders by created time. */
function dated(admits: (seen: string) => boolean): Rule {
  const over = (see: See): Pick<Policy, 'admits' | 'compare'> => ({
    admits(tag) {
      const seen = see(tag);
      return seen !== undefined && admits(seen);
    },
    compare: compareCreated,
  });
  return { order: 'created', over, why: (_seen, text) => `does not fit ${text}` };
}

function semverRule(rest: string, scope: PrereleaseScope): RuleResult {
  const range = parseRange(rest, scope);
  if (range === undefined) return { error: 'states no version range, such as ~1.4, ^2 or >=1.2 <2' };
  const keyOf = (seen: string): Version | undefined => {
    const version = parseVersion(seen);
    return version !== undefined && range(version) ? version : undefined;
  };
  return keyed('semver', keyOf, compareVersions, (seen, text) => {
    const version = parseVersion(seen);
    if (version === undefined) return 'is no version';
    const isKeptOut = version.pre.length > 0 && range({ ...version, pre: [] });
    return isKeptOut ? `is a pre-release, which ${text} does not let in` : `is outside of ${text}`;
  });
}

function globRule(rest: string): RuleResult {
  if (rest === '') return { error: 'is empty and matches no tag' };
  return dated(compileGlob(rest));
}

function regexpRule(rest: string): RuleResult {
  const expression = compileExpression(rest);
  if ('error' in expression) return { error: `is no RE2 expression (${expression.error})` };
  return dated(expression.matches);
}

function newestRule(rest: string): RuleResult {
  if (rest !== '') return { error: 'takes nothing after "newest:"; say glob: or regexp: to choose among the tags' };
  return dated(() => true);
}

function numericalRule(rest: string): RuleResult {
  return foundRule('numerical', rest, isDecimal, compareDecimals);
}

function alphabeticalRule(rest: string): RuleResult {
  return foundRule('alphabetical', rest, () => true, compareText);
}

/** A rule that orders by what an expression sees in the tag. */
function foundRule(
  order: Policy['order'],
  source: string,
  fits: (key: string) => boolean,
  compareKeys: (a: string, b: string) => number,
): RuleResult {
  const expression = compileExpression(source);
  if ('error' in expression) return { error: `is no RE2 expression (${expression.error})` };
  const keyOf = (seen: string): string | undefined => {
    const found = expression.see(seen);
    return found !== undefined && fits(found) ? found : undefined;
  };
  return keyed(order, keyOf, compareKeys, (seen, text) =>
    expression.see(seen) === undefined ? `does not fit ${text}` : `has no number where ${text} looks for one`,
  );
}

/** Remembers what was computed while the same piece of work goes on: lists are long, and to keep all of it is to keep them twice. */
function remembering<Key>(compute: (tag: string) => Key | undefined): (tag: string) => Key | undefined {
  let keys: Map<string, Key | undefined> | undefined;
  const forget = (): void => {
    keys = undefined;
  };
  return (tag) => {
    if (keys === undefined) {
      keys = new Map();
      queueMicrotask(forget);
    }
    const known = keys.get(tag);
    if (known !== undefined || keys.has(tag)) return known;
    const key = compute(tag);
    keys.set(tag, key);
    return key;
  };
}
