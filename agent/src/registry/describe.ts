import { isTag, toProblem, WeavefluxError } from '@weaveflux/shared';
import type { RegistryClient } from './client.ts';
import { type ImageFacts, type ImageRead, readDigest, readImage } from './image-reader.ts';
import type { ListTarget } from './tag-list.ts';
import { applyFacts, type TagRecord } from './tag-record.ts';

/** What to read, and how. */
export interface DescribeJob {
  readonly record: TagRecord;
  readonly target: ListTarget;
  readonly tags: readonly string[];
  /** Whether tags that are known are looked at again. */
  readonly refresh: boolean;
  /** Whether tags of which all but their platforms is known are read. */
  readonly platforms: boolean;
  readonly labelFirst: boolean;
  /** Requests at the same time. */
  readonly width: number;
  /** Tags that could not be read lately. */
  readonly isResting: (tag: string) => boolean;
  readonly rest: (tag: string) => void;
  /** Called after some news, so that a long reading survives a restart. */
  readonly save: () => Promise<void>;
}

const SAVE_EVERY = 100;

/** Failures of one tag; with any other, asking on about the others is of no use. */
const ONE_TAG_ONLY = new Set(['NOT_FOUND', 'INVALID_REQUEST', 'REGISTRY_FAILED', 'TIMEOUT']);

/** Reads the tags into the record. Throws the first failure that concerns them all; failures of one tag are noted in the record. */
export async function describeTags(client: RegistryClient, job: DescribeJob, signal: AbortSignal): Promise<void> {
  const { record } = job;
  const waiting = [...new Set(job.tags)].filter((tag) => isTag(tag) && isWanted(job, tag));
  const known = byDigest(record);
  let news = 0;

  async function readOne(tag: string): Promise<void> {
    const read: ImageRead = {
      target: job.target,
      tag,
      labelFirst: job.labelFirst,
      knownAs: (digest) => enough(job, known.get(digest)),
    };
    const before = record.listed.get(tag);
    const isMissed = job.platforms && before?.platforms === undefined;
    const digest = isMissed ? undefined : before?.digest;
    if (digest !== undefined && (await readDigest(client, read, signal)) === digest) return;
    const facts = await readImage(client, read, signal);
    known.set(facts.digest, facts);
    if (!applyFacts(record, tag, before?.pushed === undefined ? facts : withoutCreated(facts))) return;
    news += 1;
    if (news % SAVE_EVERY === 0) await job.save();
  }

  async function work(): Promise<void> {
    for (let tag = waiting.shift(); tag !== undefined; tag = waiting.shift()) {
      try {
        await readOne(tag);
      } catch (error) {
        if (!(error instanceof WeavefluxError && ONE_TAG_ONLY.has(error.code))) {
          waiting.length = 0;
          throw error;
        }
        job.rest(tag);
        if (error.code !== 'NOT_FOUND') record.problem = toProblem(error);
      }
    }
  }

  const workers = await Promise.allSettled(Array.from({ length: Math.min(job.width, waiting.length) }, work));
  if (news > 0) await job.save();
  const failed = workers.find((worker) => worker.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

function isWanted({ record, refresh, platforms, isResting }: DescribeJob, tag: string): boolean {
  if (isResting(tag)) return false;
  const known = record.listed.get(tag);
  return refresh || known?.digest === undefined || (platforms && known.platforms === undefined);
}

/** What is known by a digest, unless more is asked for. */
function enough({ platforms }: DescribeJob, known: ImageFacts | undefined): ImageFacts | undefined {
  return platforms && known?.platforms === undefined ? undefined : known;
}

/** Where a registry tells when tags were pushed, they are ordered by that, and not some of them by another time. */
function withoutCreated({ created: _, ...facts }: ImageFacts): ImageFacts {
  return facts;
}

/** Content never changes under its digest, so tags that share one share what is known. */
function byDigest(record: TagRecord): Map<string, ImageFacts> {
  const known = new Map<string, ImageFacts>();
  for (const facts of [...record.deleted.values(), ...record.listed.read().values()]) {
    const { pushed: _, digest, ...rest } = facts;
    if (digest !== undefined) known.set(digest, { digest, ...rest });
  }
  return known;
}
