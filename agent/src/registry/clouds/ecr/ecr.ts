import { WeavefluxError } from '@weaveflux/shared';
import type { Clock } from '../../clock.ts';
import type { Place } from '../../place.ts';
import type { TagList } from '../../tag-list.ts';
import type { TagFacts } from '../../tag-record.ts';
import { cleanTags } from '../../tags.ts';
import type { Cloud } from '../cloud.ts';
import { createKeptLogins, type GivenLogin } from '../kept-logins.ts';
import type { EcrApi } from './api.ts';
import { ecrFailure, isAccessDenied } from './failures.ts';
import { type EcrHost, parseEcrHost } from './host.ts';
import { type EcrScope, reasonNotToAskEcr } from './scope.ts';

/** Milliseconds for one call with all its repetitions. */
const DEADLINE = 60_000;
const MAX_PAGES = 1000;
/** Milliseconds after which DescribeImages is tried again where it was denied: a right may have been given. */
const DENIED_FOR = 3_600_000;

/**
 * Private registries of Amazon ECR. A login counts for all registries of a region; one that fails is reported, and stops no
 * other region.
 */
export function createEcr(api: EcrApi, scope: EcrScope, clock: Clock): Cloud {
  const logins = createKeptLogins(clock);
  /** When DescribeImages is tried again for a repository for which the identity lacks the right. */
  const denied = new Map<string, number>();

  async function askLogin(host: EcrHost, signal: AbortSignal): Promise<GivenLogin> {
    try {
      const { username, password, expiresAt } = await api.token(host, signal);
      return { credential: { kind: 'password', username, password }, expiresAt };
    } catch (error) {
      throw ecrFailure(error, host, 'give a login');
    }
  }

  async function list(place: Place, signal: AbortSignal): Promise<TagList | undefined> {
    const host = hostOf(place);
    if (clock.now() < (denied.get(place.name) ?? 0)) return undefined;
    try {
      return await listImages(api, host, place.path, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!isAccessDenied(error)) throw ecrFailure(error, host, `tell the tags of ${place.path}`);
      denied.set(place.name, clock.now() + DENIED_FOR);
      return undefined;
    }
  }

  return {
    covers: ({ hostname }) => parseEcrHost(hostname) !== undefined,
    refuses: (place) => reasonNotToAskEcr(place, scope),
    login(place, signal) {
      const host = hostOf(place);
      return logins.get(`${host.region} ${host.fips}`, (until) => askLogin(host, until), signal);
    },
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

function hostOf({ hostname, name }: Place): EcrHost {
  const host = parseEcrHost(hostname);
  if (host === undefined) throw new WeavefluxError('INTERNAL', `${name} is not at Amazon ECR.`);
  return host;
}
