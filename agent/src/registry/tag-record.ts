import type { Problem, Tag } from '@weaveflux/shared';
import type { ImageFacts } from './image-reader.ts';
import { ListedTags, NOTHING } from './listed-tags.ts';
import type { PageMark } from './page-mark.ts';
import type { TagList } from './tag-list.ts';
import type { Scan } from './types.ts';

/** What is known of one tag; all of it absent until the tag has been read. */
export interface TagFacts {
  readonly digest?: string;
  readonly created?: string;
  readonly pushed?: string;
  /** Empty = it was read and does not say. */
  readonly platforms?: readonly string[];
}

/** A tag that the registry no longer lists. */
export interface DeletedTag extends TagFacts {
  /** When that was noticed, RFC 3339. */
  readonly since: string;
}

/** What is known of one image repository. */
export interface TagRecord {
  readonly name: string;
  readonly listed: ListedTags;
  /** In the order in which they were found missing. */
  readonly deleted: Map<string, DeletedTag>;
  scannedAt?: string;
  etag?: string;
  /** The page that all of them were on; not kept over restarts. */
  page?: PageMark;
  dropped: number;
  problem?: Problem;
}

const MAX_DELETED = 2000;

/** A record that knows nothing. */
export function emptyRecord(name: string): TagRecord {
  return { name, listed: new ListedTags(), deleted: new Map(), dropped: 0 };
}

/** Takes over a list of tags; whether that changed anything but the time of the scan. */
export function applyList(record: TagRecord, list: TagList, at: string): boolean {
  const isOther = takeNames(record, list, at);
  const isTold = takeFacts(record, list);
  finishScan(record, list, at);
  return isOther || isTold;
}

/** Takes over which tags there are; of a list that is not whole, those that came. */
function takeNames(record: TagRecord, { tags, partial }: TagList, at: string): boolean {
  const { listed, deleted } = record;
  const names = partial === undefined ? tags : new Set([...listed.names(), ...tags]);
  if (listed.isExactly(names)) return false;
  const before = new Set(listed.names());
  // What a tag meant before it was deleted says nothing about what it means when it is back.
  for (const tag of deleted.keys()) if (names.has(tag)) deleted.delete(tag);
  for (const [tag, facts] of listed.read()) if (!names.has(tag)) remember(record, tag, facts, at);
  listed.replaceNames(names);
  return names.size !== before.size || [...names].some((tag) => !before.has(tag));
}

function takeFacts({ listed }: TagRecord, { facts }: TagList): boolean {
  let isNews = false;
  for (const [tag, told] of facts ?? []) {
    const before = listed.factsOf(tag);
    if (before !== undefined && isSame(before, told)) continue;
    listed.learn(tag, withFacts(before, told));
    isNews = true;
  }
  return isNews;
}

/**
 * Takes over what an image says about itself; whether that is news. A tag that was deleted while it was read stays so; one that
 * was never listed is listed until the next scan.
 */
export function applyFacts(record: TagRecord, tag: string, facts: ImageFacts): boolean {
  const { listed, deleted } = record;
  const gone = deleted.get(tag);
  const before = gone ?? listed.get(tag);
  const isNews = facts.platforms !== undefined && facts.platforms.join() !== before?.platforms?.join();
  if (before?.digest === facts.digest && before.created === facts.created && !isNews) return false;
  if (gone !== undefined) {
    deleted.set(tag, { ...withFacts(gone, facts), since: gone.since });
    return true;
  }
  if (before === undefined) {
    // The next list is compared with this one, also where it is as the last one was.
    delete record.etag;
    delete record.page;
  }
  listed.set(tag, withFacts(before, facts));
  return true;
}

function isSame(before: TagFacts, told: TagFacts): boolean {
  return before.digest === told.digest && before.pushed === told.pushed;
}

/** What is told now, with what is known of the same image from before. */
function withFacts(before: TagFacts | undefined, told: TagFacts): TagFacts {
  return before?.digest === told.digest ? { ...before, ...told } : told;
}

/** Notes that a scan found nothing new. */
export function confirm(record: TagRecord, at: string): void {
  record.scannedAt = at;
  delete record.problem;
}

/** What the last scan found, as the world sees it. */
export function toScan(record: TagRecord, now: string): Scan {
  return scanOf(record, now, []);
}

/** All that is known, deleted tags too. */
export function toKnown(record: TagRecord, now: string): Scan {
  const { deleted } = record;
  if (deleted.size === 0) return toScan(record, now);
  const gone = Array.from(deleted, ([tag, facts]) => toTag(tag, facts));
  const since = new Map(Array.from(deleted, ([tag, facts]) => [tag, facts.since]));
  return Object.assign(scanOf(record, now, gone), { deleted: since });
}

/** With these tags behind those that are listed. Both lists are made when somebody looks at them. */
function scanOf({ listed, problem, dropped, ...record }: TagRecord, now: string, more: readonly Tag[]): Scan {
  const asOfNow = listed.asOfNow();
  let tags: readonly Tag[] | undefined;
  return {
    get tags() {
      tags ??= [...asOfNow.map(toTag), ...more];
      return tags;
    },
    get read() {
      return [...Array.from(asOfNow.read(), ([tag, facts]) => toTag(tag, facts)), ...more];
    },
    scannedAt: record.scannedAt ?? now,
    ...(problem === undefined ? {} : { problem }),
    ...(dropped === 0 ? {} : { dropped }),
  };
}

/** A tag with what is known of it. */
export function toTag(tag: string, facts: TagFacts): Tag {
  // Most tags are never read, and there may be a million.
  if (facts === NOTHING) return { tag };
  const { digest, created, pushed, platforms } = facts;
  return {
    tag,
    ...(created === undefined ? {} : { created }),
    ...(pushed === undefined ? {} : { pushed }),
    ...(digest === undefined ? {} : { digest }),
    ...(platforms === undefined ? {} : { platforms }),
  };
}

function finishScan(record: TagRecord, list: TagList, at: string): void {
  record.scannedAt = at;
  record.dropped = list.dropped;
  if (list.etag === undefined) delete record.etag;
  else record.etag = list.etag;
  if (list.page === undefined) delete record.page;
  else record.page = list.page;
  if (list.partial === undefined) delete record.problem;
  else record.problem = list.partial;
}

/** Keeps what was known of a deleted tag; one that was never read is not worth a place. */
function remember(record: TagRecord, tag: string, facts: TagFacts, since: string): void {
  if (facts.digest === undefined) return;
  record.deleted.set(tag, { ...facts, since });
  for (const oldest of record.deleted.keys()) {
    if (record.deleted.size <= MAX_DELETED) return;
    record.deleted.delete(oldest);
  }
}
