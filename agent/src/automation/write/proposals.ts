import { isDeepStrictEqual } from 'node:util';
import {
  applyChanges,
  asWeavefluxError,
  type CommitSplit,
  type ImageChange,
  imageEdits,
  type Problem,
  toProblem,
  WeavefluxError,
} from '@weaveflux/shared';
import type { Loaded } from '../../render/load.ts';
import type { Decision } from '../choice/decision.ts';
import type { ChangeTrailer } from '../past/trailers.ts';
import { placeOf, type Subject } from '../subjects.ts';
import type { GroupedChange } from './message.ts';

/** A change of one image that a policy asks for. */
export interface Proposal {
  readonly subject: Subject;
  readonly change: ImageChange;
}

/** A decision as a proposal, where it is one. */
export function proposalOf(subject: Subject, decision: Decision): Proposal[] {
  const { state, chosen, to } = decision;
  if (state !== 'update' || chosen === undefined || to === undefined) return [];
  const { place, image, policy } = subject;
  const change: ImageChange = {
    place,
    text: to,
    fields: subject.fieldsFor(to),
    repository: image.canonicalName,
    from: image.tag ?? '',
    to: chosen.tag,
    ...(policy.policy === undefined ? {} : { policy: policy.policy.text }),
  };
  return [{ subject, change }];
}

/** The proposals of each commit: all in one, or one commit a group of workloads or a workload. */
export function groupsOf(proposals: readonly Proposal[], commit: CommitSplit = 'batch'): readonly Proposal[][] {
  if (commit === 'batch') return [[...proposals]];
  const nameOf = ({ subject, change }: Proposal): string =>
    commit === 'group' && subject.group !== undefined ? `group ${subject.group}` : change.place.object;
  return [...Map.groupBy(proposals, nameOf).values()];
}

/** New texts of files, which proposals they carry, and which cannot be written. */
export interface Drafted {
  readonly files: ReadonlyMap<string, string>;
  readonly carried: readonly Proposal[];
  readonly refused: readonly { readonly proposal: Proposal; readonly problem: Problem }[];
}

/** What a revision says of images and of what decides on them. */
type Present = Pick<Loaded, 'manifests'> & Partial<Pick<Loaded, 'places' | 'withheldPolicies'>>;

/**
 * The edits of proposals on a revision. A proposal is carried only where the manifest there, and the ImagePolicy that chose,
 * are exactly those that were decided on: what a person changed meanwhile, a pin for instance, is decided anew instead. One
 * that cannot be written leaves the others standing.
 */
export async function draftProposals(
  proposals: readonly Proposal[],
  loaded: Present & Pick<Loaded, 'texts'>,
  signal: AbortSignal,
): Promise<Drafted> {
  const current = stillTrue(proposals, loaded);
  const texts = new Map<string, string>();
  const carried: Proposal[] = [];
  const refused: { proposal: Proposal; problem: Problem }[] = [];
  const byFile = Map.groupBy(current, ({ change }) => change.place.file);
  const now = await loaded.texts(byFile.keys(), signal);
  for (const [file, group] of byFile) {
    const before = now.get(file);
    if (before === undefined) continue;
    const result = editFile(file, before, group);
    carried.push(...result.carried);
    refused.push(...result.refused);
    if (result.text !== before) texts.set(file, result.text);
  }
  return { files: texts, carried, refused };
}

function stillTrue(proposals: readonly Proposal[], { manifests, places = [], withheldPolicies = [] }: Present) {
  const present = new Map([...manifests, ...places].map((manifest) => [placeOf(manifest), manifest]));
  const policies = new Map([...manifests, ...withheldPolicies].map((manifest) => [placeOf(manifest), manifest]));
  return proposals.filter(({ subject: { manifest, imagePolicy }, change }) => {
    if (!isDeepStrictEqual(present.get(placeOf(manifest))?.value, manifest.value)) return false;
    // A step back was chosen by no policy.
    if (imagePolicy === undefined || change.policy === undefined) return true;
    return isDeepStrictEqual(policies.get(placeOf(imagePolicy))?.value, imagePolicy.value);
  });
}

/** All edits of a file at once; where that fails one after the other, so that only the bad one is left out. */
function editFile(file: string, before: string, group: readonly Proposal[]) {
  try {
    return { text: edited(file, before, group), carried: group, refused: [] };
  } catch {
    let text = before;
    const carried: Proposal[] = [];
    const refused: { proposal: Proposal; problem: Problem }[] = [];
    for (const proposal of group) {
      try {
        text = edited(file, text, [proposal]);
        carried.push(proposal);
      } catch (error) {
        const { subject } = proposal;
        const about = { file, line: subject.line, object: subject.place.object };
        const { code, message } = asWeavefluxError(error);
        refused.push({ proposal, problem: toProblem(new WeavefluxError(code, message, { cause: error, about })) });
      }
    }
    return { text, carried, refused };
  }
}

function edited(file: string, text: string, proposals: readonly Proposal[]): string {
  const edits = imageEdits(proposals.map(({ change }) => change));
  return applyChanges(new Map([[file, text]]), edits).get(file) ?? text;
}

/** What the message of a commit may say of a proposal. */
export function describedChange({ change, subject: { group } }: Proposal): GroupedChange {
  return { ...trailerOf(change), group };
}

/** What a commit says of a change. */
export function trailerOf({ place, repository, from, to, policy }: ImageChange): ChangeTrailer {
  const { workload, container } = place;
  return { workload, container, repository, from, to, ...(policy === undefined ? {} : { policy }) };
}

/** How a change reads in a sentence. */
export function describeChange({ place, from, to }: ImageChange): string {
  const change = from === to ? `the digest that ${to} has now` : `${from === '' ? '(no tag)' : from} → ${to}`;
  return `${place.workload} ${place.container}: ${change}`;
}
