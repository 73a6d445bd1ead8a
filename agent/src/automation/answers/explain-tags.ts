import {
  createdTime,
  formatDuration,
  isArtifactTag,
  type Policy,
  type Tag,
  type TagExplanation,
} from '@weaveflux/shared';
import { choose } from '../choice/choose.ts';
import type { Decision } from '../choice/decision.ts';
import { runsOn } from '../choice/platforms.ts';
import {
  compareTo,
  currentTag,
  isWatched,
  lacksPlatforms,
  namePlatforms,
  type Obstacle,
  obstacleOf,
  platformsOf,
  policyOf,
  type Question,
  refusalOf,
  releaseCommand,
  shownPolicy,
} from '../choice/question.ts';
import { newestFirst } from '../choice/ranked.ts';
import type { HistoricQuestion } from '../scan/decide.ts';
import { toHold } from './images.ts';

/** A question that also tells which remembered tags the registry no longer lists, and when that was noticed (RFC 3339). */
export interface TagQuestion extends HistoricQuestion {
  readonly deleted: ReadonlyMap<string, string>;
}

/** How a tag stands, without what is known of the tag itself. */
type Standing = Omit<TagExplanation, keyof Tag>;

/** What all tags of one question are explained by. */
interface Case {
  readonly question: TagQuestion;
  readonly decision: Decision;
  /** Absent where it cannot be understood. */
  readonly policy: Policy | undefined;
  readonly current: Tag | undefined;
  readonly listed: ReadonlySet<string>;
}

/** The tags that the registry lists, those that it did once, and the file's: newest first as far as that can be told. */
export function tagsOf(question: TagQuestion): Tag[] {
  const { tags = [], remembered = [], deleted } = question;
  const names = new Set(tags.map(({ tag }) => tag));
  const gone = remembered.filter(({ tag }) => deleted.has(tag) && !names.has(tag));
  const all = [...tags, ...gone];
  const current = currentTag(question);
  const isThere = current === undefined || all.some(({ tag }) => tag === current.tag);
  return newestFirst(shownPolicy(question), isThere ? all : [...all, current]);
}

/** A tag that is asked for by name: what is known of it, else its name alone. */
export function tagNamed({ tags = [], remembered = [] }: Question, name: string): Tag {
  return [...tags, ...remembered].find(({ tag }) => tag === name) ?? { tag: name };
}

/** Why each of these tags was or was not chosen, by the rules that `choose` goes by. Pure. */
export function explainTags(question: TagQuestion, tags: readonly Tag[] = tagsOf(question)): TagExplanation[] {
  const known: Case = {
    question,
    decision: choose(question),
    policy: isWatched(question) ? shownPolicy(question) : policyOf(question).policy,
    current: currentTag(question),
    listed: new Set(question.tags?.map(({ tag }) => tag)),
  };
  return tags.map((tag) => ({ ...tag, ...standingOf(known, tag) }));
}

function standingOf(known: Case, tag: Tag): Standing {
  if (isTaken(known.decision, tag)) return { standing: 'chosen', reason: known.decision.reason };
  if (tag.tag === known.current?.tag) return inFile(known, tag);
  if (!known.listed.has(tag.tag)) return notListed(known.question, tag);
  const { policy } = known;
  if (policy === undefined) return undecided(known);
  const refusal = policy.refusal(tag.tag);
  if (refusal !== undefined) {
    return { standing: isArtifactTag(tag.tag) ? 'artifact' : 'not-admitted', reason: `It ${refusal}.` };
  }
  return amongAdmitted(known, policy, tag);
}

/** Whether the decision is to write this tag, or would be if nobody had to be asked. */
function isTaken({ state, chosen, isNewer }: Decision, tag: Tag): boolean {
  return chosen?.tag === tag.tag && (state === 'update' || state === 'needs-release' || isNewer === true);
}

/** What is older for good is said to be that, whatever else stands in its way. */
function amongAdmitted(known: Case, policy: Policy, tag: Tag): Standing {
  const { question, decision, current } = known;
  const obstacle = obstacleOf(question, policy, tag);
  if (obstacle === 'held') return held(question, tag);
  const order = current && compareTo(current, policy, tag);
  if (current !== undefined && order !== undefined && order < 0)
    return { standing: 'older', reason: `It is older than ${current.tag} in the file.` };
  const { chosen } = decision;
  const isBehind = chosen !== undefined && (isTaken(decision, chosen) || chosen.tag === current?.tag);
  if (isBehind && (policy.compare(tag, chosen) ?? 0) < 0)
    return { standing: 'superseded', reason: `It is older than ${chosen.tag}, which is chosen.` };
  if (obstacle !== undefined) return hindered(known, obstacle, tag);
  if (current !== undefined && order === undefined && decision.needsMetadata.length === 0)
    return { standing: 'undecided', reason: `Whether it is newer than ${current.tag} in the file is not known.` };
  return undecided(known);
}

function inFile({ question, decision, policy, listed }: Case, tag: Tag): Standing {
  const deletedAt = question.deleted.get(tag.tag);
  const reason = (): string => {
    if (deletedAt !== undefined) return `It is in the file, and the registry no longer lists it since ${deletedAt}.`;
    if (question.tags !== undefined && !listed.has(tag.tag))
      return 'It is in the file, and the registry does not list it.';
    const refusal = policy?.refusal(tag.tag);
    if (refusal !== undefined) return `It is in the file, though it ${refusal}.`;
    if (decision.chosen?.tag !== tag.tag) return 'It is in the file.';
    return decision.state === 'held'
      ? `It is in the file. ${decision.reason}`
      : 'It is in the file, and the newest that is admitted.';
  };
  return { standing: 'current', reason: reason(), ...(deletedAt === undefined ? {} : { deletedAt }) };
}

function notListed({ deleted, tags }: TagQuestion, tag: Tag): Standing {
  const deletedAt = deleted.get(tag.tag);
  if (deletedAt !== undefined)
    return { standing: 'deleted', reason: `The registry no longer lists it since ${deletedAt}.`, deletedAt };
  const reason = tags === undefined ? 'The tags of the registry are not known.' : 'The registry does not list it.';
  return { standing: 'not-listed', reason };
}

function held(question: TagQuestion, tag: Tag): Standing {
  const change = question.held.get(tag.tag);
  const end = `\`${releaseCommand(question, tag.tag)}\` takes it.`;
  if (change === undefined) return { standing: 'held', reason: `It is held because a person went back; ${end}` };
  const { by = 'a person', from, to, time, revision, failure } = change;
  const when = time === undefined ? '' : ` at ${time}`;
  const why = failure === undefined ? '' : `, as the workload did not become healthy (${failure})`;
  const reason = `It is held because ${by} went back from ${from} to ${to}${when} (commit ${revision.slice(0, 7)})${why}; ${end}`;
  return { standing: 'held', reason, hold: toHold(tag.tag, change) };
}

function hindered({ question }: Case, obstacle: Exclude<Obstacle, 'held'>, tag: Tag): Standing {
  if (obstacle === 'unread') {
    if (lacksPlatforms(question, tag))
      return { standing: 'unread', reason: 'For which platforms it is made is not read yet.' };
    const reason = isWatched(question)
      ? 'When it was created is not read, because nothing is released here without being asked.'
      : 'When it was created is not read yet.';
    return { standing: 'unread', reason };
  }
  if (obstacle === 'unchecked' || obstacle === 'unsigned' || obstacle === 'not-verified')
    return notSigned(question, tag);
  if (obstacle === 'wrong-platform') return { standing: 'wrong-platform', reason: whyForeign(question, tag) };
  if (obstacle === 'undated') return { standing: 'undated', reason: whyUndated(question, tag) };
  const { minAge = 0 } = question.policy;
  const until = utc((createdTime(tag) ?? question.now) + minAge);
  return { standing: 'too-young', reason: `It is not ${formatDuration(minAge)} old until ${until}.`, until };
}

function notSigned(question: Question, tag: Tag): Standing {
  const refusal = refusalOf(question, tag);
  if (refusal === undefined || refusal.state === 'unchecked')
    return { standing: 'unread', reason: 'Whether it is signed is not checked yet.' };
  const command = `\`${releaseCommand(question, tag.tag)} --force\``;
  return { standing: refusal.state, reason: `It is not taken because ${refusal.reason}; ${command} takes it.` };
}

function whyForeign(question: Question, { platforms = [] }: Tag): string {
  const asked = platformsOf(question);
  if (platforms.length === 0) return `Whether it has an image for ${asked.join(' and ')} could not be read.`;
  const lacking = asked.filter((platform) => !runsOn(platforms, platform));
  return `It has no image for ${namePlatforms(question, lacking)}; it has for ${platforms.join(', ')}.`;
}

function whyUndated(question: Question, tag: Tag): string {
  const never = `it takes part only by \`${releaseCommand(question, tag.tag)}\`.`;
  const wasRead = tag.digest !== undefined || tag.created !== undefined;
  return `${wasRead ? 'Its image does not tell when it was created' : 'It could not be read'}; ${never}`;
}

function undecided({ decision }: Case): Standing {
  return { standing: 'undecided', reason: `Nothing is chosen: ${decision.reason}` };
}

function utc(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');
}
