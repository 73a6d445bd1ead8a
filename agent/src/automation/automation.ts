import { asWeavefluxError, type ChangesRequest, type ImageReference } from '@weaveflux/shared';
import type { DeliverySteps } from '../delivery/deliver.ts';
import type { Environment } from '../delivery/environment.ts';
import { noteRewritten } from '../delivery/rewritten.ts';
import type { ReviewRequests } from '../forges/requests.ts';
import type { Repository } from '../git/repository.ts';
import { suspensionOf } from '../plan/suspensions.ts';
import type { Registry } from '../registry/types.ts';
import type { JobResult } from '../service/jobs.ts';
import type { Signatures } from '../signatures/signatures.ts';
import { type Answers, createAnswers } from './answers/answers.ts';
import { createArrivals } from './arrivals.ts';
import { createDecisions, undecidedOf } from './decisions.ts';
import { createPast } from './past/past.ts';
import { createLister } from './scan/lister.ts';
import { createNodePlatforms } from './scan/node-platforms.ts';
import { createPasses } from './scan/passes.ts';
import { createScanner, type Decided } from './scan/scan.ts';
import { scanProblems } from './scan/scan-problems.ts';
import { followedRepositories } from './scan/scan-schedule.ts';
import { requestChanges } from './write/change.ts';
import { createNews } from './write/news.ts';
import { createProposalBranch } from './write/proposal-branch.ts';
import { type Proposal, proposalOf } from './write/proposals.ts';
import { createReleases } from './write/releases.ts';
import { createRollbacks } from './write/rollbacks.ts';
import { createWindowGate } from './write/windows.ts';

/** The name under which is remembered that a pass failed. */
const RELEASE_FAILED = 'release-failed';

/** Milliseconds that a commit of ours may take to be delivered, before images are decided again without it. */
const DELIVERY_PATIENCE = 10_000;

/** The second flow, running: registry to proposal to commit. */
export interface Automation extends Answers {
  start(): void;
  /** A revision was delivered: what its images are is decided anew, soon. */
  delivered(): void;
  /**
   * Somebody says that these images have news: their repositories are asked soon, once for many such messages. Gives the
   * canonical names of those that the environment has.
   */
  noticed(isMeant: (image: ImageReference) => boolean): readonly string[];
  /** Health may have changed: what was released may have arrived. */
  stateChanged(): void;
  /** Commits what a person asks for, or in read-only mode and with `dryRun` only shows it. */
  change(request: ChangesRequest): Promise<JobResult>;
  stop(): Promise<void>;
}

/** What the second flow needs. */
export interface AutomationParts {
  readonly env: Environment;
  readonly registry: Registry;
  /** Who says whether images are signed as the repository requires. */
  readonly signatures: Signatures;
  /** Absent = no pull or merge requests are made. */
  readonly requests?: ReviewRequests | undefined;
  readonly load: DeliverySteps['load'];
  /** Makes the first flow look at once: there is a new commit. */
  lookNow(): Promise<void>;
  /** Called when a pass has ended. */
  readonly onPassed?: () => void;
  readonly signal: AbortSignal;
}

/** An automation that is not started yet. */
export function createAutomation(parts: AutomationParts): Automation {
  const { env, registry, signatures, load, signal } = parts;
  const { config, memory } = env;
  const repository = lookingFor(env);
  const past = createPast(env);
  const news = createNews(env);
  const arrivals = createArrivals(env);
  const side = createProposalBranch({ ...parts, repository, news });
  const gate = createWindowGate(env, (names) => passes.runSome(names));
  const history = (revision: string) => past.read(revision, signal);
  const rollbacks = createRollbacks({
    env,
    repository,
    load,
    news,
    history,
    onBack: (objects) => objects.forEach(arrivals.wentBack),
    signal,
  });
  const lister = createLister(env, registry, (name) => void decisions.listed(name).catch(failed));
  const platforms = createNodePlatforms(env);
  const scanner = createScanner(env, registry, {
    onLate: () => passes.runSoon(),
    known: lister.known,
    interval: config.automationInterval,
    signed: { signatures, rules: () => memory.signatureRules },
  });
  const decisions = createDecisions({ env, scanner, platforms, past, gate, news, signal });
  const releases = createReleases({
    env,
    repository,
    load,
    decideKnown: scanner.decideKnown,
    history,
    news,
    gate,
    mayGoBackLater: rollbacks.mayGoBackLater,
    signatures,
    onReleased: arrivals.released,
    lookNow: parts.lookNow,
    onCommitted: awaitOwn,
    signal,
  });
  /** Until then a commit of ours is on its way to be delivered, and what the files say is not known: milliseconds since the epoch. */
  let deliveredBy = 0;
  const passes = createPasses({
    pass: (repositories) => pass(repositories).finally(parts.onPassed),
    onFailed: failed,
    interval: config.automationInterval,
    now: () => env.now().getTime(),
    signal,
  });

  /**
   * Asks for all image repositories or for these; all images are decided, and what may be is released. False where nothing is
   * asked for, as the files are about to be others.
   */
  async function pass(repositories: ReadonlySet<string> | undefined): Promise<boolean> {
    const revision = memory.sync.revision;
    // A revision that is known and not read yet wants nothing only seemingly: its proposals must not go.
    if (revision === undefined || !memory.isRead || env.now().getTime() < deliveredBy) return false;
    const subjects = await decisions.begin(revision);
    if (await rollbacks.run(revision, subjects, decisions.entries())) {
      awaitOwn();
      await parts.lookNow();
      return false;
    }
    if (config.registryDisableScanning) {
      await decisions.recall(revision, subjects);
      return true;
    }
    await decisions.ask(revision, subjects, repositories);
    lister.list(subjects, signal);
    await write(revision, decisions.all(), followedRepositories(subjects));
    news.over(RELEASE_FAILED);
    return true;
  }

  /** Tells what is decided, and commits or proposes what that changes. */
  async function write(revision: string, decided: readonly Decided[], followed: ReadonlySet<string>): Promise<void> {
    news.tell(decided, followed);
    const proposals = decided.flatMap(({ subject, decision }) => proposalOf(subject, decision)).filter(isFree);
    arrivals.chosen(proposals);
    const unapproved = decided.filter(({ decision }) => decision.state === 'needs-approval').length;
    env.metrics.proposals.set({}, proposals.length + unapproved);
    const problems = [
      ...scanProblems(decided, followed),
      ...(platforms.problem === undefined ? [] : [platforms.problem]),
    ];
    memory.imageProblems = problems;
    const proposed = await side.settle({ proposals, revision, undecided: undecidedOf(decided) });
    if (proposed !== undefined) memory.imageProblems = [...problems, ...proposed];
    else if (proposals.length > 0) {
      const refused = await releases.release(proposals, revision);
      memory.imageProblems = [...problems, ...refused];
      if (!config.gitReadonly) env.metrics.proposals.set({}, refused.length + unapproved);
    }
  }

  /** A suspended workload keeps its image, as everything else. */
  function isFree({ change }: Proposal): boolean {
    return suspensionOf(memory.suspensions, change.place.object, env.now()) === undefined;
  }

  /** There is a commit of ours: until it is delivered, nothing is decided by what was before. */
  function awaitOwn(): void {
    deliveredBy = env.now().getTime() + DELIVERY_PATIENCE;
  }

  function failed(error: unknown): void {
    if (signal.aborted) return;
    env.metrics.releases.add({ result: 'failed' });
    const { message } = asWeavefluxError(error);
    news.once(RELEASE_FAILED, message, () => {
      env.emit({ type: 'release-failed', severity: 'error', message: `Images could not be released: ${message}` });
    });
  }

  return {
    ...createAnswers({ env, registry, decisions, past, side }),
    start: passes.runAll,
    delivered() {
      deliveredBy = 0;
      passes.runNow();
    },
    noticed(isMeant) {
      const names = new Set(decisions.written().flatMap(({ image }) => (isMeant(image) ? [image.canonicalName] : [])));
      lister.hasten(names);
      scanner.hasten(names);
      passes.runSome(names);
      return [...names];
    },
    stateChanged() {
      arrivals.look();
      if (rollbacks.look()) passes.runNow();
    },
    async change(request) {
      const read = async (revision: string) => past.shown(await history(revision));
      const result = await requestChanges(
        { env, repository, registry, signatures, load, history: read, decideAt: decisions.at, platforms, signal },
        request,
      );
      if (result.commit !== undefined) await parts.lookNow();
      return result;
    },
    async stop() {
      gate.stop();
      await passes.stop();
      await lister.idle();
    },
  };
}

/** The repository as the write-back uses it: what its looks find out is not lost to the first flow. */
function lookingFor(env: Environment): Pick<Repository, 'look' | 'push'> {
  const { repository } = env;
  return {
    async look(signal) {
      const head = await repository.look(signal);
      noteRewritten(env, head);
      return head;
    },
    push: repository.push.bind(repository),
  };
}
