import type { Change, RequestedBy } from '../api/requests.ts';
import { annotate, unannotate } from './annotations.ts';
import type { ChangeContext, Done } from './context.ts';
import { containersForTag, containersNamed, refused, writeTags } from './images.ts';
import { workloadOf } from './workload.ts';

/** Pins a workload or a container, at a tag where one is given. */
export function pin(context: ChangeContext, change: Extract<Change, { kind: 'pin' }>): Done {
  const { workload, draft, request } = context;
  const { tag, container, reason } = change;
  const containers = tag === undefined ? containersNamed(workload, container) : containersForTag(workload, container);
  if (container?.includes(':')) {
    throw refused(
      workload,
      'NOT_SUPPORTED',
      `has no container "${container}" but an ImagePolicy of that name; pin it as a whole`,
    );
  }
  const written = tag === undefined ? undefined : writeTags(context, containers, () => tag);
  annotate(draft, 'true', 'locked', container);
  const person = oneLine(personOf(request.requestedBy));
  if (person === '') unannotate(draft, 'locked_user');
  else annotate(draft, person, 'locked_user');
  if (reason === undefined) unannotate(draft, 'locked_msg');
  else annotate(draft, oneLine(reason), 'locked_msg');
  const what = container === undefined ? workload.name : `${container} of ${workload.name}`;
  const images = written?.images ?? [];
  return { images, message: `${what} is pinned${tag === undefined ? '' : ` at ${tag}`}.` };
}

/** Ends a pin; who and why go with the last one. */
export function unpin(context: ChangeContext, { container }: Extract<Change, { kind: 'unpin' }>): Done {
  const { workload, draft } = context;
  const containers = containersNamed(workload, container);
  if (container === undefined) unannotate(draft, 'locked');
  for (const { name } of containers) unannotate(draft, 'locked', name);
  const left = workloadOf({ ...workload.manifest, value: draft.value })?.policies.containers.values() ?? [];
  const stillPinned = [...left].filter((policy) => policy.pinned).map((policy) => policy.container);
  if (container !== undefined && stillPinned.includes(container)) {
    throw refused(workload, 'INVALID_REQUEST', 'is pinned as a whole; unpin it without --container');
  }
  if (stillPinned.length === 0) {
    unannotate(draft, 'locked_user');
    unannotate(draft, 'locked_msg');
  }
  return { message: `${container === undefined ? workload.name : `${container} of ${workload.name}`} is not pinned.` };
}

function personOf({ name, email }: RequestedBy): string {
  return email === undefined || email === '' ? name : `${name} <${email}>`;
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}
