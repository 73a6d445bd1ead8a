import { type Health, type JsonObject, valueAt } from '@weaveflux/shared';
import { conditionOf, countAt, numberAt, sayCondition } from './fields.ts';
import { failed, healthy, progressing, suspended } from './results.ts';

/** A Deployment: rolled out, its replicas available; failed once the controller gives up at the progress deadline. */
export function deploymentHealth(object: JsonObject): Health {
  const desired = numberAt(object, ['spec', 'replicas']) ?? 1;
  const counts = { ready: countAt(object, 'status', 'readyReplicas'), desired };
  const progress = conditionOf(object, 'Progressing');
  if (progress?.reason === 'ProgressDeadlineExceeded') return failed(sayCondition(progress), counts);
  const missing = missingStep(object, desired);
  if (missing === undefined) return healthy('', counts);
  if (valueAt(object, ['spec', 'paused']) === true) return suspended(`its rollout is paused: ${missing}`, counts);
  const trouble = conditionOf(object, 'ReplicaFailure');
  return progressing(trouble?.status === 'True' ? `${missing}: ${sayCondition(trouble)}` : missing, counts);
}

/** What the rollout still waits for, or `undefined` when it is complete. */
function missingStep(object: JsonObject, desired: number): string | undefined {
  if (numberAt(object, ['status', 'observedGeneration']) === undefined) return 'its controller has not seen it yet';
  const replicas = countAt(object, 'status', 'replicas');
  const updated = countAt(object, 'status', 'updatedReplicas');
  const available = countAt(object, 'status', 'availableReplicas');
  if (updated < desired) return `${updated} of ${desired} replicas are of the new version`;
  if (replicas > updated) return `${replicas - updated} replicas of an earlier version are still running`;
  if (available < desired) return `${available} of ${desired} replicas are available`;
  const progress = conditionOf(object, 'Progressing');
  const settled = ['NewReplicaSetAvailable', 'DeploymentPaused'].includes(progress?.reason ?? '');
  // Without a progress deadline (2^31-1 by convention) the controller does not set the condition.
  if (progress !== undefined && !settled) return 'its rollout is not complete';
  return conditionOf(object, 'Available')?.status === 'False' ? 'too few replicas are available' : undefined;
}
