import type { Change, Outcome } from '../api/requests.ts';
import { WeavefluxError } from '../errors.ts';
import type { Manifest } from '../manifests/manifest.ts';
import { workloadsMeant } from '../places/meant.ts';
import { isBareFile } from '../places/places.ts';
import { type Problem, toProblem } from '../problems.ts';
import type { Edit } from '../yaml/types.ts';
import { noRoom } from './annotations.ts';
import { approve } from './approve.ts';
import { automate, deautomate, setPolicy } from './automation.ts';
import type { ChangeContext, ChangeRequest, Done } from './context.ts';
import { type Draft, draftOf, editsOf } from './draft.ts';
import { release, rollback } from './images.ts';
import type { MarkedImage } from './markers.ts';
import { pin, unpin } from './pins.ts';
import { type ImageChange, type Workload, workloadOf } from './workload.ts';

/** What the changes come to. */
export interface ChangePlan {
  /** By file; a file without edits is not in it. */
  readonly edits: ReadonlyMap<string, readonly Edit[]>;
  /** The images among them, for the commit's trailers. */
  readonly images: readonly ImageChange[];
  /** One a change, in their order: `configured`, `unchanged` or `failed`. */
  readonly outcomes: readonly Outcome[];
  /** One a change, in their order: `objectKey` of the workload that it means; `undefined` where it was refused. */
  readonly objects: readonly (string | undefined)[];
  /** Why changes were refused. */
  readonly problems: readonly Problem[];
  /** Whether a rollback is among what is done. */
  readonly rollback: boolean;
}

/**
 * Decides changes, one upon the other. Pure; a change that is refused leaves the others standing. The agent, the
 * command's `--local` and the editor share it.
 */
export function planChanges(request: ChangeRequest): ChangePlan {
  const drafts = new Map<string, Draft>();
  const images: ImageChange[] = [];
  const outcomes: Outcome[] = [];
  const objects: (string | undefined)[] = [];
  const problems: Problem[] = [];
  let rolledBack = false;
  for (const change of request.changes) {
    const subject = [change.kind, change.workload, containerOf(change) ?? ''].join(' ').trim();
    try {
      const found = findWorkload(request.manifests, change.workload, request.marked);
      const draft = drafts.get(found.key) ?? draftOf(found.manifest);
      const before = JSON.stringify(draft.value);
      const attempt: Draft = { ...draft, value: structuredClone(draft.value), touched: new Map(draft.touched) };
      const workload = workloadOf({ ...found.manifest, value: attempt.value }, request.marked) ?? found;
      const done = makeChange({ request, workload, draft: attempt }, change);
      drafts.set(found.key, attempt);
      images.push(...(done.images ?? []));
      const changed = before !== JSON.stringify(attempt.value);
      rolledBack ||= changed && change.kind === 'rollback';
      const { file, line } = found.manifest;
      outcomes.push({
        subject,
        name: found.name,
        result: changed ? 'configured' : 'unchanged',
        message: done.message,
        file,
        line,
      });
      objects.push(found.key);
    } catch (error) {
      if (!(error instanceof WeavefluxError)) throw error;
      problems.push(toProblem(error));
      outcomes.push({ subject, name: change.workload, result: 'failed', message: error.message });
      objects.push(undefined);
    }
  }
  const edits = collectEdits(drafts.values());
  return { edits, images: merged(images), outcomes, objects, problems, rollback: rolledBack };
}

/** The one workload that a person's text means. Errors: NOT_FOUND, INVALID_REQUEST where it may mean several. */
export function findWorkload(
  manifests: readonly Manifest[],
  text: string,
  marked: readonly MarkedImage[] = [],
): Workload {
  const workloads = manifests.flatMap((manifest) => workloadOf(manifest, marked) ?? []);
  const ids = new Set(
    workloadsMeant(
      workloads.map(({ manifest }) => manifest.id),
      text,
    ),
  );
  const found = workloads.filter(({ manifest }) => ids.has(manifest.id));
  const [first, second] = found;
  if (first === undefined) {
    throw new WeavefluxError(
      'NOT_FOUND',
      `No workload of the repository is called "${text}"; weaveflux images lists them.`,
    );
  }
  if (second === undefined) return first;
  const names = found.map(({ name }) => name).join(', ');
  throw new WeavefluxError('INVALID_REQUEST', `"${text}" may mean ${names}; say which.`);
}

function makeChange(context: ChangeContext, change: Change): Done {
  const { manifest } = context.workload;
  if (isBareFile(manifest) && !TAG_CHANGES.has(change.kind)) throw noRoom(manifest);
  switch (change.kind) {
    case 'release':
      return release(context, change);
    case 'approve':
      return approve(context, change);
    case 'rollback':
      return rollback(context, change);
    case 'pin':
      return pin(context, change);
    case 'unpin':
      return unpin(context, change);
    case 'automate':
      return automate(context, change);
    case 'deautomate':
      return deautomate(context);
    case 'policy':
      return setPolicy(context, change);
  }
}

/** Changes that write no annotation. */
const TAG_CHANGES: ReadonlySet<Change['kind']> = new Set(['release', 'approve', 'rollback']);

function containerOf(change: Change): string | undefined {
  return 'container' in change ? change.container : undefined;
}

function collectEdits(drafts: Iterable<Draft>): Map<string, Edit[]> {
  const edits = new Map<string, Edit[]>();
  for (const draft of drafts) {
    const wanted = editsOf(draft);
    if (wanted.length > 0) edits.set(draft.manifest.file, [...(edits.get(draft.manifest.file) ?? []), ...wanted]);
  }
  return edits;
}

/** One change a place: from what the file says to what the last change wants. */
function merged(images: readonly ImageChange[]): ImageChange[] {
  const byPlace = new Map<string, ImageChange>();
  for (const image of images) {
    const key = `${image.place.object} ${image.place.container}`;
    const first = byPlace.get(key);
    byPlace.set(key, first === undefined ? image : { ...image, place: first.place, from: first.from });
  }
  return [...byPlace.values()].filter((image) => image.place.text !== image.text);
}
