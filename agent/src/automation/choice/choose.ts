import { type ContainerPolicy, createdTime, type Policy, type Tag, withTag } from '@weaveflux/shared';
import { type Decision, settled } from './decision.ts';
import { checking, keptBack, unsigned, unsureAmong } from './kept-back.ts';
import {
  compareTo,
  currentTag,
  isForeign,
  isUnread,
  namePlatforms,
  obstacleOf,
  ownObstacle,
  platformsOf,
  policyOf,
  type Question,
  refusalOf,
  releaseCommand,
  shownPolicy,
  whyHeld,
} from './question.ts';
import { ranked } from './ranked.ts';

/** How many tags one decision asks about: one batch of the registry's rate limit. */
const DESCRIBE_AT_ONCE = 100;

/** How many tags a decision by an order of the tags themselves asks about, for their age. */
const AGES_AT_ONCE = 5;

/** Decides one container. Pure: the same question has the same answer. */
export function choose(question: Question): Decision {
  const { policy: written, image } = question;
  const { policy, invalid } = policyOf(question);
  if (question.ignored) return settled('ignored', 'It is ignored by its annotation.');
  if (written.pinned) return withNewer(question, settled('pinned', pinReason(written)));
  if (!question.automated) {
    const reason = 'The workload is not automated; `weaveflux automate` changes that.';
    return withNewer(question, settled('not-automated', reason));
  }
  if (policy === undefined) return settled('invalid-policy', invalid?.message ?? 'Its policy cannot be understood.');
  if (question.tags === undefined) return settled('not-scanned', `${image.canonicalName} has not been scanned yet.`);
  return decide(question, policy, question.tags);
}

function decide(question: Question, policy: Policy, tags: readonly Tag[]): Decision {
  const admitted = ranked(policy, tags);
  const order = admitted.filter((tag) => !isForeign(question, tag));
  if (order.length === 0) return settled('no-match', whyNoMatch(question, policy, admitted));
  if (policy.order === 'created') {
    const unread = order.filter((tag) => isUnread(question, tag)).map(({ tag }) => tag);
    if (unread.length > 0) return reading(unread.slice(0, DESCRIBE_AT_ONCE), unread.length);
    if (createdTime(order[0] ?? { tag: '' }) === undefined) return undated(question, policy);
  }
  const ripe = firstRipe(question, policy, order);
  if ('needsMetadata' in ripe) return ripe;
  const top = order[0];
  if (ripe.tag === undefined)
    return unlessInFile(question, policy, ripe.waiting) ?? keptBack(question, policy, top, ripe.waiting);
  const decision = compareWithFile(question, policy, ripe.tag);
  const isBehind =
    decision.state === 'current' && decision.needsMetadata.length === 0 && top !== undefined && top !== ripe.tag;
  if (isBehind && isNewerThanFile(question, policy, top)) return keptBack(question, policy, top, ripe.waiting);
  const unsure = unsureAmong(question, policy, order.slice(0, order.indexOf(ripe.tag)));
  return unsure.length === 0 ? decision : { ...decision, unsure };
}

function whyNoMatch(question: Question, policy: Policy, admitted: readonly Tag[]): string {
  const { canonicalName } = question.image;
  if (admitted.length === 0) return `No tag of ${canonicalName} fits ${policy.text}.`;
  const platforms = namePlatforms(question, platformsOf(question));
  return `No tag of ${canonicalName} that fits ${policy.text} is known to have an image for ${platforms}.`;
}

/** The file may have what is too young already, by a person's word, or something newer: then nothing waits. */
function unlessInFile(question: Question, policy: Policy, waiting: Tag | undefined): Decision | undefined {
  const decision = waiting && compareWithFile(question, policy, waiting);
  return decision?.state === 'current' && decision.needsMetadata.length === 0 ? decision : undefined;
}

/** The newest tag that nothing stands in the way of, and the newest before it that only its age does. */
function firstRipe(question: Question, policy: Policy, order: readonly Tag[]): { tag?: Tag; waiting?: Tag } | Decision {
  let waiting: Tag | undefined;
  for (const [index, tag] of order.entries()) {
    const obstacle = obstacleOf(question, policy, tag);
    if (obstacle === undefined) return waiting === undefined ? { tag } : { tag, waiting };
    if (obstacle === 'unread') return readingAges(question, policy, order.slice(index));
    if (obstacle === 'unchecked') return checking(tag);
    // Of what only created times order, one without has no place, and others are chosen by theirs.
    if (obstacle === 'too-young' || (obstacle === 'undated' && policy.order !== 'created')) waiting ??= tag;
  }
  return waiting === undefined ? {} : { waiting };
}

function readingAges(question: Question, policy: Policy, order: readonly Tag[]): Decision {
  const unread = order.filter((tag) => ownObstacle(question, policy, tag) === 'unread').slice(0, AGES_AT_ONCE);
  const decision = reading(
    unread.map(({ tag }) => tag),
    unread.length,
  );
  if (platformsOf(question).length === 0) return decision;
  return { ...decision, reason: `For which platforms ${question.image.canonicalName} has images is being read.` };
}

/** Never older: by the policy's order if both tags fit it, else by created time if both are known, else a person decides. */
function compareWithFile(question: Question, policy: Policy, chosen: Tag): Decision {
  const current = currentTag(question);
  if (current === undefined)
    return unreadOr(question, 'digest', [chosen], () =>
      needsRelease(question, chosen, 'the file names its image by digest only'),
    );
  if (current.tag === chosen.tag) return sameTag(question, chosen);
  const order = compareTo(current, policy, chosen);
  if (order === undefined) {
    return unreadOr(question, 'age', [current, chosen], () =>
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
  if (chosen.digest === undefined) return unreadOr(question, 'digest', [chosen], () => current);
  const refusal = refusalOf(question, chosen);
  if (refusal !== undefined) return unsigned(question, chosen, refusal);
  if (question.heldDigests?.has(chosen.digest)) {
    const reason = `The digest that ${chosen.tag} has now is held because ${whyHeld(question, chosen.digest)}; ${releaseCommand(question, chosen.tag)} ends that.`;
    return { ...settled('held', reason), chosen };
  }
  return update(
    question,
    chosen,
    image.digest === undefined ? 'Its digest is written from now on.' : `${chosen.tag} was pushed again.`,
  );
}

function update(question: Question, chosen: Tag, reason: string): Decision {
  const { image, policy, signatures } = question;
  // A tag may be moved after its digest was verified.
  const writesDigest = policy.followDigest || image.digest !== undefined || signatures !== undefined;
  if (writesDigest && chosen.digest === undefined) {
    return unreadOr(question, 'digest', [chosen], () =>
      needsRelease(question, chosen, `the digest of ${chosen.tag} is not known`),
    );
  }
  return {
    ...settled('update', reason),
    chosen,
    to: withTag(image, chosen.tag, writesDigest ? chosen.digest : undefined),
  };
}

/** Asks about the tags that may still be described, else decides as things are; `what` is not known of them. */
function unreadOr(
  question: Question,
  what: 'age' | 'digest',
  tags: readonly Tag[],
  otherwise: () => Decision,
): Decision {
  const listed = new Set(question.tags?.map(({ tag }) => tag));
  const unread = tags.filter((tag) => isUnread(question, tag) && listed.has(tag.tag)).map(({ tag }) => tag);
  if (unread.length === 0) return otherwise();
  const decision = reading(unread, unread.length);
  return what === 'age' ? decision : { ...decision, reason: `Which digest ${unread.join(' and ')} has is being read.` };
}

function isNewerThanFile(question: Question, policy: Policy, tag: Tag): boolean {
  const current = currentTag(question);
  return current !== undefined && current.tag !== tag.tag && (compareTo(current, policy, tag) ?? 0) > 0;
}

function undated(question: Question, policy: Policy): Decision {
  const reason = `No tag of ${question.image.canonicalName} that fits ${policy.text} tells when it was created; choose by semver:, numerical: or alphabetical:, or run ${releaseCommand(question, '<tag>')}.`;
  return settled('needs-release', reason);
}

function needsRelease(question: Question, chosen: Tag, why: string): Decision {
  const sentence = `Nothing is written because ${why}; run ${releaseCommand(question, chosen.tag)}, or weaveflux automate ${question.workload} --from-now for a placeholder.`;
  return { ...settled('needs-release', sentence), chosen };
}

function pinReason({ pinUser, pinMessage }: ContainerPolicy): string {
  return `It is pinned${pinUser === undefined ? '' : ` by ${pinUser}`}${pinMessage === undefined ? '' : `: ${pinMessage}`}; \`weaveflux unpin\` ends that.`;
}

/** A decision that nothing changes, with what would be chosen and whether that is newer, for people to see. */
function withNewer(question: Question, decision: Decision): Decision {
  const policy = shownPolicy(question);
  const chosen = policy && known(question, policy);
  if (policy === undefined || chosen === undefined) return decision;
  if (!isNewerThanFile(question, policy, chosen)) return { ...decision, chosen };
  return { ...decision, chosen, isNewer: true, reason: `${chosen.tag} is newer. ${decision.reason}` };
}

/** What a policy would choose by what is known; `undefined` while created times decide and a tag was never read. */
function known(question: Question, policy: Policy): Tag | undefined {
  const admitted = question.tags?.filter(({ tag }) => policy.admits(tag)) ?? [];
  if (policy.order === 'created' && admitted.some((tag) => isUnread(question, tag))) return undefined;
  return admitted
    .filter((tag) => obstacleOf(question, policy, tag) === undefined)
    .reduce<Tag | undefined>((best, tag) => (best && (policy.compare(tag, best) ?? 0) <= 0 ? best : tag), undefined);
}

function reading(tags: readonly string[], left: number): Decision {
  const which = left === 1 ? 'one tag was' : `${left} tags were`;
  return { state: 'not-scanned', reason: `When ${which} created is being read.`, needsMetadata: tags };
}
