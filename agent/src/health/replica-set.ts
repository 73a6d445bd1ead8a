import type { Health, JsonObject } from '@weaveflux/shared';
import { conditionOf, countAt, numberAt, sayCondition } from './fields.ts';
import { healthy, progressing } from './results.ts';

/** A ReplicaSet or ReplicationController: as many pods as asked for, all available. */
export function replicaSetHealth(object: JsonObject): Health {
  const desired = numberAt(object, ['spec', 'replicas']) ?? 1;
  const counts = { ready: countAt(object, 'status', 'readyReplicas'), desired };
  const trouble = conditionOf(object, 'ReplicaFailure');
  if (trouble?.status === 'True') return progressing(sayCondition(trouble), counts);
  const available = countAt(object, 'status', 'availableReplicas');
  if (available < desired) return progressing(`${available} of ${desired} replicas are available`, counts);
  const surplus = countAt(object, 'status', 'replicas') - desired;
  return surplus > 0 ? progressing(`${surplus} surplus replicas are ending`, counts) : healthy('', counts);
}
