import { objectKey, type Problem, type Tag } from '@weaveflux/shared';
import type { ImageRepository, Registry } from '../../registry/types.ts';
import { choose } from '../choice/choose.ts';
import type { Decision } from '../choice/decision.ts';
import { lacksPlatforms, platformsOf, type Question } from '../choice/question.ts';
import { type ImageHistoryEntry, pastChanges } from '../past/history.ts';
import { compareBy, heldDigests, heldTags, type PastChange } from '../past/holds.ts';
import { holdsDigest, type Subject } from '../subjects.ts';
import { keepTags } from './kept-tags.ts';
import type { Decided } from './scan.ts';
import { CHECKS_AT_ONCE, hostProblem, type SignatureGate, verdictsFor, verifyTag, wasChecked } from './signed.ts';

/** What is known of an image repository; what is read on the way is added. */
export interface Knowledge {
  /** The tags that are there, by name; `undefined` = not known. */
  readonly tags: Map<string, Tag> | undefined;
  readonly scannedAt: string | undefined;
  readonly problem: Problem | undefined;
}

/** What is known when a question is asked. */
export interface Known {
  /** The tags that the registry lists; `undefined` = not known. */
  readonly tags: readonly Tag[] | undefined;
  readonly remembered: readonly Tag[];
  readonly unreadable: ReadonlySet<string>;
  /** How digests stand with the signatures that are required; absent = none is. */
  readonly signatures?: Question['signatures'];
  readonly now: Date;
}

/** A question that also tells by which change each tag and digest is held. */
export interface HistoricQuestion extends Question {
  readonly held: ReadonlyMap<string, PastChange>;
  readonly heldDigests: ReadonlyMap<string, PastChange>;
}

/** What deciding draws on. */
export interface Sources {
  readonly registry: Registry;
  readonly history: readonly ImageHistoryEntry[];
  readonly now: Date;
  /** Where tags are described; absent = decide by what is known. */
  readonly repository?: ImageRepository;
  readonly signal?: AbortSignal;
  /** What is required of signatures; absent = nothing is. */
  readonly signed?: SignatureGate | undefined;
}

/** Decides about one subject, reading of tags what its policy needs. */
export async function decide(subject: Subject, knowledge: Knowledge, sources: Sources): Promise<Decided> {
  const { registry, history, now, repository, signal } = sources;
  const unreadable = new Set<string>();
  const refreshed = new Set<string>();
  let [checked, again] = [0, 0];
  for (;;) {
    const known = registry.known(subject.image.canonicalName);
    const remembered = known?.read ?? known?.tags ?? [];
    const tags = knowledge.tags && [...knowledge.tags.values()];
    const signatures = verdictsFor(subject, sources, again);
    const question = questionOf(subject, { tags, remembered, unreadable, signatures, now }, history);
    const decision = choose(question);
    const { held } = question;
    const done = (): Decided =>
      ended(subject, knowledge, { decision, held, unreadable, signatures, decidedAt: now }, registry);
    if (repository === undefined || signal === undefined || knowledge.tags === undefined) return done();
    const wanted = decision.needsMetadata;
    if (wanted.length > 0) {
      const options = platformsOf(subject).length === 0 ? {} : { platforms: true };
      const described = await registry.describe(repository, wanted, signal, options);
      const unread = described.filter((tag) => !learn(knowledge, tag) || lacksPlatforms(subject, tag));
      const why = registry.known(repository.name)?.problem;
      // One of them may be the newest: nothing is decided without what could be read a moment later.
      if (unread.length > 0 && hostProblem(registry, repository.name) !== undefined) return done();
      for (const { tag } of unread) unreadable.add(tag);
      const stuck = unread.length === wanted.length && why !== undefined;
      if (stuck || signal.aborted) return done();
    } else if (decision.needsSignature !== undefined) {
      if (checked === CHECKS_AT_ONCE) return done();
      checked += 1;
      const { digest } = knowledge.tags.get(decision.needsSignature) ?? {};
      if (wasChecked(subject, digest, sources.signed)) again += 1;
      const asking = { ...sources, repository, signal };
      const facts = { tags: knowledge.tags, unreadable };
      if (!(await verifyTag(subject, decision.needsSignature, asking, facts))) return done();
      refreshed.add(decision.needsSignature);
    } else if (isStale(subject, decision, refreshed)) {
      refreshed.add(decision.chosen.tag);
      const described = await registry.describe(repository, [decision.chosen.tag], signal, { refresh: true });
      for (const tag of described) learn(knowledge, tag);
    } else return done();
  }
}

/** Whether it must be looked whether the chosen tag has moved. */
function isStale(
  subject: Subject,
  decision: Decision,
  refreshed: ReadonlySet<string>,
): decision is Decision & { chosen: Tag } {
  const { chosen } = decision;
  return chosen !== undefined && !refreshed.has(chosen.tag) && dependsOnDigest(subject, decision);
}

/** What is asked about a subject: what the file says, the tags there are and were, and what people went back from. */
export function questionOf(
  subject: Subject,
  { tags, remembered, unreadable, signatures, now }: Known,
  history: readonly ImageHistoryEntry[],
): HistoricQuestion {
  const { manifest, place, image, policy, platforms, versions, automated, ignored } = subject;
  const past = pastChanges(history, {
    writtenKey: objectKey(manifest.id),
    name: place.workload,
    container: place.container,
  });
  const compare = compareBy(policy.policy, tags ?? [], remembered);
  const names = tags?.map(({ tag }) => tag) ?? [];
  const held = heldTags(past, names, compare);
  const digests = heldDigests(past);
  const failed = [...held, ...digests].flatMap(([name, { failure }]) => (failure === undefined ? [] : [name]));
  return {
    workload: place.workload,
    image,
    policy,
    versions,
    platforms,
    automated,
    ignored,
    tags,
    remembered,
    unreadable,
    ...(signatures === undefined ? {} : { signatures, ...(holdsDigest(subject) ? {} : { holdsDigest: false }) }),
    held,
    heldDigests: digests,
    failed: new Set(failed),
    now: now.getTime(),
  };
}

function ended(
  subject: Subject,
  { tags, scannedAt, problem }: Knowledge,
  {
    decision,
    held,
    unreadable,
    signatures,
    decidedAt,
  }: Pick<Decided, 'decision' | 'held' | 'unreadable' | 'signatures' | 'decidedAt'>,
  registry: Registry,
): Decided {
  const { canonicalName } = subject.image;
  const unread = decision.needsMetadata.length > 0 ? registry.known(canonicalName)?.problem : undefined;
  const unchecked = decision.needsSignature === undefined ? undefined : hostProblem(registry, canonicalName);
  const why = problem ?? unread ?? unchecked;
  const blind = decision.state === 'not-scanned' && why !== undefined;
  return {
    subject,
    decision: blind ? { ...decision, reason: why.message } : decision,
    held,
    tags: keepTags([...(tags?.values() ?? [])]),
    unreadable,
    ...(signatures === undefined ? {} : { signatures }),
    decidedAt,
    scannedAt,
    problem: why,
  };
}

/** Takes over what a tag says of itself; false where it could not be read. */
function learn({ tags }: Knowledge, tag: Tag): boolean {
  if (tag.digest === undefined && tag.created === undefined) return false;
  tags?.set(tag.tag, tag);
  return true;
}

/** A digest that is written must be the one that the tag has now. */
function dependsOnDigest({ policy }: Subject, { state, to }: Decision): boolean {
  if (state === 'update' && to?.includes('@')) return true;
  return policy.followDigest && (state === 'update' || state === 'current' || state === 'held');
}
