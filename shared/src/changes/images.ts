import type { Tag } from '../api/images.ts';
import type { Change } from '../api/requests.ts';
import { type ErrorCode, WeavefluxError } from '../errors.ts';
import { effectiveTag, parseImage, withTag } from '../images/reference.ts';
import type { Container } from '../manifests/workloads.ts';
import type { Awaiting, ChangeContext, Done } from './context.ts';
import { setIn } from './draft.ts';
import { fieldsOf, type ImageChange, placeOf, type Workload } from './workload.ts';

/** Writes a tag, or what the policy chooses, into one container or all. */
export function release(context: ChangeContext, change: Extract<Change, { kind: 'release' }>): Done {
  const { workload } = context;
  const { tag, container, force = false } = change;
  const containers = tag === undefined ? containersNamed(workload, container) : containersForTag(workload, container);
  if (!force) for (const it of containers) refusePinned(workload, it);
  return writeTags(context, containers, (it) => tag ?? chosen(context, it), { unsigned: force });
}

/** Writes the previous tag, or the one given, into a container. */
export function rollback(context: ChangeContext, change: Extract<Change, { kind: 'rollback' }>): Done {
  const { workload, request } = context;
  const { to, container } = change;
  const previous = (it: Container): string | undefined => to ?? request.previousTag(workload.key, it.name);
  const candidates = containersNamed(workload, container).filter((it) => previous(it) !== undefined);
  const [only] = candidates;
  if (only === undefined) {
    throw refused(workload, 'NOT_FOUND', 'has no earlier tag in the history of the repository; say which with --to');
  }
  if (candidates.length > 1) {
    throw refused(
      workload,
      'INVALID_REQUEST',
      `has several containers to roll back (${names(candidates)}); say which with --container`,
    );
  }
  refusePinned(workload, only);
  return writeTags(context, [only], (it) => previous(it) ?? '', { unsigned: true, isBack: true });
}

/** How tags are written. */
interface Writing {
  /** Also where they are not signed as they must be. */
  readonly unsigned?: boolean;
  /** With the digests that they had, and without one where none is known: going back needs no registry. */
  readonly isBack?: boolean;
}

/** Writes tags into containers; those that have theirs already stay. */
export function writeTags(
  context: ChangeContext,
  containers: readonly Container[],
  tagOf: (container: Container) => string,
  how: Writing = {},
): Done {
  const images = containers.flatMap((container) => writeTag(context, container, tagOf(container), how) ?? []);
  if (images.length === 0)
    return { message: `${context.workload.name} has ${containers.length > 1 ? 'these tags' : 'this tag'} already.` };
  const list = images.map(({ place, from, to }) => `${place.container} ${from === '' ? '(no tag)' : from} -> ${to}`);
  return { images, message: `${context.workload.name}: ${list.join(', ')}.` };
}

/** The containers of a name, or all. Errors: NOT_FOUND. */
export function containersNamed(workload: Workload, name: string | undefined): readonly Container[] {
  if (name === undefined) return workload.containers;
  const found = workload.containers.filter((container) => container.name === name);
  if (found.length > 0) return found;
  throw refused(workload, 'NOT_FOUND', `has no container "${name}"; it has ${names(workload.containers)}`);
}

/** The containers that one tag can be meant for: the named one, or all where they share an image repository. */
export function containersForTag(workload: Workload, name: string | undefined): readonly Container[] {
  const containers = containersNamed(workload, name);
  const repositories = new Set(containers.map(({ image }) => parseImage(image).canonicalName));
  if (repositories.size <= 1) return containers;
  throw refused(
    workload,
    'INVALID_REQUEST',
    `has containers with different images (${names(containers)}); say which with --container`,
  );
}

/** A refusal that says what it is about. */
export function refused({ name, key, manifest }: Workload, code: ErrorCode, why: string): WeavefluxError {
  const { file, line } = manifest;
  return new WeavefluxError(code, `${name} ${why}.`, { about: { object: key, file, line } });
}

function writeTag(
  context: ChangeContext,
  container: Container,
  tag: string,
  { unsigned = false, isBack = false }: Writing,
): ImageChange | undefined {
  const { workload, request } = context;
  const image = parseImage(container.image);
  const known = knownTag(context, container.name, image.canonicalName, tag);
  const followDigest = workload.policies.containers.get(container.name)?.followDigest ?? false;
  const signature = request.signatureOf?.(workload.key, container.name, tag);
  // What was verified is the digest: the tag may be moved.
  const writesDigest = followDigest || image.digest !== undefined || signature !== undefined;
  const past = isBack && image.tag !== tag ? request.previousDigest?.(workload.key, container.name, tag) : undefined;
  const digest = writesDigest ? (past ?? known?.digest) : undefined;
  const isSame = image.tag === tag && (image.digest === undefined || digest === undefined || digest === image.digest);
  const mayLoseDigest = isBack && request.previousDigest !== undefined;
  const text = isSame ? container.image : withTag(mayLoseDigest ? { ...image, digest: undefined } : image, tag, digest);
  if (text === container.image) return undefined;
  if (signature?.refusal !== undefined && !unsigned) {
    const why = `cannot take ${tag}, because ${signature.refusal}; sign it, or release it with --force`;
    throw refused(workload, 'INVALID_REQUEST', why);
  }
  return writeImage(context, container, { tag, text });
}

/** Writes the whole reference `text`, with its tag, into a container; `policy` is what chose it. */
export function writeImage(
  { workload, draft }: ChangeContext,
  container: Container,
  { tag, text, policy }: NonNullable<Awaiting['release']>,
): ImageChange {
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

/** What is known of a tag; refuses one that the registry does not list. */
function knownTag(
  { request, workload }: ChangeContext,
  container: string,
  repository: string,
  tag: string,
): Tag | undefined {
  const tags = request.tagsFor(repository);
  const chosenOne = request.chosenTag(workload.key, container);
  const known = tags === undefined && chosenOne?.tag === tag ? chosenOne : tags?.find((it) => it.tag === tag);
  if (tags !== undefined && known === undefined) {
    throw refused(workload, 'NOT_FOUND', `cannot take ${tag}: ${repository} has no such tag`);
  }
  return known;
}

function chosen({ request, workload }: ChangeContext, container: Container): string {
  const policy = workload.policies.containers.get(container.name);
  if (policy?.invalid !== undefined)
    throw refused(
      workload,
      'INVALID_POLICY',
      `has a container "${container.name}" without a usable policy: ${policy.invalid.message.replace(/\.$/, '')}`,
    );
  const tag = request.chosenTag(workload.key, container.name);
  if (tag !== undefined) return tag.tag;
  const why =
    request.whyNoTag?.(workload.key, container.name) ?? 'its policy admits none that is known; say which with --tag';
  throw refused(workload, 'NOT_FOUND', `has no tag to release for the container "${container.name}": ${why}`);
}

function refusePinned(workload: Workload, container: Container): void {
  const policy = workload.policies.containers.get(container.name);
  if (policy?.pinned !== true) return;
  const by = policy.pinUser === undefined ? '' : ` by ${policy.pinUser}`;
  const why = policy.pinMessage === undefined ? '' : ` (${policy.pinMessage})`;
  throw refused(workload, 'INVALID_REQUEST', `is pinned${by}${why}; unpin it first, or release with --force`);
}

function names(containers: readonly Container[]): string {
  return containers.map(({ name }) => name).join(', ');
}
