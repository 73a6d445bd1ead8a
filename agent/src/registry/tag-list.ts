import { failure, type Problem, WeavefluxError, warning } from '@weaveflux/shared';
import * as z from 'zod';
import type { Question, RegistryClient } from './client.ts';
import { nextLink } from './link.ts';
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
  /** Whether the registry had more than was read; then what is missing here is not known to be deleted. */
  readonly partial?: Problem;
}

/** What is known from before. */
export interface Before {
  /** How many tags there were: a page is asked for that holds them all. */
  readonly count: number;
  readonly etag: string | undefined;
}

/** How much to read at most. */
export interface ListLimits {
  readonly pages: number;
  readonly tags: number;
}

const LIMITS: ListLimits = { pages: 1000, tags: 1_000_000 };
const PAGE_SIZE = 1000;
const MAX_PAGE_SIZE = 100_000;
const PAGE_BYTES = 32 * 1024 * 1024;

const pageSchema = z.object({ tags: z.array(z.unknown()).nullish() });

/** Where and as whom to ask. */
export type ListTarget = Pick<Question, 'place' | 'credentials'>;

/**
 * Lists the tags (distribution-spec, "Listing tags"); `undefined` = nothing has changed since `before`. Follows `Link`, and
 * asks on with `last=` where a registry cuts the list without saying so.
 */
export async function listTags(
  client: RegistryClient,
  target: ListTarget,
  before: Before,
  signal: AbortSignal,
  limits: ListLimits = LIMITS,
): Promise<TagList | undefined> {
  const tags = new Set<string>();
  let dropped = 0;
  let size = pageSize(before.count);
  let next: string | URL | undefined = pagePath(target, size);
  let etag: string | undefined;
  for (let page = 1; next !== undefined; page += 1) {
    const answer: Answer | 'smaller' = await askPage(
      client,
      target,
      next,
      page === 1 ? before.etag : undefined,
      size,
      signal,
    );
    if (answer === 'smaller') {
      size = PAGE_SIZE;
      next = pagePath(target, size);
      continue;
    }
    if (answer.status === 304) return undefined;
    const raw = readPage(answer, target);
    const clean = cleanTags(raw);
    const known = tags.size;
    for (const tag of clean.tags) tags.add(tag);
    dropped += clean.dropped;
    const following = nextPage(answer, raw, target, size);
    const isNews = tags.size > known || clean.dropped > 0;
    if (page === 1 && following === undefined) etag = first(answer.headers.etag);
    if (following !== undefined && (page >= limits.pages || tags.size > limits.tags))
      return tooMany(tags, dropped, target, limits);
    // A registry that ignores `last` gives the same page again: that was all of it.
    if (following?.announced === true && !isNews && raw.length > 0) return circles(tags, dropped, target);
    next = isNews || following?.announced === true ? following?.target : undefined;
  }
  if (tags.size > limits.tags) return tooMany(tags, dropped, target, limits);
  return { tags, dropped, ...(etag === undefined ? {} : { etag }) };
}

async function askPage(
  client: RegistryClient,
  target: ListTarget,
  page: string | URL,
  etag: string | undefined,
  size: number,
  signal: AbortSignal,
): Promise<Answer | 'smaller'> {
  const headers: Record<string, string> = {
    accept: 'application/json',
    ...(etag === undefined ? {} : { 'if-none-match': etag }),
  };
  try {
    return await client.ask({ ...target, target: page, headers, limit: PAGE_BYTES }, signal);
  } catch (error) {
    if (size > PAGE_SIZE && error instanceof WeavefluxError && error.code === 'INVALID_REQUEST') return 'smaller';
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

interface NextPage {
  readonly target: string | URL;
  /** Said by the registry, not guessed from a full page. */
  readonly announced: boolean;
}

function nextPage(answer: Answer, raw: readonly unknown[], target: ListTarget, size: number): NextPage | undefined {
  const link = nextLink(answer.headers.link);
  if (link !== undefined) {
    const url = URL.parse(link, answer.url.href);
    if (url?.host !== answer.url.host) throw elsewhere(target);
    // A registry behind a TLS proxy may write http.
    return { target: new URL(url.pathname + url.search, answer.url.origin), announced: true };
  }
  const last = raw.at(-1);
  if (raw.length !== size || typeof last !== 'string') return undefined;
  return { target: pagePath(target, size, last), announced: false };
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
