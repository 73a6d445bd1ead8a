import {
  displayName,
  type ImageExplanation,
  type ImageStatus,
  parseObjectKey,
  WeavefluxError,
} from '@weaveflux/shared';
import type { Repository } from '../../git/repository.ts';
import type { Registry } from '../../registry/types.ts';
import type { ImageHistoryEntry } from '../past/history.ts';
import { pinCommit } from '../past/pin-commit.ts';
import { questionOf } from '../scan/decide.ts';
import type { Decided } from '../scan/scan.ts';
import { explainTags, type TagQuestion, tagNamed, tagsOf } from './explain-tags.ts';
import { policyPlace } from './policy-place.ts';

/** Whose tags are to be explained, and which. */
export interface ExplainWish {
  /** `objectKey` of the workload. */
  readonly object: string;
  /** Absent = every container. */
  readonly container?: string | undefined;
  /** This tag alone; absent = the newest. */
  readonly tag?: string | undefined;
  readonly limit: number;
}

/** What explaining draws on. */
export interface ExplainSources {
  readonly known: Registry['known'];
  /** What was decided by. */
  readonly history: readonly ImageHistoryEntry[];
  /** What is shown of an image elsewhere. */
  readonly statusOf: (decided: Decided) => ImageStatus;
  readonly repository: Pick<Repository, 'files' | 'read' | 'history'>;
  /** The revision whose files say where a policy is written, and whose commits who pinned. */
  readonly revision: string | undefined;
  readonly signal: AbortSignal;
}

/** Explains the images that are meant, by what was decided about them last. Errors: NOT_FOUND. */
export async function explainImages(
  decided: readonly Decided[],
  wish: ExplainWish,
  sources: ExplainSources,
): Promise<ImageExplanation[]> {
  const ofObject = decided.filter(({ subject }) => subject.place.object === wish.object);
  const meant = ofObject.filter(
    ({ subject }) => wish.container === undefined || subject.place.container === wish.container,
  );
  if (meant.length === 0) throw unknown(wish, ofObject);
  return Promise.all(meant.map((one) => explainOne(one, wish, sources)));
}

async function explainOne(one: Decided, wish: ExplainWish, sources: ExplainSources): Promise<ImageExplanation> {
  const question = questionAgain(one, sources);
  const policyAt = await policyPlace(one.subject, sources);
  const pinnedBy = await pinCommit(one.subject, sources);
  const all = wish.tag === undefined ? tagsOf(question) : [tagNamed(question, wish.tag)];
  return {
    image: sources.statusOf(one),
    ...(policyAt === undefined ? {} : { policyAt }),
    ...(pinnedBy === undefined ? {} : { pinnedBy }),
    total: all.length,
    tags: explainTags(question, all.slice(0, wish.limit)),
  };
}

/** The question as it was when it was decided, so that the sentences fit the state that is shown. */
function questionAgain(
  { subject, tags: kept, unreadable, signatures, decidedAt, scannedAt }: Decided,
  { known, history }: ExplainSources,
): TagQuestion {
  const scan = known(subject.image.canonicalName);
  const tags = kept();
  const listed = tags.length === 0 && scannedAt === undefined ? undefined : tags;
  const facts = { tags: listed, remembered: scan?.tags ?? [], unreadable, signatures, now: decidedAt };
  return { ...questionOf(subject, facts, history), deleted: scan?.deleted ?? new Map() };
}

function unknown({ object, container }: ExplainWish, ofObject: readonly Decided[]): WeavefluxError {
  const id = parseObjectKey(object);
  const name = id === undefined ? object : displayName(id);
  if (ofObject.length === 0)
    return new WeavefluxError('NOT_FOUND', `No image of ${name} is known, or none yet; see: weaveflux images`);
  const names = ofObject.map(({ subject }) => subject.place.container).join(', ');
  return new WeavefluxError('NOT_FOUND', `${name} has no image "${container}"; its images are of: ${names}`);
}
