import {
  type Awaiting,
  type Change,
  findWorkload,
  type ImageSettings,
  type Manifest,
  type MarkedImage,
  matchesGlob,
  parseImage,
} from '@weaveflux/shared';
import type { Decision } from '../choice/decision.ts';
import type { Decided } from '../scan/scan.ts';
import type { Subject } from '../subjects.ts';

/** Whether a person approves what is chosen here. Not where it is only proposed on a branch: who merges approves. */
export function isApprovalDue({ place, policy }: Subject, { write, approval = [] }: ImageSettings): boolean {
  if (write !== undefined) return false;
  if (policy.approval) return true;
  return approval.some(({ workloads }) => workloads?.some((glob) => matchesGlob(glob, place.workload)) ?? true);
}

/**
 * Decisions by which something would be committed that a person is to approve, turned into waiting; `to` stays, as what an
 * approval writes. An agent that commits nothing leaves them, as it only proposes anyway. Pure.
 */
export function awaitApproval(
  decided: readonly Decided[],
  settings: ImageSettings,
  isReadonly: boolean,
): readonly Decided[] {
  if (isReadonly) return decided;
  return decided.map((one) => {
    if (one.decision.state !== 'update' || !isApprovalDue(one.subject, settings)) return one;
    return { ...one, decision: { ...one.decision, state: 'needs-approval', reason: whyWaiting(one) } };
  });
}

/** The images that approvals among these changes may be about; what cannot be found is refused later, with its reason. */
export function subjectsToApprove(
  changes: readonly Change[],
  known: {
    readonly manifests: readonly Manifest[];
    readonly marked: readonly MarkedImage[];
    readonly subjects: readonly Subject[];
  },
): readonly Subject[] {
  const keys = new Set(changes.flatMap((change) => (change.kind === 'approve' ? keyOf(change.workload, known) : [])));
  return known.subjects.filter(({ place }) => keys.has(place.object));
}

/** What waits for approval, by `objectKey` and container, from what was decided, whether or not that was held back before. */
export function awaitingAmong(
  decided: readonly Decided[],
  settings: ImageSettings,
  isReadonly: boolean,
): (object: string, container: string) => Awaiting | undefined {
  const byPlace = new Map(
    awaitApproval(decided, settings, isReadonly).map(({ subject, decision }) => {
      const awaiting: Awaiting = { ...releaseOf(subject, decision), reason: reasonOf(decision, settings, isReadonly) };
      return [`${subject.place.object} ${subject.place.container}`, awaiting] as const;
    }),
  );
  return (object, container) => byPlace.get(`${object} ${container}`);
}

function releaseOf(
  { policy: { policy } }: Subject,
  { state, chosen, to }: Decision,
): Pick<Partial<Awaiting>, 'release'> {
  if (state !== 'needs-approval' || chosen === undefined || to === undefined) return {};
  return { release: { tag: chosen.tag, text: to, ...(policy === undefined ? {} : { policy: policy.text }) } };
}

function reasonOf({ state, reason }: Decision, { write }: ImageSettings, isReadonly: boolean): string {
  if (state !== 'update') return reason;
  if (isReadonly) return 'The agent commits nothing, as --git-readonly says.';
  return write === undefined
    ? 'The agent commits it without being asked.'
    : `It is proposed on the branch ${write.branch}; merge that.`;
}

function whyWaiting({ subject: { place, image }, decision: { chosen, to } }: Decided): string {
  const tag = chosen?.tag ?? '';
  const what = image.tag === tag ? `The digest that ${tag} has now` : tag;
  return `${what} waits for approval; approve it in the editor, or run ${approveCommand(place, tag, to)}.`;
}

/** The command by which a person approves just this tag, and the digest where one is written: the tag may be moved. */
function approveCommand({ workload, container }: Subject['place'], tag: string, to: string | undefined): string {
  const digest = to === undefined ? undefined : parseImage(to).digest;
  const seen = digest === undefined ? tag : `${tag}@${digest}`;
  return `weaveflux approve ${workload} --container ${container} --tag ${seen}`;
}

function keyOf(
  workload: string,
  { manifests, marked }: { readonly manifests: readonly Manifest[]; readonly marked: readonly MarkedImage[] },
): string[] {
  try {
    return [findWorkload(manifests, workload, marked).key];
  } catch {
    return [];
  }
}
