import { type Health, type JsonObject, valueAt } from '@weaveflux/shared';
import { conditionOf, countAt, sayCondition } from './fields.ts';
import { failed, healthy, progressing, suspended } from './results.ts';

/**
 * A Job: healthy when complete. Unlike kstatus, one that still runs is progressing: a revision with a migration
 * is not healthy before the migration is through.
 */
export function jobHealth(object: JsonObject): Health {
  const end = conditionOf(object, 'Failed');
  if (end?.status === 'True') return failed(sayCondition(end));
  if (conditionOf(object, 'Complete')?.status === 'True') return healthy();
  if (valueAt(object, ['spec', 'suspend']) === true) return suspended('is suspended by its spec');
  const active = countAt(object, 'status', 'active');
  const unlucky = countAt(object, 'status', 'failed');
  if (active === 0 && unlucky === 0) return progressing('has not started yet');
  return progressing(unlucky === 0 ? 'is running' : `is running, ${unlucky} pods have failed so far`);
}

/** Whether a live Job has ended, well or not: such a one is not created again in the same revision. */
export function isFinishedJob(object: JsonObject): boolean {
  return ['Complete', 'Failed'].some((type) => conditionOf(object, type)?.status === 'True');
}

/** A CronJob: healthy where it is, suspended where its spec says so; its Jobs speak for themselves. */
export function cronJobHealth(object: JsonObject): Health {
  return valueAt(object, ['spec', 'suspend']) === true ? suspended('is suspended by its spec') : healthy();
}
