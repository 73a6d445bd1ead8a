import type { HealthState, ObjectStatus } from '@weaveflux/shared';
import { isWorkloadKey } from '../names.ts';

/** Whether an object is a workload: by its kind, or because the agent tells of images in it. */
export function isWorkload({ key, images }: ObjectStatus): boolean {
  return images !== undefined || isWorkloadKey(key);
}

/** Whether the last delivery could not apply an object, however well what was there before runs. */
export function isRefused({ action, problem }: ObjectStatus): boolean {
  return action === 'failed' || problem?.severity === 'error';
}

/** How an object stands: what could not be applied has failed. */
export function stateOf(object: ObjectStatus): HealthState {
  return isRefused(object) ? 'failed' : object.health.state;
}

/** Why it stands so, in one sentence; empty where there is nothing to say. */
export function reasonOf({ problem, health }: ObjectStatus): string {
  return problem?.message ?? health.message;
}
