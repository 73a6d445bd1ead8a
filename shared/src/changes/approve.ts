import type { Change } from '../api/requests.ts';
import { effectiveTag, parseImage } from '../images/reference.ts';
import type { Container } from '../manifests/workloads.ts';
import type { Awaiting, ChangeContext, Done } from './context.ts';
import { setIn } from './draft.ts';
import { containersNamed, refused } from './images.ts';
import { fieldsOf, type ImageChange, placeOf } from './workload.ts';

type Approve = Extract<Change, { kind: 'approve' }>;
type Release = NonNullable<Awaiting['release']>;

/** Writes what waits for approval, if that is what the person saw. Errors: CONFLICT where it is not, or nothing waits. */
export function approve(context: ChangeContext, { container, tag, digest }: Approve): Done {
  const { workload } = context;
  const candidates = containersNamed(workload, container).map((it) => ({ container: it, ...standing(context, it) }));
  const meant = candidates.flatMap(({ container: it, release }) =>
    release?.tag === tag && isSeen(release, digest) ? [{ container: it, release }] : [],
  );
  if (meant.length === 0) throw refused(workload, 'CONFLICT', whyNot(candidates, tag));
  const images = meant.map(({ container: it, release }) => write(context, it, release));
  const list = images.map(({ place, from, to }) => `${place.container} ${from === '' ? '(no tag)' : from} -> ${to}`);
  return { images, message: `${workload.name}: ${list.join(', ')}.` };
}

function standing({ request, workload }: ChangeContext, { name }: Container): Awaiting {
  if (request.awaiting === undefined) return { reason: 'Only the agent knows what waits.' };
  return request.awaiting(workload.key, name) ?? { reason: 'It is being decided anew; look again in a moment.' };
}

/** Whether the digest that will be written is the one that the person saw. */
function isSeen({ text }: Release, digest: string | undefined): boolean {
  const written = parseImage(text).digest;
  return digest === undefined || written === undefined || written === digest;
}

/** What a person is told who approves something else than what waits, as the end of a sentence. */
function whyNot(candidates: readonly (Awaiting & { readonly container: Container })[], tag: string): string {
  const waiting = candidates.flatMap(({ container, release }) =>
    release === undefined ? [] : [`${container.name} waits with ${shown(release)} now`],
  );
  if (waiting.length > 0) return `is not approved with ${tag}: ${waiting.join(', ')}; look again and approve that`;
  const reasons = [...new Set(candidates.map(({ reason }) => reason.replace(/\.$/, '')))];
  return `does not wait for approval of ${tag}: ${reasons.join('; ')}`;
}

function write({ workload, draft }: ChangeContext, container: Container, { tag, text, policy }: Release): ImageChange {
  const image = parseImage(container.image);
  const fields = fieldsOf(workload, container, text);
  for (const { path, value } of fields) setIn(draft, path.slice(workload.manifest.at.length), value);
  return {
    place: placeOf(workload, container),
    text,
    fields,
    repository: image.canonicalName,
    from: image.tag ?? (image.digest === undefined ? (effectiveTag(image) ?? '') : ''),
    to: tag,
    ...(policy === undefined ? {} : { policy }),
  };
}

/** The tag, with its digest where one is written. */
function shown({ tag, text }: Release): string {
  const { digest } = parseImage(text);
  return digest === undefined ? tag : `${tag}@${digest}`;
}
