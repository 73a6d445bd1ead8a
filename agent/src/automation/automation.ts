import { isDeepStrictEqual } from 'node:util';
import {
  asWeavefluxError,
  type ChangesRequest,
  type HistoryEntry,
  type ImageExplanation,
  type ImageReference,
  type ImageStatus,
  objectKey,
  PLACE_GROUP,
  type Tag,
} from '@weaveflux/shared';
import type { DeliverySteps } from '../delivery/deliver.ts';
import type { Environment } from '../delivery/environment.ts';
import { noteRewritten } from '../delivery/rewritten.ts';
import type { ReviewRequests } from '../forges/requests.ts';
import type { Repository } from '../git/repository.ts';
import { suspensionOf } from '../plan/suspensions.ts';
import type { Registry } from '../registry/types.ts';
import type { JobResult } from '../service/jobs.ts';
import type { Signatures } from '../signatures/signatures.ts';
import { awaitApproval } from './approval.ts';
import { createArrivals } from './arrivals.ts';
import { requestChanges } from './change.ts';
import { describedTags } from './described-tags.ts';
import { type ExplainWish, explainImages } from './explain-images.ts';
import { createImageHistory, type ImageHistoryEntry, toHistoryEntry } from './history.ts';
import { imageStatus } from './images.ts';
import { createLister } from './lister.ts';
import { createNews } from './news.ts';
import { createNodePlatforms } from './node-platforms.ts';
import { createPasses } from './passes.ts';
import { createProposalBranch } from './proposal-branch.ts';
import { type Proposal, proposalOf } from './proposals.ts';
import { createReleases } from './releases.ts';
import { createRollbacks } from './rollbacks.ts';
import { createScanner, type Decided } from './scan.ts';
import { scanProblems } from './scan-problems.ts';
import { followedRepositories, isFollowed } from './scan-schedule.ts';
import { type Subject, subjectsOf } from './subjects.ts';
import { createWindowGate } from './windows.ts';

/** The name under which is remembered that a pass failed. */
const RELEASE_FAILED = 'release-failed';

/** Milliseconds that a commit of ours may take to be delivered, before images are decided again without it. */
const DELIVERY_PATIENCE = 10_000;

/** The second flow, running: registry to proposal to commit. */
export interface Automation {
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
  images(): readonly ImageStatus[];
  /** Why each tag was or was not chosen, by what was decided last. Errors: NOT_FOUND where no such image is known. */
  explain(wanted: ExplainWish, signal: AbortSignal): Promise<readonly ImageExplanation[]>;
  /** The newest tags of an image repository (canonical name), read where they are not known yet. Errors: NOT_FOUND. */
  tags(repository: string, limit: number, signal: AbortSignal): Promise<readonly Tag[]>;
  /** Commits what a person asks for, or in read-only mode and with `dryRun` only shows it. */
  change(request: ChangesRequest): Promise<JobResult>;
  /** Of one object (`objectKey`) or all, newest first. */
  history(key: string | undefined, limit: number, signal: AbortSignal): Promise<readonly HistoryEntry[]>;
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
  readonly signal: AbortSignal;
}

/** An automation that is not started yet. */
export function createAutomation(parts: AutomationParts): Automation {
  const { env, registry, signatures, signal } = parts;
  const { config, memory } = env;
  const repository = lookingFor(env);
  const history = createImageHistory(env.repository);
  const news = createNews(env);
  const arrivals = createArrivals(env);
  const side = createProposalBranch({ ...parts, repository, news });
  const gate = createWindowGate(env, (names) => passes.runSome(names));
  const rollbacks = createRollbacks({
    env,
    repository,
    load: parts.load,
    news,
    history: (revision) => readHistory(revision, signal),
    onBack: (objects) => objects.forEach(arrivals.wentBack),
    signal,
  });
  const releases = createReleases({
    env,
    repository,
    load: parts.load,
    decideKnown: (concerned, past) => scanner.decideKnown(concerned, past),
    history: (revision) => readHistory(revision, signal),
    news,
    gate,
    mayGoBackLater: rollbacks.mayGoBackLater,
    signatures,
    onReleased: arrivals.released,
    lookNow: parts.lookNow,
    onCommitted: lookForOwn,
    signal,
  });
  const lister = createLister(env, registry, (name) => void showListed(name).catch(failed));
  const platforms = createNodePlatforms(env);
  const scanner = createScanner(env, registry, {
    onLate: () => passes.runSoon(),
    known: lister.known,
    interval: config.automationInterval,
    signed: { signatures, rules: () => memory.signatureRules },
  });
  let subjects: { of: unknown; list: readonly Subject[] } = { of: undefined, list: [] };
  let decided: readonly Decided[] = [];
  /** The revision that this was decided at. */
  let decidedAt: string | undefined;
  /** Repositories whose lists came in since the pass began, which may decide by older ones. */
  const listedMeanwhile = new Set<string>();
  /** Thousands of tags are ranked once, however often people look. */
  const shown = new WeakMap<Decided, ImageStatus>();
  let entries: readonly ImageHistoryEntry[] = [];
  /** Until then a commit of ours is on its way to be delivered, and what the files say is not known: milliseconds since the epoch. */
  let deliveredBy = 0;
  const passes = createPasses({
    pass,
    onFailed: failed,
    interval: config.automationInterval,
    now: () => env.now().getTime(),
    signal,
  });

  /** Asks for all image repositories or for these; all images are decided. */
  async function pass(repositories: ReadonlySet<string> | undefined): Promise<void> {
    const revision = memory.sync.revision;
    if (revision === undefined || env.now().getTime() < deliveredBy) return;
    listedMeanwhile.clear();
    const all = await subjectsNow();
    entries = all.some(({ automated }) => automated) ? await readHistory(revision, signal) : [];
    if (await rollbacks.run(revision, all, entries)) {
      await lookForOwn();
      return;
    }
    if (config.registryDisableScanning) {
      await hold(revision, await scanner.decideKnown(all, entries));
      return;
    }
    await hold(revision, await decideByNodes(all, repositories));
    lister.list(all, signal);
    news.tell(decided, followedRepositories(all));
    const proposals = decided.flatMap(({ subject, decision }) => proposalOf(subject, decision)).filter(isFree);
    arrivals.chosen(proposals);
    const unapproved = decided.filter(({ decision }) => decision.state === 'needs-approval').length;
    env.metrics.proposals.set({}, proposals.length + unapproved);
    const problems = [
      ...scanProblems(decided, followedRepositories(all)),
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
    news.over(RELEASE_FAILED);
  }

  /** Takes over what was decided at a revision, with what has to wait for people or windows said to wait. */
  async function hold(revision: string, found: readonly Decided[]): Promise<void> {
    decided = gate.hold(awaitApproval(found, memory.images, config.gitReadonly));
    decidedAt = revision;
    for (const name of listedMeanwhile) await showListed(name);
  }

  /** Before anything is released by the platforms of nodes, these are looked at once more. */
  async function decideByNodes(
    all: readonly Subject[],
    repositories: ReadonlySet<string> | undefined,
  ): Promise<readonly Decided[]> {
    const found = await decideAnew(all, repositories);
    return (await platforms.isOutdated(found, signal)) ? decideAnew(await subjectsNow(), repositories) : found;
  }

  /** Beside those that are named, what is not known is asked for: new images, and tags that a new policy has to read. */
  async function decideAnew(
    all: readonly Subject[],
    repositories: ReadonlySet<string> | undefined,
  ): Promise<readonly Decided[]> {
    if (repositories === undefined) return scanner.decideAll(all, entries, signal);
    const known = new Map((await scanner.decideKnown(all, entries)).map((one) => [one.subject, one]));
    const isAsked = (subject: Subject): boolean =>
      repositories.has(subject.image.canonicalName) || isUnknown(known.get(subject));
    for (const one of await scanner.decideAll(all.filter(isAsked), entries, signal)) known.set(one.subject, one);
    return all.flatMap((subject) => known.get(subject) ?? []);
  }

  /** What a list of tags says of images that no policy may change; nothing is released by it. */
  async function showListed(name: string): Promise<void> {
    listedMeanwhile.add(name);
    const concerned = decided.flatMap(({ subject }) =>
      subject.image.canonicalName === name && !isFollowed(subject) ? [subject] : [],
    );
    const anew = new Map((await scanner.decideKnown(concerned, entries)).map((one) => [one.subject, one]));
    decided = decided.map((one) => anew.get(one.subject) ?? one);
    news.tell([...anew.values()], new Set());
  }

  /** With the platforms that tags must have images for. */
  function subjectsNow(): Promise<readonly Subject[]> {
    return platforms.settle(writtenSubjects(), memory.images, signal);
  }

  /** Made once a delivery, so that policies keep what they found out about tags. */
  function writtenSubjects(): readonly Subject[] {
    if (subjects.of !== memory.wanted) {
      subjects = { of: memory.wanted, list: subjectsOf([...memory.wanted.values(), ...memory.places], memory.marked) };
    }
    return subjects.list;
  }

  function readHistory(revision: string, until: AbortSignal): Promise<readonly ImageHistoryEntry[]> {
    return history.read(revision, config.gitPaths, memory.imagePolicies, until);
  }

  /** A suspended workload keeps its image, as everything else. */
  function isFree({ change }: Proposal): boolean {
    return suspensionOf(memory.suspensions, change.place.object, env.now()) === undefined;
  }

  /** There is a commit of ours: until it is delivered, nothing is decided by what was before. */
  async function lookForOwn(): Promise<void> {
    deliveredBy = env.now().getTime() + DELIVERY_PATIENCE;
    await parts.lookNow();
  }

  function failed(error: unknown): void {
    if (signal.aborted) return;
    env.metrics.releases.add({ result: 'failed' });
    const { message } = asWeavefluxError(error);
    news.once(RELEASE_FAILED, message, () => {
      env.emit({ type: 'release-failed', severity: 'error', message: `Images could not be released: ${message}` });
    });
  }

  /** What is decided about images of a revision: what people see, unless that was decided at another one. */
  async function decideAt(revision: string, concerned: readonly Subject[]): Promise<readonly Decided[]> {
    const isOf = (subject: Subject) => (one: Decided) =>
      one.subject.place.container === subject.place.container &&
      isDeepStrictEqual(one.subject.manifest, subject.manifest);
    if (revision === decidedAt && concerned.every((subject) => decided.some(isOf(subject)))) return decided;
    return scanner.decideKnown(concerned, await readHistory(revision, signal));
  }

  function toEntries(entries: readonly ImageHistoryEntry[]): HistoryEntry[] {
    // The object that a manifest without a namespace turned out to be.
    const settled = new Map([...memory.wanted].map(([key, { object }]) => [objectKey(object.manifest.id), key]));
    const resolve = (writtenKey: string): string => settled.get(writtenKey) ?? writtenKey;
    // A file is read as a place and as manifests: which of both it is only the revision says.
    const known = new Set(memory.places.map(({ object }) => object.key));
    const isShown = ({ from, to, writtenKey }: ImageHistoryEntry): boolean =>
      from !== to && (!writtenKey.startsWith(`${PLACE_GROUP}/`) || known.has(writtenKey));
    return entries.filter(isShown).map((entry) => toHistoryEntry(entry, resolve));
  }

  function statusOf(one: Decided): ImageStatus {
    const status = shown.get(one) ?? imageStatus(one);
    shown.set(one, status);
    return side.shown(status);
  }

  return {
    start: passes.runAll,
    delivered() {
      deliveredBy = 0;
      passes.runNow();
    },
    noticed(isMeant) {
      const names = new Set(writtenSubjects().flatMap(({ image }) => (isMeant(image) ? [image.canonicalName] : [])));
      lister.hasten(names);
      scanner.hasten(names);
      passes.runSome(names);
      return [...names];
    },
    stateChanged() {
      arrivals.look();
      if (rollbacks.look()) passes.runNow();
    },
    images: () => decided.map(statusOf),
    tags(name, limit, until) {
      const { target } = env;
      return describedTags(decided, name, limit, { target, registry, signal: until });
    },
    explain: (wanted, until) =>
      explainImages(decided, wanted, {
        known: registry.known,
        history: entries,
        statusOf,
        repository: env.repository,
        revision: memory.sync.revision,
        signal: until,
      }),
    async change(request) {
      const read = async (revision: string) => toEntries(await readHistory(revision, signal));
      const result = await requestChanges(
        { env, repository, registry, signatures, load: parts.load, history: read, decideAt, platforms, signal },
        request,
      );
      if (result.commit !== undefined) await parts.lookNow();
      return result;
    },
    async history(key, limit, until) {
      const revision = memory.sync.revision;
      if (revision === undefined) return [];
      const entries = toEntries(await readHistory(revision, until));
      return entries.filter((entry) => key === undefined || entry.object === key).slice(0, limit);
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

/** Which images that policies may change are not known well enough to say that nothing is to be done. */
function undecidedOf(decided: readonly Decided[]): (workload: string, container: string) => boolean {
  const open = decided.filter((one) => isFollowed(one.subject) && isUnknown(one));
  const names = new Set(open.map(({ subject: { place } }) => `${place.workload} ${place.container}`));
  return (workload, container) => names.has(`${workload} ${container}`);
}

function isUnknown(decided: Decided | undefined): boolean {
  if (decided?.scannedAt === undefined) return true;
  return decided.decision.needsMetadata.length > 0 || decided.decision.needsSignature !== undefined;
}
