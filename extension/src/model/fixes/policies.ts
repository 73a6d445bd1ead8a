import { isTag, POLICY_PREFIXES, parsePolicy } from '@weaveflux/shared';
import { policyExamples } from '../changes/policy-examples.ts';
import { nearest } from './nearest.ts';

/**
 * Policies that may have been meant by one that cannot be understood or can match nothing, the likeliest first: repairs of what
 * is written, then those that suit the present tag ('' = none).
 */
export function policyRepairs(text: string, tag: string): string[] {
  const { prefix, rest } = partsOf(text);
  const suited = isTag(tag) ? policyExamples(tag).map(({ policy }) => policy) : [];
  const ofKind = suited.filter((policy) => prefix !== undefined && policy.startsWith(`${prefix}:`));
  const candidates = [...repairsOf(prefix, rest), ...ofKind, ...suited];
  const usable = [...new Set(candidates)].filter((policy) => policy !== text && canMatch(policy));
  const admitting = usable.filter((policy) => tag !== '' && parsePolicy(policy).policy?.admits(tag) === true);
  return admitting.length > 0 ? admitting : usable;
}

/** Whether a policy is understood, and some tag could be admitted by it. */
export function canMatch(text: string): boolean {
  return parsePolicy(text).policy !== undefined && !isImpossibleGlob(text);
}

/** Whether a policy is a glob with a character that no tag can have, as where a prefix was forgotten. */
export function isImpossibleGlob(text: string): boolean {
  const glob = text.startsWith('glob:') ? text.slice('glob:'.length) : text;
  return !glob.includes(':') && /[^\w.*-]/.test(glob);
}

/** The kind of policy that is meant, and what follows it. */
function partsOf(text: string): { readonly prefix: string | undefined; readonly rest: string } {
  const [, word = '', rest = ''] = /^\s*([A-Za-z]+)\s*[:=\s]\s*(.*)$/s.exec(text) ?? [];
  const prefix = word === '' ? undefined : nearest(word, POLICY_PREFIXES)[0];
  if (prefix !== undefined) return { prefix, rest: rest.trim() };
  const isRange = /^\s*[~^<>=!]|^\s*v?\d+(?:\.(?:\d+|[xX*]))*\s*(?:-|,|\|\|)\s/.test(text);
  return { prefix: isRange ? 'semver' : undefined, rest: text.trim() };
}

function repairsOf(prefix: string | undefined, rest: string): string[] {
  switch (prefix) {
    case undefined:
      return [];
    case 'newest':
      return ['newest:', `glob:${rest}`];
    case 'glob':
      return [`glob:${rest}`, 'glob:*'];
    case 'semver':
      return [`semver:${rest}`, ...rangesNear(rest)];
    default:
      return [`${prefix}:${rest}`, ...(rest.includes('*') ? [`glob:${rest}`] : [])];
  }
}

/** Ranges around the version that a text has in it. */
function rangesNear(text: string): string[] {
  const [version, major, minor] = /(\d+)(?:\.(\d+))?(?:\.\d+)?/.exec(text) ?? [];
  if (version === undefined) return [];
  return [`semver:~${minor === undefined ? major : `${major}.${minor}`}`, `semver:^${major}`];
}
