import {
  ENVIRONMENT_LIST_LIMIT,
  type EnvironmentStatus,
  type ObjectStatus,
  type Problem,
  type Status,
  type Suspension,
} from '@weaveflux/shared';
import { short } from '../delivery/environment.ts';
import { shorten } from '../text/one-line.ts';
import { conditionsOf } from './conditions.ts';
import { isWaiting, nameOfKey } from './verdict.ts';

/** What the status of the Environment says besides the agent's own. */
export interface Surroundings {
  readonly now: Date;
  /** The pod that works. */
  readonly holder: string;
  /** `metadata.generation` of the object as it was last seen. */
  readonly generation?: number | undefined;
  /** The value of the reconcile annotation that was acted on last. */
  readonly handled?: string | undefined;
  /** As it was last written or seen. */
  readonly before?: EnvironmentStatus | undefined;
}

const LONGEST_MESSAGE = 1024;

/** The status of the Environment, made of the agent's: without anything that changes while nothing happens. */
export function environmentStatusOf(status: Status, around: Surroundings): EnvironmentStatus {
  const { repository, sync, prune } = status;
  const { generation, handled, holder, before, now } = around;
  const problems = problemsOf(status);
  return withoutGaps({
    observedGeneration: generation,
    conditions: conditionsOf(status, { now, generation, before: before?.conditions ?? [] }),
    lastHandledReconcileAt: handled,
    url: repository.url,
    branch: repository.branch,
    headRevision: repository.head?.revision,
    appliedRevision: sync.appliedRevision,
    healthyRevision: sync.healthyRevision,
    shortRevision: sync.appliedRevision === undefined ? undefined : short(sync.appliedRevision),
    syncState: sync.state,
    objects: countsOf(status.objects),
    problems: problems.length === 0 ? undefined : problems,
    suspensions: status.suspensions.length === 0 ? undefined : shown(status.suspensions).map(suspensionOf),
    pruneWaiting:
      prune === undefined ? undefined : { revision: prune.revision, reason: prune.reason, count: prune.objects.length },
    deployKey: repository.deployKey,
    version: status.version,
    holder,
  });
}

function countsOf(objects: readonly ObjectStatus[]): EnvironmentStatus['objects'] {
  const failed = objects.filter(isFailed);
  const waiting = objects.filter((object) => !isFailed(object) && isWaiting(object));
  const healthy = objects.filter((object) => !isFailed(object) && isFine(object));
  return {
    total: objects.length,
    healthy: healthy.length,
    progressing: waiting.length,
    failed: failed.length,
    drifted: objects.filter(({ drift }) => drift !== undefined).length,
  };
}

function isFailed({ action, health }: ObjectStatus): boolean {
  return action === 'failed' || health.state === 'failed';
}

/** What stands still because its spec says so counts as healthy. */
function isFine({ health }: ObjectStatus): boolean {
  return health.state === 'healthy' || health.state === 'suspended';
}

/** Of the repository first, then errors before warnings. */
function problemsOf({ repository, sync }: Status): NonNullable<EnvironmentStatus['problems']> {
  const all = [...(repository.problem === undefined ? [] : [repository.problem]), ...sync.problems];
  const errors = all.filter(({ severity }) => severity === 'error');
  const others = all.filter(({ severity }) => severity !== 'error');
  return shown([...errors, ...others]).map(problemOf);
}

function problemOf({ code, message, object, file, line }: Problem) {
  return withoutGaps({
    code,
    message: shorten(message, LONGEST_MESSAGE),
    object: object === undefined ? undefined : nameOfKey(object),
    file,
    line: line === undefined || line < 1 ? undefined : line,
  });
}

/** What was written by hand may hold anything for a time; the API takes only times. */
function suspensionOf({ reason, by, since, until, object }: Suspension) {
  return withoutGaps({
    reason,
    by,
    since: isTime(since) ? since : '1970-01-01T00:00:00Z',
    until: until !== undefined && isTime(until) ? until : undefined,
    object: object === undefined ? undefined : nameOfKey(object),
  });
}

function isTime(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text));
}

function shown<T>(list: readonly T[]): T[] {
  return list.slice(0, ENVIRONMENT_LIST_LIMIT);
}

type WithoutGaps<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** The same without the fields that have no value. */
function withoutGaps<T extends object>(value: T): WithoutGaps<T> {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as WithoutGaps<T>;
}
