import { compareCreated, type ImageStatus, type Policy, type Tag, versionsLike } from '@weaveflux/shared';
import { comparisonBy, knownTags } from './known-tags.ts';

/** What is known of a container's image when a person chooses another tag for it. */
export interface TagQuestion {
  /** As the agent tells it; absent where there is none. */
  readonly status: ImageStatus | undefined;
  /** The tag in the file as it is now; '' = none is written. */
  readonly current: string;
  /** The policy in the file as it is now. */
  readonly policy: Policy | undefined;
  /** What was read of tags for this choice. */
  readonly described?: readonly Tag[];
}

/** A tag to choose. */
export interface TagChoice extends Tag {
  readonly isCurrent: boolean;
  /** The policy chooses it. */
  readonly isChosen: boolean;
  /** A person went back from it. */
  readonly isHeld: boolean;
  /** Whether the policy admits it; true where there is none. */
  readonly fits: boolean;
}

/**
 * The tags that are known, those that fit the policy first, newest first as far as that is known. Without a policy, and where
 * created times are not read, versions like the current one come first.
 */
export function tagChoices({ status, current, policy, described = [] }: TagQuestion): TagChoice[] {
  const known = merged([...knownTags(status), ...described]);
  if (current !== '' && known.every(({ tag }) => tag !== current)) known.push({ tag: current });
  const held = new Set(status?.held);
  const choices = known.map((tag): TagChoice => {
    const fits = policy === undefined || policy.admits(tag.tag);
    const isChosen = tag.tag === status?.chosen?.tag && fits;
    return { ...tag, isCurrent: tag.tag === current, isChosen, isHeld: held.has(tag.tag), fits };
  });
  const fitting = choices.filter(({ fits }) => fits);
  const versions = policy === undefined && fitting.some(isUndated) ? versionsLike(current) : undefined;
  const alike = fitting.filter(({ tag }) => versions?.admits(tag));
  const others = fitting.filter(({ tag }) => versions?.admits(tag) !== true);
  return [
    ...alike.sort(newestFirst(versions)),
    ...others.sort(newestFirst(policy)),
    ...choices.filter(({ fits }) => !fits).sort(newestFirst(undefined)),
  ];
}

/** Choices in the order in which their tags are shown already, others after them: rows stay under who goes by them. */
export function inPlace<T extends Tag>(choices: readonly T[], shown: readonly string[]): T[] {
  const places = new Map(shown.map((tag, place) => [tag, place]));
  const placeOf = ({ tag }: Tag) => places.get(tag) ?? shown.length;
  return choices.toSorted((a, b) => placeOf(a) - placeOf(b));
}

/**
 * The tag that Enter takes: of the row that is current, or what is typed in whole. VS Code tells rows by their number, so that one
 * that was taken just as the list was filled anew may be called by another tag, which what is typed does not find.
 */
export function takenTag(current: Tag | undefined, typed: string, choices: readonly Tag[]): Tag | undefined {
  const whole = choices.find(({ tag }) => tag === typed);
  if (current === undefined) return whole;
  return whole === undefined || current.tag.includes(typed) ? current : whole;
}

/** Each tag once, with all that is known of it. */
function merged(all: readonly Tag[]): Tag[] {
  const tags = new Map<string, Tag>();
  for (const tag of all) tags.set(tag.tag, { ...tags.get(tag.tag), ...tag });
  return [...tags.values()];
}

/** Of a tag other than the file's nobody read when it was created. */
function isUndated(choice: TagChoice): boolean {
  return !choice.isCurrent && !isDated(choice);
}

/** Tags without a created time follow those with one; numbers in tags mostly grow with time. */
function newestFirst(policy: Policy | undefined): (a: Tag, b: Tag) => number {
  if (policy !== undefined && policy.order !== 'created') {
    const compare = comparisonBy(policy);
    return (a, b) => compare(b, a) ?? 0;
  }
  return (a, b) => compareCreated(b, a) ?? (Number(isDated(b)) - Number(isDated(a)) || NATURAL.compare(b.tag, a.tag));
}

function isDated(tag: Tag): boolean {
  return compareCreated(tag, tag) !== undefined;
}

const NATURAL = new Intl.Collator('en', { numeric: true });

/** A digest short enough for a list: `sha256:1a2b3c4d5e6f`. */
export function shortDigest(digest: string): string {
  const [algorithm = '', value = ''] = digest.split(':');
  return `${algorithm}:${value.slice(0, 12)}`;
}
