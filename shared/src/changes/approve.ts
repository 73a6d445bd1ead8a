import type { Change } from '../api/requests.ts';
import { parseImage } from '../images/reference.ts';
import type { Container } from '../manifests/workloads.ts';
import type { Awaiting, ChangeContext, Done } from './context.ts';
import { containersNamed, refused, writeImage } from './images.ts';

type Approve = Extract<Change, { kind: 'approve' }>;
type Release = NonNullable<Awaiting['release']>;

/** Writes what waits for approval, if that is what the person saw. Errors: CONFLICT where it is not, or nothing waits. */
export function approve(context: ChangeContext, change: Approve): Done {
  const { workload } = context;
  const { container, tag, digest } = change;
  const candidates = containersNamed(workload, container).map((it) => ({ container: it, ...standing(context, it) }));
  const meant = candidates.flatMap(({ container: it, release }) =>
    release?.tag === tag && isSeen(release, change) ? [{ container: it, release }] : [],
  );
  if (meant.length === 0)
    throw refused(workload, 'CONFLICT', whyNot(candidates, digest === undefined ? tag : `${tag}@${digest}`));
  const images = meant.map(({ container: it, release }) => writeImage(context, it, release));
  const list = images.map(({ place, from, to }) => `${place.container} ${from === '' ? '(no tag)' : from} -> ${to}`);
  return { images, message: `${workload.name}: ${list.join(', ')}.` };
}

function standing({ request, workload }: ChangeContext, { name }: Container): Awaiting {
  if (request.awaiting === undefined) return { reason: 'Only the agent knows what waits.' };
  return request.awaiting(workload.key, name) ?? { reason: 'It is being decided anew; look again in a moment.' };
}

/**
 * Whether the digest that will be written is the one that the person saw. A digest that names no container is meant for those
 * that write it.
 */
function isSeen({ text }: Release, { container, digest }: Approve): boolean {
  const written = parseImage(text).digest;
  return written === undefined ? digest === undefined || container !== undefined : written === digest;
}

/** What a person is told who approves something else than what waits, as the end of a sentence. */
function whyNot(candidates: readonly (Awaiting & { readonly container: Container })[], seen: string): string {
  const waiting = candidates.flatMap(({ container, release }) =>
    release === undefined ? [] : [`${container.name} waits with ${shown(release)} now`],
  );
  if (waiting.length > 0) return `is not approved with ${seen}: ${waiting.join(', ')}; look again and approve that`;
  const reasons = [...new Set(candidates.map(({ reason }) => reason.replace(/\.$/, '')))];
  return `does not wait for approval of ${seen}: ${reasons.join('; ')}`;
}

/** The tag, with its digest where one is written. */
function shown({ tag, text }: Release): string {
  const { digest } = parseImage(text);
  return digest === undefined ? tag : `${tag}@${digest}`;
}
