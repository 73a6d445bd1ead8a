import { type Health, type JsonObject, stringAt } from '@weaveflux/shared';
import { countAt, numberAt } from './fields.ts';
import { healthy, progressing } from './results.ts';

/**
 * A StatefulSet: all replicas ready and, as its strategy asks, of the new revision: all of them, those above the
 * partition, or (OnDelete) whichever a person has deleted. Its controller never reports failure.
 */
export function statefulSetHealth(object: JsonObject): Health {
  const desired = numberAt(object, ['spec', 'replicas']) ?? 1;
  const ready = countAt(object, 'status', 'readyReplicas');
  const counts = { ready, desired };
  const missing = missingReplicas(object, desired, ready) ?? missingUpdate(object, desired);
  return missing === undefined ? healthy('', counts) : progressing(missing, counts);
}

function missingReplicas(object: JsonObject, desired: number, ready: number): string | undefined {
  if (numberAt(object, ['status', 'observedGeneration']) === undefined) return 'its controller has not seen it yet';
  if (ready < desired) return `${ready} of ${desired} replicas are ready`;
  const surplus = countAt(object, 'status', 'replicas') - desired;
  return surplus > 0 ? `${surplus} surplus replicas are ending` : undefined;
}

function missingUpdate(object: JsonObject, desired: number): string | undefined {
  const strategy = ['spec', 'updateStrategy'];
  if (stringAt(object, [...strategy, 'type']) === 'OnDelete') return undefined;
  const partition = numberAt(object, [...strategy, 'rollingUpdate', 'partition']) ?? 0;
  const updated = countAt(object, 'status', 'updatedReplicas');
  if (partition > 0) {
    const wanted = Math.max(0, desired - partition);
    return updated < wanted ? `${updated} of the ${wanted} replicas above the partition are updated` : undefined;
  }
  const next = stringAt(object, ['status', 'updateRevision']);
  if (next === stringAt(object, ['status', 'currentRevision'])) return undefined;
  return `${updated} of ${desired} replicas are of the new version`;
}
