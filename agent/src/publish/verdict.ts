import {
  displayName,
  type ErrorCode,
  isRetryable,
  type ObjectStatus,
  parseObjectKey,
  type Status,
} from '@weaveflux/shared';
import { short } from '../delivery/environment.ts';

/** How an environment stands, in the words of a condition. */
export interface Verdict {
  readonly ready: 'True' | 'False' | 'Unknown';
  /** One word in CamelCase. */
  readonly reason: string;
  /** One sentence. */
  readonly message: string;
  /** What happens next: it goes on by itself, or only after somebody has changed something; absent = nothing is to be done. */
  readonly next?: 'reconciling' | 'stalled';
}

/** At most so many objects are named in one sentence. */
const NAMED = 3;
/** Errors that are tried again, but that only a person ends. */
const FOR_PEOPLE: ReadonlySet<ErrorCode> = new Set(['GIT_AUTH', 'GIT_HOST_KEY', 'UNAUTHORIZED', 'INVALID_SETTINGS']);

/** Says whether the head revision is applied and healthy, and if not, why and what comes next. */
export function verdictOf(status: Status): Verdict {
  const { repository, sync } = status;
  const { head, problem } = repository;
  if (problem !== undefined && (head === undefined || !status.ready)) {
    return {
      ready: 'False',
      reason: reasonOf(problem.code),
      message: problem.message,
      next: nextAfter([problem.code]),
    };
  }
  if (head === undefined) {
    const message = 'The repository was not read yet.';
    return { ready: 'Unknown', reason: 'RepositoryNotRead', message, next: 'reconciling' };
  }
  const suspension = status.suspensions.find(({ object }) => object === undefined);
  if (isSettled(status, head.revision)) return healthy(status, head.revision);
  if (suspension !== undefined) {
    const message = `${short(head.revision)} is held back: the environment is suspended by ${suspension.by}.`;
    return { ready: 'False', reason: 'Suspended', message };
  }
  if (sync.revision === head.revision && sync.waits !== undefined)
    return { ready: 'False', reason: 'OutsideWindow', message: `${sync.waits.reason}.`, next: 'reconciling' };
  if (sync.revision === head.revision && sync.state === 'failed') return failed(status, head.revision);
  if (sync.revision === head.revision && sync.state === 'applied') return progressing(status, head.revision);
  if (sync.revision === head.revision && sync.state === 'healthy') return failed(status, head.revision);
  const message = `${short(head.revision)} is being applied.`;
  return { ready: 'False', reason: 'Applying', message, next: 'reconciling' };
}

/** An error's code as conditions and Events spell their reasons: `GitAuth`. */
export function reasonOf(code: ErrorCode): string {
  return code
    .toLowerCase()
    .split('_')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('');
}

/** A suspended environment may be as the revision says, though nobody keeps it so. */
function isSettled(status: Status, head: string): boolean {
  const { sync, objects, suspensions } = status;
  const isDone = sync.appliedRevision === head && sync.healthyRevision === head && errorsOf(status).length === 0;
  if (!isDone) return false;
  if (sync.state === 'healthy' && sync.revision === head) return true;
  const isSuspended = suspensions.some(({ object }) => object === undefined);
  return isSuspended && sync.state === 'pending' && objects.every(({ health }) => health.state !== 'failed');
}

function healthy({ prune }: Status, head: string): Verdict {
  const count = prune?.objects.length ?? 0;
  const waiting = count === 0 ? '' : `; ${count === 1 ? 'one object waits' : `${count} objects wait`} to be pruned`;
  return { ready: 'True', reason: 'Healthy', message: `${short(head)} is applied and healthy${waiting}.` };
}

function failed(status: Status, head: string): Verdict {
  const errors = errorsOf(status);
  const [first] = errors;
  if (first !== undefined) {
    const count = errors.length === 1 ? 'one error' : `${errors.length} errors, the first`;
    const next = nextAfter(errors.map(({ code }) => code));
    return {
      ready: 'False',
      reason: reasonOf(first.code),
      message: `${short(head)} has ${count}: ${first.message}`,
      next,
    };
  }
  const sick = status.objects.filter(({ health }) => health.state === 'failed');
  const named = sick.slice(0, NAMED).map(({ name, health }) => `${name} (${health.message})`);
  const more = sick.length > NAMED ? ` and ${sick.length - NAMED} more` : '';
  const message = `${short(head)} is not healthy: ${named.join(', ')}${more}.`;
  return { ready: 'False', reason: 'Unhealthy', message, next: 'stalled' };
}

function progressing({ objects }: Status, head: string): Verdict {
  const waiting = objects.filter(isWaiting).length;
  const message = `${short(head)} is applied; ${waiting} of ${objects.length} objects are not healthy yet.`;
  return { ready: 'False', reason: 'Progressing', message, next: 'reconciling' };
}

function errorsOf({ sync }: Status) {
  return sync.problems.filter(({ severity }) => severity === 'error');
}

/** One error that passes by itself is enough to go on. */
function nextAfter(codes: readonly ErrorCode[]): 'reconciling' | 'stalled' {
  return codes.some((code) => isRetryable(code) && !FOR_PEOPLE.has(code)) ? 'reconciling' : 'stalled';
}

/** Whether the health of an object is still awaited. */
export function isWaiting({ action, health }: ObjectStatus): boolean {
  if (action === 'skipped' || action === 'deleted' || action === 'failed') return false;
  return health.state === 'progressing' || health.state === 'unknown' || health.state === 'missing';
}

/** An object's key as people read it. */
export function nameOfKey(key: string): string {
  const id = parseObjectKey(key);
  return id === undefined ? key : displayName(id);
}
