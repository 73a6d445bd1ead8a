import { type Health, type JsonObject, valueAt } from '@weaveflux/shared';
import type { CommitDetail } from '../../git/repository.ts';
import type { ImageHistoryEntry } from '../past/history.ts';
import { failureOf, pastChange } from '../past/holds.ts';
import type { MessageRequest } from '../past/trailers.ts';

/** What going back changes of one container: from the tag (and digest) that failed to that which was healthy. */
export interface BackStep {
  readonly container: string;
  readonly failed: string;
  readonly failedDigest: string | undefined;
  readonly good: string;
  readonly goodDigest: string | undefined;
}

/** What the agent released to a workload since it was last known to be healthy. */
export interface OwnRelease {
  /** The newest of its commits. */
  readonly commit: CommitDetail;
  readonly steps: readonly BackStep[];
}

/** How long a release may take, and whether the workload's own controller says when it has failed. */
export interface Deadline {
  readonly milliseconds: number;
  readonly own: boolean;
}

/** How a release that is out stands. */
export type Standing = 'waiting' | 'healthy' | 'failed';

/** A workload that goes back, with why. */
export interface Failure {
  /** `namespace:kind/name`. */
  readonly workload: string;
  /** One line: what its health says. */
  readonly reason: string;
  readonly release: OwnRelease;
}

/** What Kubernetes takes where a Deployment names none, in seconds; and what means none. */
const PROGRESS_DEADLINE = 600;
const NO_PROGRESS_DEADLINE = 2 ** 31 - 1;
/** Milliseconds: a release that is older when the agent first sees it may have been healthy meanwhile. */
const LONG_AGO = 3_600_000;
/** Characters of a reason that a commit and an event tell. */
const REASON_LENGTH = 300;

/**
 * What the agent released to a workload by itself since it was healthy, from the changes of its images (newest first), and
 * how to go back to what it had then. `undefined` where there is nothing that it may take back: a person changed an image
 * since, it is not known to have been healthy, or it has gone back from one of these tags before.
 */
export function ownRelease(newestFirst: readonly ImageHistoryEntry[], workload: string): OwnRelease | undefined {
  const own: ImageHistoryEntry[] = [];
  for (const [, entries] of Map.groupBy(newestFirst, ({ commit }) => commit.revision)) {
    if (!entries.every((entry) => isByAgent(entry, workload))) return undefined;
    own.push(...entries);
    if (entries[0]?.trailers.healthyBefore?.includes(workload) === true) return releaseOf(own, newestFirst, workload);
  }
  return undefined;
}

function releaseOf(
  own: readonly ImageHistoryEntry[],
  all: readonly ImageHistoryEntry[],
  workload: string,
): OwnRelease | undefined {
  const [newest] = own;
  const steps = [...Map.groupBy(own, ({ container }) => container).values()].flatMap(stepOf);
  const isPossible = steps.every(({ good, failed }) => good !== '' && failed !== '');
  const again = steps.some((step) => all.some((entry) => wentBack(entry, step, workload)));
  if (newest === undefined || steps.length === 0 || !isPossible || again) return undefined;
  return { commit: newest.commit, steps };
}

/** The changes of one container, newest first, as one step back; none where they come to nothing. */
function stepOf(entries: readonly ImageHistoryEntry[]): BackStep[] {
  const [newest, oldest] = [entries[0], entries.at(-1)];
  if (newest === undefined || oldest === undefined) return [];
  const { container, to: failed, toDigest: failedDigest } = newest;
  const { from: good, fromDigest: goodDigest } = oldest;
  const isSame = failed === good && failedDigest === goodDigest;
  return isSame ? [] : [{ container, failed, failedDigest, good, goodDigest }];
}

/** What was only proposed on a branch is there because a person merged it. */
function isByAgent({ commit, trailers, container, from, to }: ImageHistoryEntry, workload: string): boolean {
  if (trailers.proposal !== undefined) return false;
  return pastChange({ revision: commit.revision, trailers }, { workload, container }, from, to).byAgent;
}

function wentBack(entry: ImageHistoryEntry, step: BackStep, workload: string): boolean {
  const isOfStep = entry.container === step.container && entry.from === step.failed;
  return isOfStep && entry.fromDigest === step.failedDigest && failureOf(entry.trailers, workload) !== undefined;
}

/** How long a workload with this body may take; `standard` is in milliseconds, for what has no deadline of its own. */
export function deadlineOf(kind: string, body: JsonObject, standard: number): Deadline {
  const found = valueAt(body, ['spec', 'progressDeadlineSeconds']);
  const seconds = typeof found === 'number' ? found : PROGRESS_DEADLINE;
  if (kind !== 'Deployment' || seconds >= NO_PROGRESS_DEADLINE) return { milliseconds: standard, own: false };
  return { milliseconds: seconds * 1000, own: true };
}

/** Whether a release is healthy, has failed or is waited for, `age` milliseconds after it was delivered. */
export function standingOf(health: Health | undefined, age: number, deadline: Deadline): Standing {
  if (health?.state === 'healthy') return 'healthy';
  if (health?.state === 'failed') return 'failed';
  const isLate = health?.state === 'progressing' && !deadline.own && age >= deadline.milliseconds;
  return isLate ? 'failed' : 'waiting';
}

/** Whether a release that the agent sees for the first time is so old that it may have been healthy and failed since. */
export function isLongAgo(age: number, { milliseconds }: Deadline): boolean {
  return age > Math.max(LONG_AGO, 3 * milliseconds);
}

/** What health says, as one line of a bounded length. */
export function reasonOf({ message }: Health): string {
  const line = message.replace(/\s+/g, ' ').replace(/\.$/, '').trim() || 'it is not healthy';
  return line.length > REASON_LENGTH ? `${line.slice(0, REASON_LENGTH - 1)}…` : line;
}

/** The first line of the commit, and the sentences below it. */
export function rollbackTexts(failures: readonly Failure[]): Required<Pick<MessageRequest, 'subject' | 'message'>> {
  const [first] = failures;
  const only = failures.length === 1 && first?.release.steps.length === 1 ? first.release.steps[0] : undefined;
  const subject =
    only === undefined
      ? `Roll back ${countOf(failures)} images`
      : `Roll back ${first?.workload} ${only.container} to ${nameOf(only.good, only.goodDigest)}`;
  const message = failures.map((failure) => `- ${sayFailure(failure)}.`).join('\n');
  return { subject, message };
}

/** `shop:deployment/web did not become healthy with app 1.1.0 (its deadline is exceeded)`. */
export function sayFailure({ workload, reason, release }: Failure): string {
  const tags = release.steps.map(
    ({ container, failed, failedDigest }) => `${container} ${nameOf(failed, failedDigest)}`,
  );
  return `${workload} did not become healthy with ${tags.join(', ')} (${reason})`;
}

/** `app 1.0.0`, of every container that goes back. */
export function sayGood({ release }: Failure): string {
  return release.steps.map(({ container, good, goodDigest }) => `${container} ${nameOf(good, goodDigest)}`).join(', ');
}

function countOf(failures: readonly Failure[]): number {
  return failures.reduce((sum, { release }) => sum + release.steps.length, 0);
}

/** A tag, with as much of its digest as tells it from another where one is written. */
function nameOf(tag: string, digest: string | undefined): string {
  return digest === undefined ? tag : `${tag}@${digest.slice(0, 'sha256:'.length + 12)}`;
}
