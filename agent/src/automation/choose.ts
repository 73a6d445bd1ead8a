import {
  type ContainerPolicy,
  compareCreated,
  createdTime,
  type DecisionState,
  defaultPolicy,
  effectiveTag,
  formatDuration,
  type ImageReference,
  type Policy,
  type Tag,
  withTag,
} from '@weaveflux/shared';
import { ranked } from './ranked.ts';

/** All that is known when one container's image is decided. */
export interface Question {
  /** `namespace:kind/name`, for the command in a reason. */
  readonly workload: string;
  /** The reference as written at HEAD. */
  readonly image: ImageReference;
  readonly policy: ContainerPolicy;
  /** What it is compared with where no policy is written and none may change it; absent = with the newest by created time. */
  readonly versions?: Policy | undefined;
  readonly automated: boolean;
  readonly ignored: boolean;
  /** The tags that the registry lists; `undefined` = never scanned. */
  readonly tags: readonly Tag[] | undefined;
  /** What is known beyond the list, also of tags that have been deleted since. */
  readonly remembered?: readonly Tag[];
  /** Tags that were asked about and cannot be described, so that waiting for them is of no use; they take no part where their age counts. */
  readonly unreadable?: ReadonlySet<string>;
  /** Tags refused after a person went back. */
  readonly held: ReadonlySet<string>;
  /** Digests refused after a person went back from them to another one of the same tag. */
  readonly heldDigests?: ReadonlySet<string>;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Why a container's image stays, or what it becomes. */
export interface Decision {
  readonly state: DecisionState;
  /** The tag that the policy chooses, also when it is held back. */
  readonly chosen?: Tag;
  /** Of what no policy may change: the chosen tag is newer than the file's. */
  readonly isNewer?: true;
  /** Of an update: the whole new reference. */
  readonly to?: string;
  /** One sentence; the one command that resolves it where a person must. */
  readonly reason: string;
  /** Tags to describe before deciding again; empty = this is the decision. At most `DESCRIBE_AT_ONCE`, likely newest first. */
  readonly needsMetadata: readonly string[];
}

/** How many tags one decision asks about: one batch of the registry's rate limit. */
export const DESCRIBE_AT_ONCE = 100;

/** How many tags a decision by an order of the tags themselves asks about, for their age. */
const AGES_AT_ONCE = 5;

/** Decides one container. Pure: the same question has the same answer. */
export function choose(question: Question): Decision {
  const { policy: written, image } = question;
  const { policy, invalid } = (written.invalid ?? written.policy) ? written : defaultPolicy();
  if (question.ignored) return settled('ignored', 'It is ignored by its annotation.');
  const shown = written.policy ?? (invalid === undefined ? (question.versions ?? policy) : undefined);
  if (written.pinned) return withNewer(question, shown, settled('pinned', pinReason(written)));
  if (!question.automated) {
    const reason = 'The workload is not automated; `weaveflux automate` changes that.';
    return withNewer(question, shown, settled('not-automated', reason));
  }
  if (policy === undefined) return settled('invalid-policy', invalid?.message ?? 'Its policy cannot be understood.');
  if (question.tags === undefined) return settled('not-scanned', `${image.canonicalName} has not been scanned yet.`);
  return decide(question, policy, question.tags);
}

function decide(question: Question, policy: Policy, tags: readonly Tag[]): Decision {
  const order = ranked(policy, tags);
  if (order.length === 0) return settled('no-match', `No tag of ${question.image.canonicalName} fits ${policy.text}.`);
  if (policy.order === 'created') {
    const unread = order.filter((tag) => isUnread(question, tag)).map(({ tag }) => tag);
    if (unread.length > 0) return reading(unread.slice(0, DESCRIBE_AT_ONCE), unread.length);
    if (createdTime(order[0] ?? { tag: '' }) === undefined) return undated(question, policy);
  }
  const candidates = order.filter(
    (tag) => !question.held.has(tag.tag) && (policy.order !== 'created' || createdTime(tag) !== undefined),
  );
  const ripe = firstRipe(candidates, question);
  if ('needsMetadata' in ripe) return ripe;
  const top = order[0];
  if (ripe.tag === undefined)
    return unlessInFile(question, policy, ripe.waiting) ?? heldBack(question, top, ripe.waiting);
  const decision = compareWithFile(question, policy, ripe.tag);
  const isBehind =
    decision.state === 'current' && decision.needsMetadata.length === 0 && top !== undefined && top !== ripe.tag;
  return isBehind && isNewerThanFile(question, policy, top) ? heldBack(question, top, ripe.waiting) : decision;
}

/** The file may have what is too young already, by a person's word, or something newer: then nothing waits. */
function unlessInFile(question: Question, policy: Policy, waiting: Tag | undefined): Decision | undefined {
  const decision = waiting && compareWithFile(question, policy, waiting);
  return decision?.state === 'current' && decision.needsMetadata.length === 0 ? decision : undefined;
}

/** The newest candidate that is old enough for `min-age`, and the newest that is not. */
function firstRipe(candidates: readonly Tag[], question: Question): { tag?: Tag; waiting?: Tag } | Decision {
  const { minAge } = question.policy;
  let waiting: Tag | undefined;
  for (const [index, tag] of candidates.entries()) {
    if (minAge === undefined || minAge === 0) return { tag };
    if (isUnread(question, tag)) {
      const unread = candidates
        .slice(index)
        .filter((other) => isUnread(question, other))
        .slice(0, AGES_AT_ONCE);
      return reading(
        unread.map((unreadTag) => unreadTag.tag),
        unread.length,
      );
    }
    const created = createdTime(tag);
    if (created !== undefined && created + minAge <= question.now)
      return waiting === undefined ? { tag } : { tag, waiting };
    waiting ??= tag;
  }
  return waiting === undefined ? {} : { waiting };
}

/** Never older: by the policy's order if both tags fit it, else by created time if both are known, else a person decides. */
function compareWithFile(question: Question, policy: Policy, chosen: Tag): Decision {
  const current = currentTag(question);
  if (current === undefined)
    return unreadOr(question, [chosen], () =>
      needsRelease(question, chosen, 'the file names its image by digest only'),
    );
  if (current.tag === chosen.tag) return sameTag(question, chosen);
  const order = policy.compare(chosen, current) ?? compareCreated(chosen, current);
  if (order === undefined) {
    return unreadOr(question, [current, chosen], () =>
      needsRelease(question, chosen, `whether ${chosen.tag} is newer than ${current.tag} is not known`),
    );
  }
  if (order > 0) return update(question, chosen, `${chosen.tag} is the newest that ${policy.text} admits.`);
  const reason = `${current.tag} in the file is newer than ${chosen.tag}, the newest that ${policy.text} admits.`;
  return { ...settled('current', reason), chosen };
}

function sameTag(question: Question, chosen: Tag): Decision {
  const { image, policy } = question;
  const current: Decision = { ...settled('current', `${chosen.tag} is the newest that its policy admits.`), chosen };
  if (!policy.followDigest || chosen.digest === image.digest) return current;
  if (chosen.digest === undefined) return unreadOr(question, [chosen], () => current);
  if (question.heldDigests?.has(chosen.digest)) {
    const reason = `The digest that ${chosen.tag} has now is held because a person went back from it; ${releaseCommand(question, chosen.tag)} ends that.`;
    return { ...settled('held', reason), chosen };
  }
  return update(
    question,
    chosen,
    image.digest === undefined ? 'Its digest is written from now on.' : `${chosen.tag} was pushed again.`,
  );
}

function update(question: Question, chosen: Tag, reason: string): Decision {
  const { image, policy } = question;
  const writesDigest = policy.followDigest || image.digest !== undefined;
  if (writesDigest && chosen.digest === undefined) {
    return unreadOr(question, [chosen], () =>
      needsRelease(question, chosen, `the digest of ${chosen.tag} is not known`),
    );
  }
  return {
    ...settled('update', reason),
    chosen,
    to: withTag(image, chosen.tag, writesDigest ? chosen.digest : undefined),
  };
}

/** Asks about the tags that may still be described, else decides as things are. */
function unreadOr(question: Question, tags: readonly Tag[], otherwise: () => Decision): Decision {
  const listed = new Set(question.tags?.map(({ tag }) => tag));
  const unread = tags.filter((tag) => isUnread(question, tag) && listed.has(tag.tag)).map(({ tag }) => tag);
  return unread.length > 0 ? reading(unread, unread.length) : otherwise();
}

/** What is known of the tag that the file has; by its digest where it has no tag. */
function currentTag({ image, tags = [], remembered = [] }: Question): Tag | undefined {
  const all = [...tags, ...remembered];
  const tag = effectiveTag(image);
  if (tag === undefined) return all.find((known) => known.digest === image.digest);
  const matching = all.filter((known) => known.tag === tag);
  return matching.find((known) => known.created !== undefined || known.digest !== undefined) ?? matching[0] ?? { tag };
}

function isNewerThanFile(question: Question, policy: Policy, tag: Tag): boolean {
  const current = currentTag(question);
  return (
    current !== undefined &&
    current.tag !== tag.tag &&
    (policy.compare(tag, current) ?? compareCreated(tag, current) ?? 0) > 0
  );
}

function heldBack(question: Question, top: Tag | undefined, waiting: Tag | undefined): Decision {
  const chosen = waiting ?? top;
  const reason =
    waiting === undefined
      ? `${top?.tag} is held because a person went back from it; ${releaseCommand(question, top?.tag)} ends that.`
      : `${waiting.tag} waits until it is ${formatDuration(question.policy.minAge ?? 0)} old.`;
  return { ...settled('held', reason), ...(chosen === undefined ? {} : { chosen }) };
}

function undated(question: Question, policy: Policy): Decision {
  const reason = `No tag of ${question.image.canonicalName} that fits ${policy.text} tells when it was created; choose by semver:, numerical: or alphabetical:, or run ${releaseCommand(question, '<tag>')}.`;
  return settled('needs-release', reason);
}

function needsRelease(question: Question, chosen: Tag, why: string): Decision {
  const sentence = `Nothing is written because ${why}; run ${releaseCommand(question, chosen.tag)}, or weaveflux automate ${question.workload} --from-now for a placeholder.`;
  return { ...settled('needs-release', sentence), chosen };
}

function releaseCommand({ workload, policy }: Question, tag = '<tag>'): string {
  return `weaveflux release ${workload} --container ${policy.container} --tag ${tag}`;
}

function pinReason({ pinUser, pinMessage }: ContainerPolicy): string {
  return `It is pinned${pinUser === undefined ? '' : ` by ${pinUser}`}${pinMessage === undefined ? '' : `: ${pinMessage}`}; \`weaveflux unpin\` ends that.`;
}

/** A decision that nothing changes, with what would be chosen and whether that is newer, for people to see. */
function withNewer(question: Question, policy: Policy | undefined, decision: Decision): Decision {
  const chosen = policy && known(question, policy);
  if (policy === undefined || chosen === undefined) return decision;
  if (!isNewerThanFile(question, policy, chosen)) return { ...decision, chosen };
  return { ...decision, chosen, isNewer: true, reason: `${chosen.tag} is newer. ${decision.reason}` };
}

/** What a policy would choose by what is known; `undefined` while created times decide and a tag was never read. */
function known(question: Question, policy: Policy): Tag | undefined {
  const admitted = question.tags?.filter(({ tag }) => policy.admits(tag)) ?? [];
  const byTime = policy.order === 'created';
  if (byTime && admitted.some((tag) => isUnread(question, tag))) return undefined;
  return admitted
    .filter((tag) => !question.held.has(tag.tag) && (!byTime || createdTime(tag) !== undefined))
    .reduce<Tag | undefined>((best, tag) => (best && (policy.compare(tag, best) ?? 0) <= 0 ? best : tag), undefined);
}

function reading(tags: readonly string[], left: number): Decision {
  return { state: 'not-scanned', reason: `When ${left} tags were created is being read.`, needsMetadata: tags };
}

function settled(state: DecisionState, reason: string): Decision {
  return { state, reason, needsMetadata: [] };
}

/** A tag that has been read has a digest, whether or not its image tells when it was created. */
function isUnread({ unreadable }: Question, tag: Tag): boolean {
  return tag.created === undefined && tag.digest === undefined && unreadable?.has(tag.tag) !== true;
}
