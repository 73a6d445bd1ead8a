import { defaultPolicy, effectiveTag, type Hold, type ImageStatus, type Tag } from '@weaveflux/shared';
import { ranked } from '../choice/ranked.ts';
import type { PastChange } from '../past/holds.ts';
import type { Decided } from '../scan/scan.ts';
import { isFollowed } from '../scan/scan-schedule.ts';

/** At most so many tags are shown of one image. */
const SHOWN = 10;

/** What the API tells of one image. */
export function imageStatus({ subject, decision, held, tags, scannedAt, problem }: Decided): ImageStatus {
  const { policy, image, place } = subject;
  return {
    object: place.object,
    name: place.workload,
    container: place.container,
    file: place.file,
    line: subject.line,
    image: place.text,
    repository: image.canonicalName,
    tag: effectiveTag(image) ?? '',
    automated: subject.automated,
    ...(policy.policy === undefined ? {} : { policy: policy.policy.text }),
    state: decision.state,
    ...(decision.chosen === undefined ? {} : { chosen: decision.chosen }),
    reason: decision.reason,
    ...(decision.until === undefined ? {} : { until: decision.until.toISOString() }),
    held: [...held.keys()],
    ...(held.size === 0 ? {} : { holds: [...held].map(([tag, change]) => toHold(tag, change)) }),
    ...(policy.pinned ? { pin: pinOf(policy) } : {}),
    available: newestTags(subject, tags()).slice(0, SHOWN),
    ...(scannedAt === undefined ? {} : { scannedAt }),
    ...(problem === undefined ? {} : { problem }),
  };
}

/** A held tag as the API tells it. */
export function toHold(tag: string, { revision, from, to, by, time, failure }: PastChange): Hold {
  return {
    tag,
    from,
    to,
    commit: revision,
    ...(by === undefined ? {} : { by }),
    ...(time === undefined ? {} : { time }),
    ...(failure === undefined ? {} : { failure }),
  };
}

function pinOf({ pinUser, pinMessage }: Decided['subject']['policy']): { user?: string; message?: string } {
  return {
    ...(pinUser === undefined ? {} : { user: pinUser }),
    ...(pinMessage === undefined ? {} : { message: pinMessage }),
  };
}

/**
 * The tags that a policy admits, newest first as far as that can be told. Of an image that no policy may change nobody reads
 * when tags were created: those never read, which came last, stand before those that are dated, and without a policy versions
 * like the file's before all others.
 */
export function newestTags(subject: Decided['subject'], tags: readonly Tag[]): Tag[] {
  const policy = subject.policy.policy ?? defaultPolicy().policy;
  if (policy === undefined) return [];
  if (isFollowed(subject) || policy.order !== 'created') return ranked(policy, tags);
  const versions = subject.policy.policy === undefined ? subject.versions : undefined;
  const alike = versions === undefined ? [] : ranked(versions, tags);
  if (alike.length >= SHOWN) return alike;
  const others = tags.filter(({ tag }) => versions?.admits(tag) !== true);
  const [read, unread] = [others.filter(isRead), others.filter((tag) => !isRead(tag))];
  return [...alike, ...ranked(policy, unread), ...ranked(policy, read)];
}

function isRead({ created, digest }: Tag): boolean {
  return created !== undefined || digest !== undefined;
}
