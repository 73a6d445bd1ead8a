import * as l10n from '@vscode/l10n';
import { type Policy, parsePolicy, type Tag } from '@weaveflux/shared';
import { newestFor } from './known-tags.ts';

/** A policy that a person may want. */
export interface PolicyExample {
  readonly policy: string;
  /** A few words that follow "Releases". */
  readonly meaning: string;
}

/** How one kind of tag may go on. */
interface Shape {
  readonly pattern: RegExp;
  readonly examples: (parts: readonly string[]) => readonly PolicyExample[];
}

const SHAPES: readonly Shape[] = [
  {
    pattern: /^v?(\d+)\.(\d+)(?:\.\d+)?$/,
    examples: ([major, minor]) => [
      { policy: `semver:~${major}.${minor}`, meaning: l10n.t('patches of {0}', `${major}.${minor}`) },
      { policy: `semver:^${major}`, meaning: l10n.t('all versions of {0}', `${major}`) },
      allVersions(),
    ],
  },
  {
    pattern: /^v?(\d+)\.(\d+)\.\d+-(?:alpha|beta|rc|pre|preview|dev|snapshot)(?![a-z])/i,
    examples: ([major, minor]) => [
      {
        policy: `semver:~${major}.${minor}.0-0`,
        meaning: l10n.t('patches of {0}, pre-releases too', `${major}.${minor}`),
      },
      { policy: 'semver:>=0.0.0-0', meaning: l10n.t('all versions, pre-releases too') },
    ],
  },
  {
    pattern: /^(v?\d+\.\d+)(?:\.\d+)?(-(?!(?:alpha|beta|rc|pre|preview|dev|snapshot)(?![a-z]))[a-z][\w.-]*)$/i,
    examples: ([version, suffix]) => [
      {
        policy: `glob:${version}*${suffix}`,
        meaning: l10n.t('the newest built of {0} that ends with {1}', `${version}`, `${suffix}`),
      },
      { policy: `glob:*${suffix}`, meaning: l10n.t('the newest built that ends with {0}', `${suffix}`) },
    ],
  },
  {
    pattern: /^(\d+)$/,
    examples: () => [{ policy: 'numerical:^(\\d+)$', meaning: l10n.t('the highest number') }],
  },
  {
    pattern: /^(?!v\d)([A-Za-z][\w.-]*?[-_.])(\d+)$/,
    examples: ([prefix = '']) => [
      { policy: `numerical:^${escaped(prefix)}(\\d+)$`, meaning: l10n.t('the highest number after {0}', prefix) },
    ],
  },
  {
    pattern: /^([A-Za-z][\w.-]*?[-_.])(\d{6,})([-_.])[0-9a-f]{7,40}$/,
    examples: ([prefix = '', , separator = '']) => [
      {
        policy: `numerical:^${escaped(prefix)}(\\d+)${escaped(separator)}[0-9a-f]+$`,
        meaning: l10n.t('the highest number after {0}', prefix),
      },
    ],
  },
  {
    pattern: /^(\d{4,})([-_.])[0-9a-f]{7,40}$/,
    examples: ([, separator = '']) => [
      { policy: `numerical:^(\\d+)${escaped(separator)}[0-9a-f]+$`, meaning: l10n.t('the highest number in front') },
    ],
  },
  {
    pattern: /^\d{4}-\d{2}-\d{2}/,
    examples: () => [{ policy: 'alphabetical:^\\d{4}-\\d{2}-\\d{2}', meaning: l10n.t('the latest date') }],
  },
  {
    pattern: /^([A-Za-z]+[-_.])(?=.*\d)/,
    examples: ([start = '']) => [
      { policy: `glob:${start}*`, meaning: l10n.t('the newest built that begins with {0}', start) },
    ],
  },
  {
    pattern: /^[0-9a-f]{7,40}$/,
    examples: () => [{ policy: 'regexp:^[0-9a-f]{7,40}$', meaning: l10n.t('the newest built of a commit') }],
  },
];

function allVersions(): PolicyExample {
  return { policy: 'semver:*', meaning: l10n.t('all versions, no pre-releases') };
}

function anyTag(): PolicyExample {
  return { policy: 'newest:', meaning: l10n.t('the newest built, whatever its tag') };
}

/** Policies that admit the tag, the narrowest first. */
export function policyExamples(tag: string): readonly PolicyExample[] {
  if (tag === '' || tag.toLowerCase() === 'latest') return [allVersions(), anyTag()];
  const found = SHAPES.flatMap(({ pattern, examples }) => {
    const match = pattern.exec(tag);
    return match === null ? [] : examples(match.slice(1).map((part) => part ?? ''));
  });
  const unique = new Map([...found, anyTag()].map((example) => [example.policy, example]));
  return [...unique.values()].filter(({ policy }) => parsePolicy(policy).policy?.admits(tag) === true);
}

/** What a policy means for the tags that are known: what is wrong with it, or how many fit. */
export type PolicyVerdict =
  | { readonly kind: 'invalid'; readonly message: string }
  | { readonly kind: 'usable'; readonly matching: number; readonly known: number; readonly newest: string | undefined };

/** Judges a policy as it is typed, with the expression of the tag filter beside it. */
export function judgePolicy(text: string, tags: readonly Tag[], filter?: string): PolicyVerdict {
  const { policy, invalid } = parsePolicy(text, filter === undefined ? {} : { filter });
  if (invalid !== undefined) return { kind: 'invalid', message: invalid.message };
  return { kind: 'usable', ...matches(policy, tags) };
}

function matches(policy: Policy, tags: readonly Tag[]) {
  const matching = tags.filter(({ tag }) => policy.admits(tag)).length;
  return { matching, known: tags.length, newest: newestFor(policy, tags)?.tag };
}

function escaped(text: string): string {
  return text.replace(/[.\\+*?()|[\]{}^$]/g, '\\$&');
}
