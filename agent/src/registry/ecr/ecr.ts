import { WeavefluxError } from '@weaveflux/shared';
import { untilAborted } from '../../concurrency/until-aborted.ts';
import type { Clock } from '../clock.ts';
import type { Cloud } from '../cloud.ts';
import type { Credential } from '../credentials.ts';
import type { Place } from '../place.ts';
import { createSharedWork } from '../shared-work.ts';
import type { TagList } from '../tag-list.ts';
import type { TagFacts } from '../tag-record.ts';
import { cleanTags } from '../tags.ts';
import type { EcrApi, EcrToken } from './api.ts';
import { ecrFailure, isAccessDenied } from './failures.ts';
import { type EcrHost, parseEcrHost } from './host.ts';
import { type EcrScope, reasonNotToAskEcr } from './scope.ts';

/** A token, or why there is none, and until when that is so. */
type Login =
  | { readonly token: EcrToken; readonly until: number }
  | { readonly failure: WeavefluxError; readonly until: number };

/** A token is asked for anew when a tenth of its twelve hours is left. */
const USABLE_PART = 0.9;
/** How long a region that gave no login is left alone. */
const REST = 60_000;
/** Milliseconds for one call with all its repetitions. */
const DEADLINE = 60_000;
const MAX_PAGES = 1000;

/**
 * Private registries of Amazon ECR. A login counts for all registries of a region; one that fails is reported, and stops no
 * other region.
 */
export function createEcr(api: EcrApi, scope: EcrScope, clock: Clock): Cloud {
  const logins = createSharedWork<Login>(({ until }) => clock.now() < until);
  /** Regions in which the identity may not use DescribeImages. */
  const listless = new Set<string>();

  async function askLogin(host: EcrHost): Promise<Login> {
    const asked = clock.now();
    try {
      const token = await api.token(host, AbortSignal.timeout(DEADLINE));
      return { token, until: asked + (token.expiresAt - asked) * USABLE_PART };
    } catch (error) {
      return { failure: ecrFailure(error, host, 'give a login'), until: asked + REST };
    }
  }

  async function login(place: Place, signal: AbortSignal): Promise<Credential> {
    const host = hostOf(place);
    const found = await untilAborted(
      logins.get(`${host.region} ${host.fips}`, () => askLogin(host)),
      signal,
    );
    if ('failure' in found) throw found.failure;
    const { username, password } = found.token;
    return { kind: 'password', username, password };
  }

  async function list(place: Place, signal: AbortSignal): Promise<TagList | undefined> {
    const host = hostOf(place);
    if (listless.has(keyOf(host))) return undefined;
    try {
      return await listImages(api, host, place.path, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!isAccessDenied(error)) throw ecrFailure(error, host, `tell the tags of ${place.path}`);
      listless.add(keyOf(host));
      return undefined;
    }
  }

  return {
    covers: ({ hostname }) => parseEcrHost(hostname) !== undefined,
    refuses: (place) => reasonNotToAskEcr(place, scope),
    login,
    list,
    close: api.close,
  };
}

/** All images that have tags: a page a thousand, each with digest and the time of its push, so that no manifest is read. */
async function listImages(api: EcrApi, host: EcrHost, repository: string, signal: AbortSignal): Promise<TagList> {
  const facts = new Map<string, TagFacts>();
  let dropped = 0;
  let page: string | undefined;
  for (let pages = 1; ; pages += 1) {
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(DEADLINE)]);
    const { images, next } = await api.images(host, repository, page, deadline);
    for (const { tags, digest, pushed } of images) {
      const clean = cleanTags(tags);
      dropped += clean.dropped;
      for (const tag of clean.tags) facts.set(tag, { digest, ...(pushed === undefined ? {} : { pushed }) });
    }
    if (next === undefined || next === page || pages >= MAX_PAGES) break;
    page = next;
  }
  return { tags: new Set(facts.keys()), facts, dropped };
}

function keyOf({ account, region }: EcrHost): string {
  return `${account} ${region}`;
}

function hostOf({ hostname, name }: Place): EcrHost {
  const host = parseEcrHost(hostname);
  if (host === undefined) throw new WeavefluxError('INTERNAL', `${name} is not at Amazon ECR.`);
  return host;
}
