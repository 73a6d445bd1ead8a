import { isDeepStrictEqual } from 'node:util';
import { applyEdits, type Edit, type Manifest, objectKey, parseImage, type Tag } from '@weaveflux/shared';
import type { Loaded } from '../render/load.ts';
import type { Decision } from './choose.ts';
import type { Subject } from './subjects.ts';
import type { ChangeTrailer } from './trailers.ts';

/** A change of one image that a policy asks for. */
export interface Proposal {
  readonly subject: Subject;
  readonly chosen: Tag;
  /** The whole new reference. */
  readonly to: string;
}

/** A decision as a proposal, where it is one. */
export function proposalOf(subject: Subject, decision: Decision): Proposal[] {
  const { state, chosen, to } = decision;
  return state === 'update' && chosen !== undefined && to !== undefined ? [{ subject, chosen, to }] : [];
}

/** New texts of files, and which proposals they carry. */
export interface Drafted {
  readonly files: ReadonlyMap<string, string>;
  readonly carried: readonly Proposal[];
}

/**
 * The edits of proposals on a revision. A proposal is carried only where the manifest there is exactly the one that was
 * decided on: what a person changed meanwhile, a pin for instance, is decided anew instead.
 */
export async function draftProposals(
  proposals: readonly Proposal[],
  loaded: Loaded,
  signal: AbortSignal,
): Promise<Drafted> {
  const present = new Map(loaded.manifests.map((manifest) => [placeOf(manifest), manifest]));
  const carried = proposals.filter(({ subject }) => {
    const now = present.get(placeOf(subject.manifest));
    return now !== undefined && isDeepStrictEqual(now.value, subject.manifest.value);
  });
  const edits = Map.groupBy(carried, ({ subject }) => subject.manifest.file);
  const files = new Map<string, string>();
  for (const [file, group] of edits) {
    const text = await loaded.text(file, signal);
    if (text !== undefined) files.set(file, applyEdits(file, text, group.flatMap(editsOf)));
  }
  return { files, carried };
}

/** What the commit says of a proposal. */
export function trailerOf({ subject, chosen }: Proposal): ChangeTrailer {
  const { name, container, image, policy } = subject;
  return {
    workload: name,
    container,
    repository: image.canonicalName,
    from: image.tag ?? '',
    to: chosen.tag,
    ...(policy.policy === undefined ? {} : { policy: policy.policy.text }),
  };
}

function editsOf({ subject, to }: Proposal): Edit[] {
  const { document } = subject.manifest;
  return subject.edits(parseImage(to)).map(({ path, value }) => ({ document, path, value }));
}

function placeOf({ file, document, at, id }: Manifest): string {
  return [file, document, ...at, objectKey(id)].join('\0');
}

/** How a proposal reads in a sentence. */
export function describeProposal({ subject, chosen }: Proposal): string {
  return `${subject.name} ${subject.container}: ${subject.image.tag ?? '(no tag)'} → ${chosen.tag}`;
}
