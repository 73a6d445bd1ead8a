import type { Problem } from '@weaveflux/shared';
import type { DeliverySteps } from '../../delivery/deliver.ts';
import { type Environment, short } from '../../delivery/environment.ts';
import type { Repository } from '../../git/repository.ts';
import { readWindows } from '../../plan/windows.ts';
import { readSignatureRules } from '../../signatures/rules.ts';
import type { Signatures } from '../../signatures/signatures.ts';
import type { ImageHistoryEntry } from '../past/history.ts';
import { formatMessage } from '../past/trailers.ts';
import type { Scanner } from '../scan/scan.ts';
import { isSigned } from '../scan/signed.ts';
import { isApprovalDue } from './approval.ts';
import { messageFor } from './message.ts';
import type { News } from './news.ts';
import {
  type Drafted,
  describeChange,
  describedChange,
  draftProposals,
  groupsOf,
  type Proposal,
  proposalOf,
  trailerOf,
} from './proposals.ts';
import type { Rollbacks } from './rollbacks.ts';
import type { WindowGate } from './windows.ts';
import { type Draft, type Written, writeBack } from './write-back.ts';

/** Commits what policies choose, straight to the environment's branch. */
export interface Releases {
  /** Commits proposals, decided at a revision, together or each workload's by themselves; gives why some could not be written. */
  release(proposals: readonly Proposal[], revision: string): Promise<Problem[]>;
}

/** What committing needs. */
export interface ReleaseParts {
  readonly env: Environment;
  readonly repository: Pick<Repository, 'look' | 'push'>;
  readonly load: DeliverySteps['load'];
  readonly decideKnown: Scanner['decideKnown'];
  /** Of a revision, newest first. */
  history(revision: string): Promise<readonly ImageHistoryEntry[]>;
  readonly news: News;
  readonly gate: Pick<WindowGate, 'isOpen'>;
  readonly mayGoBackLater: Rollbacks['mayGoBackLater'];
  readonly signatures: Pick<Signatures, 'known'>;
  /** A proposal is committed. */
  onReleased(proposal: Proposal): void;
  /** There is a commit of ours: it is about to be delivered. */
  onCommitted(): void;
  /** Makes the first flow look at once. */
  lookNow(): Promise<void>;
  readonly signal: AbortSignal;
}

/** The releases of an environment. */
export function createReleases(parts: ReleaseParts): Releases {
  const { env, repository, load, decideKnown, history, news, gate, mayGoBackLater, signatures, signal } = parts;
  const { onReleased, onCommitted, lookNow } = parts;

  async function release(proposals: readonly Proposal[], revision: string): Promise<Problem[]> {
    if (env.config.gitReadonly) {
      news.propose(proposals);
      return [];
    }
    const { images } = (await load(revision, signal)).settings;
    const refused: Drafted['refused'][number][] = [];
    let isCommitted = false;
    try {
      for (const group of groupsOf(proposals, images.commit)) {
        const { commit, result } = await write(group, revision);
        for (const { proposal, problem } of result.refused) tellRefused(proposal, problem);
        refused.push(...result.refused);
        if (commit === undefined) continue;
        isCommitted = true;
        onCommitted();
        for (const proposal of result.carried) tellReleased(proposal, commit.revision);
      }
    } finally {
      if (isCommitted) await lookNow();
    }
    if (!isCommitted) await lookNow();
    return refused.map(({ problem }) => problem);
  }

  /** Makes one commit of proposals, where they are still wanted. */
  function write(proposals: readonly Proposal[], revision: string): Promise<Written<Drafted>> {
    return writeBack(
      repository,
      async (head): Promise<Draft<Drafted>> => {
        const wanted = head.revision === revision ? proposals : await stillWanted(proposals, head.revision);
        const loaded = await load(head.revision, signal);
        // A person may have closed a window by just this head.
        const { windows } = readWindows(loaded.settings);
        // Just this head may be the first that names a branch for proposals, or has people approve.
        const { images } = loaded.settings;
        const isDirect = images.write === undefined;
        const allowed = wanted.filter(
          (proposal) => isDirect && gate.isOpen(proposal, windows) && !isApprovalDue(proposal.subject, images),
        );
        // Just this head may require another signature.
        const { rules } = readSignatureRules(images, loaded.keyFiles);
        const signed = { signatures, rules: () => rules };
        const isMeant = ({ subject, change }: Proposal) => isSigned(subject.image, change.text, signed);
        const drafted = await draftProposals(allowed.filter(isMeant), loaded, signal);
        if (drafted.files.size === 0) return { request: undefined, result: drafted };
        const skip = env.config.gitSkipMessage;
        const changes = drafted.carried.map(({ change }) => trailerOf(change));
        const objects = drafted.carried.filter(({ change }) => mayGoBackLater(change.place.object));
        const healthyBefore = objects.map(({ change }) => change.place.workload);
        const said = messageFor(images.message, drafted.carried.map(describedChange));
        const message = formatMessage({ ...said, changes, healthyBefore, ...(skip === undefined ? {} : { skip }) });
        return { request: { files: drafted.files, message }, result: drafted };
      },
      signal,
    );
  }

  /** What is still to be done on another head: a person may have gone back meanwhile to just what the file said before. */
  async function stillWanted(proposals: readonly Proposal[], revision: string): Promise<Proposal[]> {
    const concerned = proposals.map(({ subject }) => subject);
    const decidedAgain = await decideKnown(concerned, await history(revision));
    return decidedAgain.flatMap(({ subject, decision }) => proposalOf(subject, decision));
  }

  function tellReleased(proposal: Proposal, revision: string): void {
    const { change, subject } = proposal;
    onReleased(proposal);
    env.metrics.releases.add({ result: 'released' });
    const { object, file } = change.place;
    const message = `${describeChange(change)} committed as ${short(revision)}.`;
    env.emit({ type: 'released', severity: 'info', revision, object, file, line: subject.line, message });
  }

  function tellRefused({ change, subject }: Proposal, { message: why }: Problem): void {
    const { object, container, file } = change.place;
    news.once(`refused ${object} ${container}`, `${change.text} ${why}`, () => {
      env.metrics.releases.add({ result: 'failed' });
      const message = `${describeChange(change)} could not be written: ${why}`;
      env.emit({ type: 'release-failed', severity: 'error', object, file, line: subject.line, message });
    });
  }

  return { release };
}
