import { isDeepStrictEqual } from 'node:util';
import { asWeavefluxError, manifestsOf, objectKey, parseFile, SETTINGS_FILE } from '@weaveflux/shared';
import type { DeliverySteps } from '../../delivery/deliver.ts';
import { type Environment, short } from '../../delivery/environment.ts';
import { delivered, type Wanted } from '../../delivery/memory.ts';
import { stanceToward } from '../../delivery/stance.ts';
import type { Repository } from '../../git/repository.ts';
import type { ImageHistoryEntry } from '../past/history.ts';
import { formatMessage } from '../past/trailers.ts';
import { isFollowed } from '../scan/scan-schedule.ts';
import type { Subject } from '../subjects.ts';
import type { News } from './news.ts';
import { type Drafted, draftProposals, trailerOf } from './proposals.ts';
import {
  deadlineOf,
  type Failure,
  isLongAgo,
  type OwnRelease,
  reasonOf,
  rollbackTexts,
  sayFailure,
  sayGood,
  standingOf,
} from './rollback.ts';
import { isSameRelease, releaseTo, stepsBack } from './rollback-edits.ts';
import { type Draft, type Written, writeBack } from './write-back.ts';

/** The name under which is remembered that going back failed. */
const FAILED = 'rollback-failed';

/** Goes back from releases of the agent's own with which their workloads do not become healthy. */
export interface Rollbacks {
  /** Whether a release to this object (`objectKey`) may be taken back later: it is asked for, and the workload is healthy now. */
  mayGoBackLater(object: string): boolean;
  /** Health may have changed; true where a release is seen to have failed that had not before. */
  look(): boolean;
  /**
   * Takes up the releases that the history of the delivered revision tells of, and commits what goes back; true where there was
   * a commit. What cannot be committed is told.
   */
  run(revision: string, subjects: readonly Subject[], history: readonly ImageHistoryEntry[]): Promise<boolean>;
}

/** What going back needs. */
export interface RollbackParts {
  readonly env: Environment;
  readonly repository: Pick<Repository, 'look' | 'push'>;
  readonly load: DeliverySteps['load'];
  readonly news: News;
  /** Of a revision, newest first. */
  history(revision: string): Promise<readonly ImageHistoryEntry[]>;
  /** These objects (`objectKey`) have gone back. */
  onBack(objects: readonly string[]): void;
  readonly signal: AbortSignal;
}

/** A release that is out, since when (milliseconds since the epoch), and whether nothing is waited for any more. */
interface Watched {
  readonly revision: string;
  readonly since: number;
  settled: boolean;
  failed: boolean;
}

/** A workload that is to go back. */
interface Due extends Failure {
  readonly object: string;
  readonly subjects: readonly Subject[];
}

/** The rollbacks of an environment of which nothing is known yet. */
export function createRollbacks(parts: RollbackParts): Rollbacks {
  const { env, signal } = parts;
  const { config, memory } = env;
  const watched = new Map<string, Watched>();

  /** The object as it was delivered, where failed releases to it are to be taken back. A Job has done its work once and for all. */
  function concerned(object: string): Wanted | undefined {
    const found = delivered(memory, object);
    const isAsked = found?.policies.rollback ?? config.rollbackOnFailedHealth;
    return isAsked && found?.object.id.kind !== 'Job' ? found : undefined;
  }

  /** Settles what has become healthy, and finds out what has failed. */
  function update(object: string, release: Watched): void {
    const found = delivered(memory, object);
    if (release.settled || found === undefined) return;
    const deadline = deadlineOf(found.object.id.kind, found.object.body, config.healthDeadline);
    const health = memory.live.get(object)?.health;
    const standing = standingOf(health, env.now().getTime() - release.since, deadline);
    release.settled = standing === 'healthy';
    release.failed = standing === 'failed';
  }

  /** The release as it is watched; one that is new to this agent counts from its delivery, else from its commit. */
  function watch(object: string, { object: { id, body } }: Wanted, { commit }: OwnRelease): Watched {
    const known = watched.get(object);
    if (known?.revision === commit.revision) return known;
    const now = env.now().getTime();
    const action = memory.outcomes.get(object)?.action;
    const isFresh = action === 'configured' || action === 'created';
    const committed = Date.parse(commit.time);
    const settled = isLongAgo(now - committed, deadlineOf(id.kind, body, config.healthDeadline));
    const since = isFresh ? now : committed;
    const release: Watched = { revision: commit.revision, since, settled, failed: false };
    watched.set(object, release);
    return release;
  }

  function dueOf(subjects: readonly Subject[], history: readonly ImageHistoryEntry[]): Due[] {
    const groups = Map.groupBy(subjects.filter(isFollowed), ({ place }) => place.object);
    for (const object of watched.keys()) if (!groups.has(object)) watched.delete(object);
    return [...groups].flatMap(([object, group]) => {
      const found = concerned(object);
      if (found === undefined) return [];
      const release = releaseTo(group, history);
      if (release === undefined) {
        watched.delete(object);
        return [];
      }
      const known = watch(object, found, release);
      update(object, known);
      const health = memory.live.get(object)?.health;
      if (!known.failed || health === undefined || stanceToward(env, found.object).kind === 'leave') return [];
      return [{ object, workload: workloadOf(group), reason: reasonOf(health), release, subjects: group }];
    });
  }

  /** A person may have changed more than an image since, and what fails may be that. */
  async function isAsReleased({ release, subjects }: Due): Promise<boolean> {
    for (const { manifest, place } of subjects) {
      const blob = release.commit.files.find(({ path }) => path === place.file)?.after;
      const text = blob === undefined ? undefined : (await env.repository.read([blob], signal)).get(blob);
      if (text === undefined) return false;
      const { manifests } = manifestsOf(parseFile(place.file, text));
      const key = objectKey(manifest.id);
      const isSame = manifests.some(
        ({ id, value }) => objectKey(id) === key && isDeepStrictEqual(value, manifest.value),
      );
      if (!isSame) return false;
    }
    return true;
  }

  async function draft(due: readonly Due[], revision: string, head: string): Promise<Draft<readonly Due[]>> {
    const history = await parts.history(head);
    const still =
      head === revision ? due : due.filter((one) => isSameRelease(one.release, releaseTo(one.subjects, history)));
    const loaded = await parts.load(head, signal);
    if (loaded.settings.images.write !== undefined) {
      propose(still, `images.write in ${SETTINGS_FILE} leaves it to people`);
      return { request: undefined, result: [] };
    }
    const drafted = await draftProposals(still.flatMap(stepsBack), loaded, signal);
    const carried = still.filter(({ object }) => drafted.carried.some(({ change }) => change.place.object === object));
    if (drafted.files.size === 0) return { request: undefined, result: [] };
    return { request: { files: drafted.files, message: messageOf(carried, drafted) }, result: carried };
  }

  /** What cannot be committed is told, and stops nothing else; it is tried again with the next pass. */
  async function goBack(due: readonly Due[], revision: string): Promise<Written<readonly Due[]>> {
    try {
      const written = await writeBack(parts.repository, (head) => draft(due, revision, head.revision), signal);
      parts.news.over(FAILED);
      return written;
    } catch (error) {
      if (signal.aborted) throw error;
      const message = `What did not become healthy could not be rolled back: ${asWeavefluxError(error).message}`;
      parts.news.once(FAILED, message, () => env.emit({ type: 'release-failed', severity: 'error', message }));
      return { commit: undefined, result: [] };
    }
  }

  function messageOf(failures: readonly Due[], { carried }: Drafted): string {
    const skip = config.gitSkipMessage;
    const changes = carried.map(({ change }) => trailerOf(change));
    return formatMessage({ ...rollbackTexts(failures), changes, failures, ...(skip === undefined ? {} : { skip }) });
  }

  function propose(due: readonly Due[], why: string): void {
    for (const one of due) {
      const message = `${sayFailure(one)}: going back to ${sayGood(one)} is proposed; ${why}.`;
      parts.news.once(`rollback ${one.object}`, message, () =>
        env.emit({ type: 'proposed', severity: 'warning', ...about(one), message }),
      );
    }
  }

  function tell(one: Due, revision: string): void {
    env.metrics.releases.add({ result: 'rolled-back' });
    const held = one.release.steps.map(({ failed }) => failed).join(', ');
    const message = `${sayFailure(one)}, so ${short(revision)} goes back to ${sayGood(one)}; ${held} is held until a newer tag, or \`weaveflux release\`.`;
    env.emit({ type: 'rolled-back', severity: 'warning', revision, ...about(one), message });
  }

  return {
    mayGoBackLater: (object) => concerned(object) !== undefined && memory.live.get(object)?.health.state === 'healthy',
    look() {
      let isNew = false;
      for (const [object, release] of watched) {
        const before = release.failed;
        update(object, release);
        isNew ||= release.failed && !before;
      }
      return isNew;
    },
    async run(revision, subjects, history) {
      // A later delivery has begun: what is wanted may be of another revision than the history.
      if (memory.sync.revision !== revision) return false;
      const found = dueOf(subjects, history);
      const asReleased = await Promise.all(found.map(isAsReleased));
      const due = found.filter((_, index) => asReleased[index]);
      if (due.length === 0) return false;
      if (config.gitReadonly) {
        propose(due, '--git-readonly keeps it from being committed');
        return false;
      }
      const { commit, result } = await goBack(due, revision);
      if (commit === undefined) return false;
      parts.onBack(result.map(({ object }) => object));
      for (const one of result) tell(one, commit.revision);
      return true;
    },
  };
}

function workloadOf([first]: readonly Subject[]): string {
  return first?.place.workload ?? '';
}

function about({ object, subjects: [first] }: Due): { object: string; file?: string; line?: number } {
  return { object, ...(first === undefined ? {} : { file: first.place.file, line: first.line }) };
}
