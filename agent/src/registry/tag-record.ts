import type { Problem, Tag } from '@weaveflux/shared';
import type { ImageFacts } from './image-reader.ts';
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
  readonly listed: Map<string, TagFacts>;
  /** In the order in which they were found missing. */
  readonly deleted: Map<string, DeletedTag>;
  scannedAt?: string;
  etag?: string;
  dropped: number;
  problem?: Problem;
  /** The listed tags as the world sees them, until they change: made once, however many images ask. */
  shown?: readonly Tag[];
}

/** One object for all tags of which nothing is known: there may be a million. */
export const NOTHING: TagFacts = Object.freeze({});
const MAX_DELETED = 2000;

/** A record that knows nothing. */
export function emptyRecord(name: string): TagRecord {
  return { name, listed: new Map(), deleted: new Map(), dropped: 0 };
}

/** Takes over a list of tags; whether that changed anything but the time of the scan. */
export function applyList(record: TagRecord, list: TagList, at: string): boolean {
  let changed = false;
  for (const tag of list.tags) {
    const before = record.listed.get(tag);
    const told = list.facts?.get(tag);
    if (before !== undefined && (told === undefined || isSame(before, told))) continue;
    // What a tag meant before it was deleted says nothing about what it means when it is back.
    record.deleted.delete(tag);
    record.listed.set(tag, told === undefined ? NOTHING : withFacts(before, told));
    changed = true;
  }
  if (list.partial === undefined) {
    for (const [tag, facts] of record.listed) {
      if (list.tags.has(tag)) continue;
      record.listed.delete(tag);
      remember(record, tag, facts, at);
      changed = true;
    }
  }
  if (changed) delete record.shown;
  finishScan(record, list, at);
  return changed;
}

/** Takes over what an image says about itself; whether that is news. */
export function applyFacts(record: TagRecord, tag: string, facts: ImageFacts): boolean {
  const before = record.listed.get(tag);
  const isNews = facts.platforms !== undefined && facts.platforms.join() !== before?.platforms?.join();
  if (before?.digest === facts.digest && before.created === facts.created && !isNews) return false;
  record.listed.set(tag, withFacts(before, facts));
  delete record.shown;
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
  return {
    tags: shownOf(record),
    scannedAt: record.scannedAt ?? now,
    ...(record.problem === undefined ? {} : { problem: record.problem }),
    ...(record.dropped === 0 ? {} : { dropped: record.dropped }),
  };
}

function shownOf(record: TagRecord): readonly Tag[] {
  record.shown ??= Array.from(record.listed, ([tag, facts]) => toTag(tag, facts));
  return record.shown;
}

/** All that is known, deleted tags too. */
export function toKnown(record: TagRecord, now: string): Scan {
  const scan = toScan(record, now);
  if (record.deleted.size === 0) return scan;
  const gone = [...record.deleted].map(([tag, facts]) => toTag(tag, facts));
  const deleted = new Map([...record.deleted].map(([tag, { since }]) => [tag, since]));
  return { ...scan, tags: [...scan.tags, ...gone], deleted };
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
