import {
  asWeavefluxError,
  type ChangesRequest,
  type HistoryEntry,
  type ImageStatus,
  objectKey,
} from '@weaveflux/shared';
import type { DeliverySteps } from '../delivery/deliver.ts';
import { type Environment, short } from '../delivery/environment.ts';
import { suspensionOf } from '../plan/suspensions.ts';
import type { Registry } from '../registry/types.ts';
import type { JobResult } from '../service/jobs.ts';
import { requestChanges } from './change.ts';
import { createImageHistory, type ImageHistoryEntry, toHistoryEntry } from './history.ts';
import { imageStatus } from './images.ts';
import { createNews } from './news.ts';
import { describeProposal, draftProposals, type Proposal, proposalOf, trailerOf } from './proposals.ts';
import { type Decided, decideAll } from './scan.ts';
import { subjectsOf } from './subjects.ts';
import { formatMessage } from './trailers.ts';
import { writeBack } from './write-back.ts';

/** The second flow, running: registry to proposal to commit. */
export interface Automation {
  start(): void;
  /** A revision was delivered: what its images are is decided anew, soon. */
  delivered(): void;
  images(): readonly ImageStatus[];
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
  readonly load: DeliverySteps['load'];
  /** Makes the first flow look at once: there is a new commit. */
  lookNow(): Promise<void>;
  readonly signal: AbortSignal;
}

/** An automation that is not started yet. */
export function createAutomation(parts: AutomationParts): Automation {
  const { env, registry, signal } = parts;
  const { config, memory, repository } = env;
  const history = createImageHistory(repository);
  const news = createNews(env);
  let decided: readonly Decided[] = [];
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let again = false;

  function run(): void {
    again = running !== undefined;
    if (running !== undefined) return;
    clearTimeout(timer);
    running = pass()
      .catch(failed)
      .finally(() => {
        running = undefined;
        if (signal.aborted) return;
        timer = setTimeout(run, again ? 0 : config.automationInterval);
        again = false;
      });
  }

  async function pass(): Promise<void> {
    const revision = memory.sync.revision;
    if (revision === undefined || memory.wanted.size === 0) return;
    const subjects = subjectsOf(memory.wanted.values());
    if (config.registryDisableScanning) {
      decided = await decideAll(env, { ...registry, scan: neverScan }, subjects, [], signal);
      return;
    }
    const automated = subjects.some((subject) => subject.automated);
    const entries = automated ? await history.read(revision, config.gitPaths, signal) : [];
    decided = await decideAll(env, registry, subjects, entries, signal);
    news.tell(decided);
    const proposals = decided.flatMap(({ subject, decision }) => proposalOf(subject, decision)).filter(isFree);
    if (proposals.length > 0) await release(proposals);
  }

  /** A suspended workload keeps its image, as everything else. */
  function isFree({ subject }: Proposal): boolean {
    return suspensionOf(memory.suspensions, subject.key, env.now()) === undefined;
  }

  async function release(proposals: readonly Proposal[]): Promise<void> {
    if (config.gitReadonly) return news.propose(proposals);
    const { commit, result } = await writeBack(
      repository,
      async (head) => {
        const drafted = await draftProposals(proposals, await parts.load(head.revision, signal), signal);
        if (drafted.files.size === 0) return { request: undefined, result: drafted.carried };
        const skip = config.gitSkipMessage;
        const message = formatMessage({
          changes: drafted.carried.map(trailerOf),
          ...(skip === undefined ? {} : { skip }),
        });
        return { request: { files: drafted.files, message }, result: drafted.carried };
      },
      signal,
    );
    if (commit === undefined) return;
    for (const proposal of result) {
      env.metrics.releases.add({ result: 'released' });
      const { key, manifest, line } = proposal.subject;
      const message = `${describeProposal(proposal)} committed as ${short(commit.revision)}.`;
      env.emit({
        type: 'released',
        severity: 'info',
        revision: commit.revision,
        object: key,
        file: manifest.file,
        line,
        message,
      });
    }
    await parts.lookNow();
  }

  function failed(error: unknown): void {
    if (signal.aborted) return;
    env.metrics.releases.add({ result: 'failed' });
    const { message } = asWeavefluxError(error);
    news.once('release-failed', message, () => {
      env.emit({ type: 'release-failed', severity: 'error', message: `Images could not be released: ${message}` });
    });
  }

  async function readHistory(key: string | undefined, limit: number, until: AbortSignal) {
    const revision = memory.sync.revision;
    if (revision === undefined) return [];
    const entries = await history.read(revision, config.gitPaths, until);
    return entries
      .map((entry: ImageHistoryEntry) => toHistoryEntry(entry, resolveWritten))
      .filter((entry) => key === undefined || entry.object === key)
      .slice(0, limit);
  }

  /** The object that a manifest without a namespace turned out to be. */
  function resolveWritten(writtenKey: string): string {
    for (const [key, { object }] of memory.wanted) if (objectKey(object.manifest.id) === writtenKey) return key;
    return writtenKey;
  }

  return {
    start: run,
    delivered: run,
    images: () => decided.map(imageStatus),
    async change(request) {
      const result = await requestChanges(
        { env, registry, load: parts.load, history: readHistory, decided, signal },
        request,
      );
      if (result.commit !== undefined) await parts.lookNow();
      return result;
    },
    history: readHistory,
    async stop() {
      clearTimeout(timer);
      await running;
    },
  };
}

async function neverScan(): Promise<{ tags: []; scannedAt: string }> {
  return { tags: [], scannedAt: '' };
}
