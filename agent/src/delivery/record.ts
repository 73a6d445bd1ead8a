import { type Action, displayName, type EventType, type Outcome, type Problem } from '@weaveflux/shared';
import type { ApplyResult, DesiredObject } from '../targets/kubernetes/types.ts';
import type { Environment } from './environment.ts';
import { noteAnswer } from './memory.ts';

/** At most so many single-object events a delivery; above it only failures and the summary are told. */
const TOLD_OBJECTS = 100;

const EVENT_OF: Partial<Record<Action, EventType>> = {
  created: 'object-created',
  configured: 'object-configured',
  deleted: 'object-deleted',
  failed: 'object-failed',
};

/** Why a Job that has ended and is gone is not sent again. */
export const JOB_ENDED = 'it has run, and runs again only when its manifest changes';

/** Takes down what comes of each object of a delivery: into the memory, the events and the report. */
export interface Recorder {
  readonly outcomes: Outcome[];
  result(object: DesiredObject, result: ApplyResult): void;
  skip(object: DesiredObject, reason: string): void;
  unchanged(object: DesiredObject): void;
}

/** A recorder for one delivery of a revision; `overtaken` is called with what others changed before our write was answered. */
export function recorder(env: Environment, revision: string, overtaken: (key: string) => void): Recorder {
  const { memory } = env;
  const outcomes: Outcome[] = [];
  let told = 0;

  function result(object: DesiredObject, applied: ApplyResult): void {
    const { key } = object;
    if (applied.action === 'skipped' && applied.reason !== undefined) {
      skip(object, applied.reason);
      return;
    }
    const problem = applied.problem === undefined ? undefined : placed(applied.problem, object);
    const before = memory.outcomes.get(key);
    const isOld = problem !== undefined && before?.revision === revision && before.problem?.message === problem.message;
    // The target skips nothing but Jobs that have ended and are gone.
    const reason = applied.action === 'skipped' ? { reason: JOB_ENDED } : {};
    memory.outcomes.set(key, { action: applied.action, revision, problem, ...reason });
    const isOvertaken = applied.live !== undefined && !noteAnswer(memory, applied.live);
    if (problem === undefined) {
      memory.applied.set(key, { hash: object.hash });
      memory.drift.delete(key);
    } else {
      memory.applied.delete(key);
    }
    note(object, applied.action, problem?.message ?? reason.reason ?? '', isOld);
    if (isOvertaken) overtaken(key);
  }

  /** Takes down an outcome and tells it, unless it was told at an earlier try. */
  function note(object: DesiredObject, action: Action, message: string, isOld = false): void {
    const { file, line } = object.manifest;
    const name = displayName(object.id);
    outcomes.push({ subject: object.key, name, result: action, message, file, line });
    const type = EVENT_OF[action];
    if (type === undefined || isOld) return;
    told += 1;
    if (told > TOLD_OBJECTS && action !== 'failed') return;
    env.emit({
      type,
      severity: action === 'failed' ? 'error' : 'info',
      revision,
      object: object.key,
      file,
      line,
      message: action === 'failed' ? `${name}: ${message}` : `${name} ${action}.`,
    });
  }

  function skip(object: DesiredObject, reason: string): void {
    memory.outcomes.set(object.key, { action: 'skipped', revision, reason });
    note(object, 'skipped', reason);
  }

  function unchanged(object: DesiredObject): void {
    if (memory.outcomes.get(object.key)?.reason === JOB_ENDED) {
      skip(object, JOB_ENDED);
      return;
    }
    memory.outcomes.set(object.key, { action: 'unchanged', revision });
    note(object, 'unchanged', '');
  }

  return { outcomes, result, skip, unchanged };
}

/** A problem of one object, with the place where its manifest stands. */
function placed(problem: Problem, { key, manifest }: DesiredObject): Problem {
  return { object: key, file: manifest.file, line: manifest.line, ...problem };
}
