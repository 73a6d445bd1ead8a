import {
  asWeavefluxError,
  type ImageStatus,
  type Problem,
  SETTINGS_FILE,
  toProblem,
  WeavefluxError,
} from '@weaveflux/shared';
import type { DeliverySteps } from '../../delivery/deliver.ts';
import type { Environment } from '../../delivery/environment.ts';
import type { RequestWish, ReviewRequests } from '../../forges/requests.ts';
import type { Repository, SideTip } from '../../git/repository.ts';
import { type ChangeTrailer, formatMessage, type MessageRequest, readTrailers } from '../past/trailers.ts';
import { messageFor } from './message.ts';
import type { News } from './news.ts';
import {
  type Drafted,
  describeChange,
  describedChange,
  draftProposals,
  type Proposal,
  trailerOf,
} from './proposals.ts';

/** How often a push that lost against another is computed anew. */
const ATTEMPTS = 3;
/** The name under which is remembered that the branch could not be kept. */
const BRANCH_FAILED = 'proposal-branch-failed';

/** Keeps what is proposed on a branch of its own, where `.weaveflux.yaml` names one. */
export interface ProposalBranch {
  /**
   * Makes the branch what these proposals, decided at a revision, are on top of it: built anew where its files differ,
   * removed where there are none. `undecided` tells of changes of which it is not known (yet, or just now) that they are
   * not wanted: while the branch holds one of them, it stays. Gives why some could not be written; `undefined` where the
   * environment's own branch is written to.
   */
  settle(wish: BranchWish): Promise<Problem[] | undefined>;
  /** A status with what is proposed for it. */
  shown(status: ImageStatus): ImageStatus;
}

/** What a branch is to hold. */
export interface BranchWish {
  readonly proposals: readonly Proposal[];
  readonly revision: string;
  readonly undecided: (change: ChangeTrailer) => boolean;
}

/** What the branch needs. */
export interface ProposalBranchParts {
  readonly env: Environment;
  /** Tells what its looks find out. */
  readonly repository: Pick<Repository, 'look'>;
  readonly load: DeliverySteps['load'];
  /** Makes the first flow look at once: there is a new commit. */
  lookNow(): Promise<void>;
  readonly news: News;
  /** Absent = no requests are made. */
  readonly requests?: ReviewRequests | undefined;
  readonly signal: AbortSignal;
}

type Proposed = NonNullable<ImageStatus['proposed']>;

/** A branch about which nothing is known yet. */
export function createProposalBranch(parts: ProposalBranchParts): ProposalBranch {
  const { env, news, requests, signal } = parts;
  const { repository, config } = env;
  let settings: { readonly revision: string; readonly branch: string | undefined } | undefined;
  /** By object, container and tag. */
  let standing: ReadonlyMap<string, Proposed> = new Map();

  async function branchAt(revision: string): Promise<string | undefined> {
    if (settings?.revision === revision) return settings.branch;
    const { images } = (await parts.load(revision, signal)).settings;
    const before = settings?.branch;
    const branch = images.write?.branch;
    if (before !== undefined && before !== branch) await withdraw(before, () => false);
    settings = { revision, branch };
    return branch;
  }

  async function settle(wish: BranchWish): Promise<Problem[] | undefined> {
    if (config.gitReadonly) return undefined;
    const branch = await branchAt(wish.revision);
    if (branch === undefined) {
      standing = new Map();
      return undefined;
    }
    try {
      refuseOwn(branch, repository.branch);
      const problems = await publish(branch, wish);
      news.over(BRANCH_FAILED);
      return problems;
    } catch (error) {
      if (signal.aborted) throw error;
      const problem = toProblem(asWeavefluxError(error));
      news.once(BRANCH_FAILED, problem.message, () => {
        env.emit({ type: 'release-failed', severity: 'error', message: problem.message });
      });
      return [problem];
    }
  }

  async function publish(branch: string, wish: BranchWish): Promise<Problem[]> {
    const loaded = await parts.load(wish.revision, signal);
    const drafted = await draftProposals(wish.proposals, loaded, signal);
    const problems = drafted.refused.map(({ problem }) => problem);
    const changes = drafted.carried.map(({ change }) => trailerOf(change));
    if (drafted.files.size === 0) {
      if (await withdraw(branch, wish.undecided)) standing = new Map();
      return problems;
    }
    // What is proposed may have been merged a moment ago, and its branch removed by the host.
    if ((await parts.repository.look(signal)).revision !== wish.revision) {
      await parts.lookNow();
      return problems;
    }
    const said = messageFor(loaded.settings.images.message, drafted.carried.map(describedChange));
    const tip = await push(branch, wish, drafted, { ...said, changes });
    if (tip === undefined) return problems;
    const request = await requestFor({ branch, base: repository.branch, title: said.subject, changes });
    const place: Proposed = { branch, commit: tip, ...(request.url === undefined ? {} : { url: request.url }) };
    standing = new Map(drafted.carried.map((proposal) => [nameOf(proposal), place] as const));
    for (const proposal of drafted.carried) tell(proposal, branch);
    return [...problems, ...request.problems];
  }

  /** Gives the tip; `undefined` where the branch stays as it is, until more is known. */
  async function push(branch: string, wish: BranchWish, drafted: Drafted, said: MessageRequest) {
    const skip = config.gitSkipMessage;
    const message = formatMessage({ ...said, proposal: branch, ...(skip === undefined ? {} : { skip }) });
    const request = { files: drafted.files, message };
    for (let attempt = 1; ; attempt += 1) {
      const expected = await repository.sideTip(branch, signal);
      if (expected !== undefined) {
        refuseForeign(expected, branch);
        if (holds(expected, wish.undecided)) return undefined;
      }
      try {
        return await repository.pushSide(branch, { base: wish.revision, request, expected }, signal);
      } catch (error) {
        if (asWeavefluxError(error).code !== 'PUSH_LOST' || attempt === ATTEMPTS) throw error;
      }
    }
  }

  /** Removes the branch where it is ours; false where it stays until more is known. */
  async function withdraw(branch: string, undecided: BranchWish['undecided']): Promise<boolean> {
    const tip = await repository.sideTip(branch, signal);
    if (tip === undefined || !isOurs(tip, branch, config.gitEmail)) return true;
    if (holds(tip, undecided)) return false;
    await requests?.close({ branch, base: repository.branch }, signal);
    await repository.removeSide(branch, tip.revision, signal);
    return true;
  }

  async function requestFor(wish: RequestWish): Promise<{ url?: string | undefined; problems: Problem[] }> {
    if (requests === undefined) return { problems: [] };
    try {
      return { url: await requests.keep(wish, signal), problems: [] };
    } catch (error) {
      if (signal.aborted) throw error;
      const problem = toProblem(asWeavefluxError(error));
      news.once('review request', problem.message, () => {
        env.emit({ type: 'release-failed', severity: 'warning', message: problem.message });
      });
      return { problems: [problem] };
    }
  }

  function refuseForeign(tip: SideTip, branch: string): void {
    if (isOurs(tip, branch, config.gitEmail)) return;
    throw new WeavefluxError(
      'CONFLICT',
      `The branch ${branch} of ${repository.url} holds a commit that is not the agent's, so image updates wait; merge or delete that branch, or name another under images.write.branch in ${SETTINGS_FILE}.`,
    );
  }

  function tell({ change, subject }: Proposal, branch: string): void {
    const { object, container, file } = change.place;
    news.once(`proposed ${object} ${container}`, change.text, () => {
      const message = `${describeChange(change)} is proposed on the branch ${branch}.`;
      env.emit({ type: 'proposed', severity: 'info', object, file, line: subject.line, message });
    });
  }

  return {
    settle,
    shown(status) {
      const proposed = standing.get(`${status.object} ${status.container} ${status.chosen?.tag ?? ''}`);
      if (proposed === undefined || status.state !== 'update') return status;
      const where = proposed.url ?? `the branch ${proposed.branch}`;
      return { ...status, proposed, reason: `${status.chosen?.tag} is proposed: merge ${where} to release it.` };
    },
  };
}

/** Whether the branch ends with a commit that the agent made for just this branch: all others are somebody's work. */
export function isOurs(tip: SideTip, branch: string, email: string): boolean {
  return tip.parents.length === 1 && tip.committer === email && readTrailers(tip.message).proposal === branch;
}

function holds(tip: SideTip, undecided: BranchWish['undecided']): boolean {
  return readTrailers(tip.message).changes.some(undecided);
}

function refuseOwn(branch: string, own: string): void {
  if (branch !== own) return;
  const message = `images.write.branch in ${SETTINGS_FILE} names ${own}, the branch that is delivered; name another, or leave it out to have images committed to ${own}.`;
  throw new WeavefluxError('INVALID_SETTINGS', message, { about: { file: SETTINGS_FILE } });
}

function nameOf({ change: { place, to } }: Proposal): string {
  return `${place.object} ${place.container} ${to}`;
}
