import type { EnvironmentCondition, Status } from '@weaveflux/shared';
import { shorten } from '../text/one-line.ts';
import { verdictOf } from './verdict.ts';

/** Others' words, such as those of a custom resource's health, may be longer than the API takes. */
const LONGEST_MESSAGE = 1_024;

/** A condition before it is known since when it is so. */
type Stand = Pick<EnvironmentCondition, 'type' | 'status' | 'reason' | 'message'>;

/** What times a condition carries. */
export interface ConditionTimes {
  readonly now: Date;
  readonly generation: number | undefined;
  /** As they were written last: what stays the same keeps its time. */
  readonly before: readonly EnvironmentCondition[];
}

/**
 * `Ready`, `Reconciling`, `Stalled` and `Suspended`, as kubectl and kstatus read them: an object with `Reconciling` is
 * in progress, with `Stalled` failed, with `Ready` current.
 */
export function conditionsOf(status: Status, times: ConditionTimes): EnvironmentCondition[] {
  const { ready, reason, message, next } = verdictOf(status);
  const why = { reason, message };
  return [
    { type: 'Ready', status: ready, ...why },
    next === 'reconciling' ? yes('Reconciling', why) : no('Reconciling', 'Settled', 'Nothing is under way.'),
    next === 'stalled' ? yes('Stalled', why) : no('Stalled', 'NotStalled', 'Nothing is stuck.'),
    suspended(status),
  ].map((stand) => timed(stand, times));
}

function suspended({ suspensions }: Status): Stand {
  const whole = suspensions.find(({ object }) => object === undefined);
  if (whole !== undefined) {
    const end = whole.until === undefined ? '' : ` until ${whole.until}`;
    return yes('Suspended', { reason: 'Suspended', message: `Suspended by ${whole.by}${end}: ${whole.reason}` });
  }
  const count = suspensions.length;
  const some = count === 1 ? 'One workload is suspended.' : `${count} workloads are suspended.`;
  return no('Suspended', 'NotSuspended', count === 0 ? 'Nothing is suspended.' : some);
}

function yes(type: string, why: Pick<Stand, 'reason' | 'message'>): Stand {
  return { type, status: 'True', ...why };
}

function no(type: string, reason: string, message: string): Stand {
  return { type, status: 'False', reason, message };
}

/** The time is that of the last change of the condition's status, whatever its words. */
function timed(stand: Stand, { now, generation, before }: ConditionTimes): EnvironmentCondition {
  const same = before.find(({ type, status }) => type === stand.type && status === stand.status);
  return {
    ...stand,
    message: shorten(stand.message, LONGEST_MESSAGE),
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    lastTransitionTime: same?.lastTransitionTime ?? secondsOf(now),
  };
}

/** A time as the Kubernetes API writes it, without fractions. */
export function secondsOf(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}
