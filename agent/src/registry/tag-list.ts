import { failure, type Problem, WeavefluxError, warning } from '@weaveflux/shared';
import * as z from 'zod';
import type { Question, RegistryClient } from './client.ts';
import { nextLink } from './link.ts';
import { isMarked, markOf, type PageMark } from './page-mark.ts';
import type { TagFacts } from './tag-record.ts';
import { cleanTags } from './tags.ts';
import { type Answer, first } from './transport.ts';

/** All tags of an image repository. */
export interface TagList {
  readonly tags: ReadonlySet<string>;
  /** What the registry tells of the tags with their list, where it does; of every tag then. */
  readonly facts?: ReadonlyMap<string, TagFacts>;
  /** Entries that were no tags. */
  readonly dropped: number;
  /** Of the only page, where the registry gives one. */
  readonly etag?: string;
  /** The only page, where there was but one. */
  readonly page?: PageMark;
  /** Whether the registry names next pages, so that a list never ends without a word. */
  readonly announces?: boolean;
  /** Whether the registry had more than was read; then what is missing here is not known to be deleted. */
  readonly partial?: Problem;
}

/** What is known from before. */
export interface Before {
  /** How many tags there were: a page is asked for that holds them all. */
  readonly count: number;
  readonly etag: string | undefined;
  /** The page that held all of them. */
  readonly page?: PageMark | undefined;
  /** Whether to find out that a list of a size at which registries cut is whole: one more request. */
  readonly checkEnd: boolean;
}

/** How much to read at most. */
export interface ListLimits {
  readonly pages: number;
  readonly tags: number;
}

const LIMITS: ListLimits = { pages: 1000, tags: 1_000_000 };
const PAGE_SIZE = 1000;
const MAX_PAGE_SIZE = 100_000;
/** Pages that registries keep small on their own are multiples of this. */
const USUAL_SIZE = 50;
const PAGE_BYTES = 32 * 1024 * 1024;

const pageSchema = z.object({ tags: z.array(z.unknown()).nullish() });

/** Where and as whom to ask. */
export type ListTarget = Pick<Question, 'place' | 'credentials'>;

/** What was read so far. */
interface Reading {
  readonly tags: Set<string>;
  dropped: number;
  /** Tags to a page that were asked for. */
  size: number;
  /** Entries of the first page. */
  firstPage: number | undefined;
  /** Whether the registry tells of next pages by itself. */
  announces: boolean;
  /** Whether it was asked for more than it told of. */
  guessed: boolean;
}

/**
 * Lists the tags (distribution-spec, "Listing tags"); `undefined` = nothing has changed since `before`. Follows `Link`, and
 * asks on with `last=` where a registry may have cut the list without saying so.
 */
export async function listTags(
  client: RegistryClient,
  target: ListTarget,
  before: Before,
  signal: AbortSignal,
  limits: ListLimits = LIMITS,
): Promise<TagList | undefined> {
  const size = pageSize(before.count);
  const reading: Reading = {
    tags: new Set(),
    dropped: 0,
    size,
    firstPage: undefined,
    announces: false,
    guessed: false,
  };
  const { tags } = reading;
  let next: NextPage | undefined = { target: pagePath(target, size), announced: true };
  let etag: string | undefined;
  let only: PageMark | undefined;
  for (let page = 1; next !== undefined; page += 1) {
    const answer: Answer | 'smaller' | 'none' = await askPage(
      client,
      target,
      next,
      page === 1 ? before.etag : undefined,
      reading.size,
      signal,
    );
    if (answer === 'none') break;
    if (answer === 'smaller') {
      reading.size = PAGE_SIZE;
      next = { target: pagePath(target, PAGE_SIZE), announced: true };
      continue;
    }
    if (answer.status === 304 || (page === 1 && isAsBefore(answer, reading, before))) return undefined;
    const raw = readPage(answer, target);
    const clean = cleanTags(raw);
    const known = tags.size;
    for (const tag of clean.tags) tags.add(tag);
    reading.dropped += clean.dropped;
    reading.firstPage ??= raw.length;
    const following = nextPage(answer, raw, target, reading, before);
    const isNews = tags.size > known || clean.dropped > 0;
    if (page === 1 && following?.announced !== true) etag = first(answer.headers.etag);
    if (page === 1 && following?.announced !== true) only = markOf(answer, raw.length);
    if (following !== undefined && (page >= limits.pages || tags.size > limits.tags))
      return tooMany(tags, reading.dropped, target, limits);
    if (following?.announced === true && !isNews && raw.length > 0) return circles(tags, reading.dropped, target);
    // A registry that ignores `last` gives the same page again: that was all of it.
    next = isNews || following?.announced === true ? following : undefined;
    // What came on later pages is not told by the first one.
    if (page > 1 && isNews) etag = only = undefined;
  }
  const { dropped, announces } = reading;
  if (tags.size > limits.tags) return tooMany(tags, dropped, target, limits);
  return {
    tags,
    dropped,
    ...(etag === undefined ? {} : { etag }),
    ...(only === undefined ? {} : { page: only }),
    ...(announces ? { announces } : {}),
  };
}

async function askPage(
  client: RegistryClient,
  target: ListTarget,
  page: NextPage,
  etag: string | undefined,
  size: number,
  signal: AbortSignal,
): Promise<Answer | 'smaller' | 'none'> {
  const headers: Record<string, string> = {
    accept: 'application/json',
    ...(etag === undefined ? {} : { 'if-none-match': etag }),
  };
  try {
    return await client.ask({ ...target, target: page.target, headers, limit: PAGE_BYTES }, signal);
  } catch (error) {
    if (!(error instanceof WeavefluxError)) throw error;
    if (!page.announced && (error.code === 'INVALID_REQUEST' || error.code === 'NOT_FOUND')) return 'none';
    if (size > PAGE_SIZE && error.code === 'INVALID_REQUEST') return 'smaller';
    throw error;
  }
}

/** One page that holds all that is known and some more, so that a scan without news is one request. */
function pageSize(count: number): number {
  return count < PAGE_SIZE ? PAGE_SIZE : Math.min(MAX_PAGE_SIZE, 2 ** Math.ceil(Math.log2(count * 1.25)));
}

function pagePath({ place }: ListTarget, size: number, last?: string): string {
  const query = new URLSearchParams({ n: String(size), ...(last === undefined ? {} : { last }) });
  return `/v2/${place.path}/tags/list?${query}`;
}

function readPage(answer: Answer, { place }: ListTarget): readonly unknown[] {
  try {
    return pageSchema.parse(JSON.parse(answer.body.toString('utf8'))).tags ?? [];
  } catch {
    throw new WeavefluxError(
      'REGISTRY_FAILED',
      `${place.host} answered with something else than a list of tags for ${place.name}.`,
    );
  }
}

/** Whether the page is that which held all tags before, and still is the only one. */
function isAsBefore(answer: Answer, reading: Reading, before: Before): boolean {
  const { page, count } = before;
  if (page === undefined || nextLink(answer.headers.link) !== undefined) return false;
  return !mayBeCut(page.entries, count, reading, before) && isMarked(answer, page);
}

interface NextPage {
  readonly target: string | URL;
  /** Said by the registry, not guessed from a full page. */
  readonly announced: boolean;
}

function nextPage(
  answer: Answer,
  raw: readonly unknown[],
  target: ListTarget,
  reading: Reading,
  before: Before,
): NextPage | undefined {
  const link = nextLink(answer.headers.link);
  if (link !== undefined) {
    const url = URL.parse(link, answer.url.href);
    if (url?.host !== answer.url.host) throw elsewhere(target);
    reading.announces = true;
    // A registry behind a TLS proxy may write http.
    return { target: new URL(url.pathname + url.search, answer.url.origin), announced: true };
  }
  const last = raw.at(-1);
  if (typeof last !== 'string' || !mayBeCut(raw.length, reading.tags.size, reading, before)) return undefined;
  reading.guessed = true;
  return { target: pagePath(target, reading.size, last), announced: false };
}

/** Whether a page that names no next one may not be the last: registries cut lists at sizes of their own. */
function mayBeCut(
  length: number,
  count: number,
  { size, firstPage, announces, guessed }: Reading,
  before: Before,
): boolean {
  if (announces) return false;
  const isFull = length === size || (guessed && length === firstPage);
  const lacksTags = count < before.count;
  return isFull || lacksTags || (before.checkEnd && length % USUAL_SIZE === 0);
}

function elsewhere({ place }: ListTarget): WeavefluxError {
  return new WeavefluxError(
    'REGISTRY_FAILED',
    `${place.host} names a next page of ${place.name} at another host; it is not followed. A proxy before the registry must keep its name and scheme.`,
  );
}

function tooMany(tags: Set<string>, dropped: number, { place }: ListTarget, limits: ListLimits): TagList {
  const message = `${place.name} has more than ${limits.tags} tags or ${limits.pages} pages of them; only the first ${Math.min(tags.size, limits.tags)} are considered, delete old ones.`;
  return { tags: new Set([...tags].slice(0, limits.tags)), dropped, partial: warning('REGISTRY_FAILED', message) };
}

function circles(tags: Set<string>, dropped: number, { place }: ListTarget): TagList {
  const message = `${place.host} lists the tags of ${place.name} in circles; what was read so far is considered.`;
  return { tags, dropped, partial: failure('REGISTRY_FAILED', message) };
}
