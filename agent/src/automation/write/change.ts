import {
  applyChanges,
  type ChangePlan,
  type ChangesRequest,
  changeSubject,
  type HistoryEntry,
  planChanges,
  unifiedDiff,
  WeavefluxError,
} from '@weaveflux/shared';
import type { DeliverySteps } from '../../delivery/deliver.ts';
import type { Environment } from '../../delivery/environment.ts';
import { statedPlaces } from '../../delivery/places.ts';
import { wantedOf } from '../../delivery/wanted.ts';
import type { Repository } from '../../git/repository.ts';
import type { Registry } from '../../registry/types.ts';
import { markedIn } from '../../render/marked.ts';
import type { JobResult } from '../../service/jobs.ts';
import { readSignatureRules } from '../../signatures/rules.ts';
import type { Signatures } from '../../signatures/signatures.ts';
import { formatMessage, type MessageRequest } from '../past/trailers.ts';
import { learnFor } from '../scan/learn.ts';
import type { NodePlatforms } from '../scan/node-platforms.ts';
import type { Decided } from '../scan/scan.ts';
import { isSigned } from '../scan/signed.ts';
import { type Subject, subjectsOf } from '../subjects.ts';
import { awaitingAmong, subjectsToApprove } from './approval.ts';
import { trailerOf } from './proposals.ts';
import { type Draft, writeBack } from './write-back.ts';

/** What committing a person's wish needs. */
export interface ChangeParts {
  readonly env: Environment;
  readonly registry: Registry;
  readonly signatures: Signatures;
  readonly repository: Pick<Repository, 'look' | 'push'>;
  readonly load: DeliverySteps['load'];
  /** Of a revision, newest first. */
  history(revision: string): Promise<readonly HistoryEntry[]>;
  /** What is decided about images of a revision, these among them. */
  decideAt(revision: string, concerned: readonly Subject[]): Promise<readonly Decided[]>;
  readonly platforms: Pick<NodePlatforms, 'settle'>;
  readonly signal: AbortSignal;
}

interface Planned {
  readonly plan: ChangePlan;
  readonly diff: string;
}

/** Commits what a person asks for; with `dryRun`, or in read-only mode, only shows the edits. */
export async function requestChanges(parts: ChangeParts, request: ChangesRequest): Promise<JobResult> {
  const { env } = parts;
  const onlyShow = request.dryRun === true || env.config.gitReadonly;
  const { commit, result } = await writeBack(
    parts.repository,
    async (head): Promise<Draft<Planned>> => {
      refuseStale(request, head.revision);
      const { plan, files, diff } = await draft(parts, request, head.revision);
      if (onlyShow || files.size === 0) return { request: undefined, result: { plan, diff } };
      const author = request.requestedBy;
      return { request: { files, message: messageOf(env, request, plan), author }, result: { plan, diff } };
    },
    parts.signal,
  );
  if (commit !== undefined) tell(env, request, result.plan, commit.revision);
  const outcomes = onlyShow ? result.plan.outcomes.map(proposed) : result.plan.outcomes;
  return {
    outcomes: [...outcomes],
    problems: [...result.plan.problems],
    ...(result.diff === '' ? {} : { diff: result.diff }),
    ...(commit === undefined ? {} : { commit, revision: commit.revision }),
  };
}

function refuseStale({ baseRevision }: ChangesRequest, head: string): void {
  if (baseRevision === undefined || baseRevision === head) return;
  const message = `The changes were made for ${baseRevision}, and the branch is at ${head} now; look again and ask anew.`;
  throw new WeavefluxError('CONFLICT', message);
}

async function draft(parts: ChangeParts, request: ChangesRequest, revision: string) {
  const { env, signal } = parts;
  const loaded = await parts.load(revision, signal);
  const resolved = await env.target.resolve(loaded.manifests, signal);
  const ids = new Map(resolved.desired.map(({ manifest, id }) => [manifest, id]));
  const marked = markedIn(loaded, (manifest) => ids.get(manifest)).images;
  const history = await parts.history(revision);
  const previousTag = (object: string, container: string): string | undefined =>
    history.find((entry) => entry.object === object && entry.container === container)?.from;
  const previousDigest = (object: string, container: string, tag: string): string | undefined =>
    history.find((entry) => entry.object === object && entry.container === container && entry.from === tag)?.fromDigest;
  const manifests = [...resolved.desired.map(({ manifest, id }) => ({ ...manifest, id })), ...loaded.places];
  const { images } = loaded.settings;
  const written = subjectsOf(
    [...wantedOf(resolved.desired, new Map()).values(), ...statedPlaces(loaded.places)],
    marked,
  );
  const subjects = await parts.platforms.settle(written, images, signal);
  const concerned = subjectsToApprove(request.changes, { manifests, marked, subjects });
  const { rules } = readSignatureRules(images, loaded.keyFiles);
  const signed = { signatures: parts.signatures, rules: () => rules };
  const decided = concerned.length === 0 ? [] : await parts.decideAt(revision, concerned);
  // Just this head may require another signature.
  const isMeant = ({ subject, decision: { to } }: Decided) => to === undefined || isSigned(subject.image, to, signed);
  const known = await learnFor(parts, request.changes, { manifests, marked, subjects, signed, previousTag });
  const plan = planChanges({
    manifests,
    marked,
    changes: request.changes,
    requestedBy: request.requestedBy,
    ...known,
    previousTag,
    previousDigest,
    awaiting: awaitingAmong(decided.filter(isMeant), images, env.config.gitReadonly),
  });
  const before = await loaded.texts(plan.edits.keys(), signal);
  const files = applyChanges(before, plan.edits);
  const diff = [...files].map(([file, after]) => unifiedDiff(file, before.get(file) ?? '', after)).join('');
  return { plan, files, diff };
}

function messageOf(env: Environment, request: ChangesRequest, plan: ChangePlan): string {
  const skip = env.config.gitSkipMessage;
  const asked = peopleOf(request, plan);
  return formatMessage({
    ...(plan.images.length === 0 ? { subject: changeSubject(plan.outcomes) } : {}),
    changes: plan.images.map(trailerOf),
    ...(request.message === undefined ? {} : { message: request.message }),
    ...(skip === undefined ? {} : { skip }),
    ...asked,
    rollback: plan.rollback,
  });
}

/** Who asked for what is done, and who approved what policies chose: the same person, for each as far as there is any. */
function peopleOf(
  { changes, requestedBy }: ChangesRequest,
  plan: ChangePlan,
): Pick<MessageRequest, 'requestedBy' | 'approvedBy'> {
  const done = changes.filter((_, index) => plan.outcomes[index]?.result === 'configured');
  return {
    ...(done.some(({ kind }) => kind !== 'approve') ? { requestedBy } : {}),
    ...(done.some(({ kind }) => kind === 'approve') ? { approvedBy: requestedBy } : {}),
  };
}

function proposed<T extends { result: string }>(outcome: T): T | (Omit<T, 'result'> & { result: 'proposed' }) {
  return outcome.result === 'configured' ? { ...outcome, result: 'proposed' as const } : outcome;
}

const EVENT_OF = {
  release: 'released',
  approve: 'released',
  rollback: 'released',
  pin: 'pinned',
  unpin: 'unpinned',
  automate: 'policy-changed',
  deautomate: 'policy-changed',
  policy: 'policy-changed',
} as const;

function tell(env: Environment, request: ChangesRequest, plan: ChangePlan, revision: string): void {
  for (const [index, outcome] of plan.outcomes.entries()) {
    const kind = request.changes[index]?.kind;
    if (kind === undefined || outcome.result !== 'configured') continue;
    const { file, line, message } = outcome;
    const object = plan.objects[index];
    env.emit({
      type: EVENT_OF[kind],
      severity: 'info',
      revision,
      ...(object === undefined ? {} : { object }),
      ...(file === undefined ? {} : { file }),
      ...(line === undefined ? {} : { line }),
      message: `${message} ${kind === 'approve' ? 'Approved' : 'Asked for'} by ${request.requestedBy.name}.`,
    });
  }
}
