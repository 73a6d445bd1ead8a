import { createdTime, formatDuration, type Policy, type Tag } from '@weaveflux/shared';
import { type Decision, settled } from './decision.ts';
import { obstacleOf, ownObstacle, type Question, refusalOf, releaseCommand, whyHeld } from './question.ts';

/** Why nothing newer is written though there is something newer, `top`; `waiting` is the newest that only its age keeps. */
export function keptBack(question: Question, policy: Policy, top: Tag | undefined, waiting: Tag | undefined): Decision {
  const obstacle = top && obstacleOf(question, policy, top);
  if (top === undefined || (obstacle !== 'unsigned' && obstacle !== 'not-verified'))
    return heldBack(question, top, waiting);
  const refusal = refusalOf(question, top);
  return refusal === undefined ? heldBack(question, top, waiting) : unsigned(question, top, refusal);
}

/** A tag that is not signed as is required, or of which that is not known yet. */
export function unsigned(
  question: Question,
  tag: Tag,
  { state, reason }: NonNullable<ReturnType<typeof refusalOf>>,
): Decision {
  if (state === 'unchecked') return checking(tag);
  const command = `${releaseCommand(question, tag.tag)} --force`;
  return { ...settled('not-verified', `${tag.tag} is not taken because ${reason}; ${command} takes it.`), chosen: tag };
}

/** A tag that must be signed, of which nobody has looked yet whether it is. */
export function checking({ tag }: Tag): Decision {
  return { ...settled('not-scanned', `Whether ${tag} is signed is being checked.`), needsSignature: tag };
}

/** Those of these tags that nothing keeps from being chosen but that their signatures could not be checked just now. */
export function unsureAmong(question: Question, policy: Policy, tags: readonly Tag[]): string[] {
  const isUnsure = (tag: Tag): boolean =>
    refusalOf(question, tag)?.passing === true && ownObstacle(question, policy, tag) === undefined;
  return tags.filter(isUnsure).map(({ tag }) => tag);
}

function heldBack(question: Question, top: Tag | undefined, waiting: Tag | undefined): Decision {
  const chosen = waiting ?? top;
  const reason =
    waiting === undefined
      ? `${top?.tag} is held because ${whyHeld(question, top?.tag ?? '')}; ${releaseCommand(question, top?.tag)} ends that.`
      : whyWaiting(question, waiting);
  return { ...settled('held', reason), ...(chosen === undefined ? {} : { chosen }) };
}

function whyWaiting(question: Question, waiting: Tag): string {
  const age = formatDuration(question.policy.minAge ?? 0);
  if (createdTime(waiting) !== undefined) return `${waiting.tag} waits until it is ${age} old.`;
  return `${waiting.tag} is not taken because its image does not tell whether it is ${age} old; ${releaseCommand(question, waiting.tag)} takes it.`;
}
