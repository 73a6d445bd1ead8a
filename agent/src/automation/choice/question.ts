import {
  type ContainerPolicy,
  compareCreated,
  createdTime,
  defaultPolicy,
  effectiveTag,
  type ImageReference,
  type Policy,
  type Problem,
  type Tag,
} from '@weaveflux/shared';
import type { Verdict } from '../../signatures/types.ts';
import { runsOn } from './platforms.ts';

/** All that is known when one container's image is decided. */
export interface Question {
  /** `namespace:kind/name`, for the command in a reason. */
  readonly workload: string;
  /** The reference as written at HEAD. */
  readonly image: ImageReference;
  readonly policy: ContainerPolicy;
  /** What it is compared with where no policy is written and none may change it; absent = with the newest by created time. */
  readonly versions?: Policy | undefined;
  /** The platforms of the nodes that its pods may run on, where those are what it must have images for. */
  readonly platforms?: readonly string[] | undefined;
  readonly automated: boolean;
  readonly ignored: boolean;
  /** The tags that the registry lists; `undefined` = never scanned. */
  readonly tags: readonly Tag[] | undefined;
  /** What is known beyond the list, also of tags that have been deleted since. */
  readonly remembered?: readonly Tag[];
  /** Tags that were asked about and cannot be described, so that waiting for them is of no use; they take no part where their age counts. */
  readonly unreadable?: ReadonlySet<string>;
  /** Tags refused after a person went back. */
  readonly held: Has;
  /** Of the held tags and digests those that the agent went back from by itself, as the workload did not become healthy. */
  readonly failed?: Has;
  /** Digests refused after a person went back from them to another one of the same tag. */
  readonly heldDigests?: Has;
  /** How digests stand with the signatures that are required; absent = none is. What is not there is not checked yet. */
  readonly signatures?: ReadonlyMap<string, Verdict> | undefined;
  /** Set where what is written has no place for a digest. */
  readonly holdsDigest?: false | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** What can tell whether a text is among its own. */
export type Has = Pick<ReadonlySet<string>, 'has'>;

/** What keeps a tag that the policy admits from being chosen, whatever the file says. */
export type Obstacle =
  | 'held'
  | 'wrong-platform'
  | 'unread'
  | 'undated'
  | 'too-young'
  | 'unchecked'
  | 'unsigned'
  | 'not-verified';

/** Why a tag or digest is held, as the end of a sentence. */
export function whyHeld({ failed }: Question, name: string): string {
  return failed?.has(name)
    ? 'the agent went back from it, as the workload did not become healthy with it'
    : 'a person went back from it';
}

/** The policy of a container, or why it has none that can be understood; where none is written, Flux v1's. */
export function policyOf({ policy }: Question): { policy?: Policy | undefined; invalid?: Problem | undefined } {
  return policy.invalid !== undefined || policy.policy !== undefined ? policy : defaultPolicy();
}

/** What people compare an image with that no policy may change: its policy, else versions like its own. */
export function shownPolicy(question: Question): Policy | undefined {
  const { policy, invalid } = policyOf(question);
  return question.policy.policy ?? (invalid === undefined ? (question.versions ?? policy) : undefined);
}

/** Whether nothing is released here without being asked: then no image is read, and what only that tells does not count. */
export function isWatched({ ignored, automated, policy }: Question): boolean {
  return ignored || policy.pinned || !automated;
}

/** What stands in the way of a tag that the policy admits; `undefined` = nothing. */
export function obstacleOf(question: Question, policy: Policy, tag: Tag): Obstacle | undefined {
  return ownObstacle(question, policy, tag) ?? signatureObstacle(question, policy, tag);
}

/** The same but for signatures, which are asked for last. */
export function ownObstacle(question: Question, policy: Policy, tag: Tag): Obstacle | undefined {
  if (question.held.has(tag.tag)) return 'held';
  if (isForeign(question, tag)) return 'wrong-platform';
  const watched = isWatched(question);
  if (!watched && lacksPlatforms(question, tag)) return 'unread';
  const minAge = watched ? 0 : (question.policy.minAge ?? 0);
  if (policy.order !== 'created' && minAge === 0) return undefined;
  if (isUnread(question, tag)) return 'unread';
  const created = createdTime(tag);
  if (created === undefined) return 'undated';
  return minAge > 0 && created + minAge > question.now ? 'too-young' : undefined;
}

/** What says for which platforms a tag must have images. */
export type PlatformWish = Pick<Question, 'policy' | 'platforms'>;

/** The platforms that a tag must have an image for each of; none = nothing is asked. */
export function platformsOf({ platforms, policy: { platform } }: PlatformWish): readonly string[] {
  return platforms ?? (platform?.includes('/') ? [platform] : []);
}

/** Platforms as a part of a sentence, with where it is known from that they matter. */
export function namePlatforms({ platforms }: PlatformWish, names: readonly string[]): string {
  return `${names.join(' and ')}${platforms === undefined ? '' : ', which nodes have'}`;
}

/** Whether a tag lacks an image for a platform that is asked for; what could not be read is not believed to have one. */
export function isForeign(question: Question, { tag, platforms }: Tag): boolean {
  const asked = platformsOf(question);
  if (asked.length === 0) return false;
  return platforms === undefined
    ? question.unreadable?.has(tag) === true
    : asked.some((platform) => !runsOn(platforms, platform));
}

/** Whether a tag has to be read for its platforms. */
export function lacksPlatforms(wish: PlatformWish, { platforms }: Tag): boolean {
  return platforms === undefined && platformsOf(wish).length > 0;
}

/** A tag that has been read has a digest, whether or not its image tells when it was created. */
export function isUnread({ unreadable }: Question, tag: Tag): boolean {
  return tag.created === undefined && tag.digest === undefined && unreadable?.has(tag.tag) !== true;
}

/** What is known of the tag that the file has; by its digest where it has no tag. */
export function currentTag({ image, tags = [], remembered = [] }: Question): Tag | undefined {
  const tag = effectiveTag(image);
  const isMeant = (known: Tag) => (tag === undefined ? known.digest === image.digest : known.tag === tag);
  const matching = [...tags.filter(isMeant), ...remembered.filter(isMeant)];
  if (tag === undefined) return matching[0];
  return matching.find((known) => known.created !== undefined || known.digest !== undefined) ?? matching[0] ?? { tag };
}

/** Greater than zero when `tag` is newer: by the policy's order if both tags fit it, else by created time if both are known. */
export function compareTo(current: Tag, policy: Policy, tag: Tag): number | undefined {
  return policy.compare(tag, current) ?? compareCreated(tag, current);
}

/** The command by which a person releases a tag in spite of everything. */
export function releaseCommand({ workload, policy }: Pick<Question, 'workload' | 'policy'>, tag = '<tag>'): string {
  return `weaveflux release ${workload} --container ${policy.container} --tag ${tag}`;
}

/** Only what would replace the file's tag must be signed: what the file has is a person's word, or was checked before. */
function signatureObstacle(question: Question, policy: Policy, tag: Tag): Obstacle | undefined {
  if (question.signatures === undefined || isWatched(question)) return undefined;
  const current = currentTag(question);
  if (current !== undefined && (current.tag === tag.tag || (compareTo(current, policy, tag) ?? 1) < 0))
    return undefined;
  return refusalOf(question, tag)?.state;
}

/** Why a tag is not signed as is required, as the end of a sentence about it; `undefined` = it is, or nothing is required. */
export function refusalOf(
  { signatures, holdsDigest, unreadable }: Pick<Question, 'signatures' | 'holdsDigest' | 'unreadable'>,
  { tag, digest }: Tag,
): { state: 'unchecked' | 'unsigned' | 'not-verified'; reason: string; passing?: true } | undefined {
  if (signatures === undefined) return undefined;
  if (holdsDigest === false) {
    const reason = 'only a digest can be verified, and the marked fields have no place for one';
    return { state: 'not-verified', reason };
  }
  const unchecked = { state: 'unchecked', reason: 'whether it is signed is not checked yet' } as const;
  if (digest === undefined) {
    return unreadable?.has(tag) === true
      ? { state: 'not-verified', reason: 'its digest could not be read' }
      : unchecked;
  }
  const verdict = signatures.get(digest) ?? unchecked;
  return verdict.state === 'verified' ? undefined : verdict;
}
