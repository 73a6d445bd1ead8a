import { type Health, type JsonObject, listAt, stringAt } from '@weaveflux/shared';
import { conditionOf, numberAt, sayCondition } from './fields.ts';
import { failed, healthy, progressing } from './results.ts';

/**
 * What holds for every kind before its own rule is asked (kstatus): deletion, a generation the controller has not
 * seen, and the standard conditions Reconciling and Stalled. `undefined` = the kind's rule decides.
 */
export function generalHealth(object: JsonObject): Health | undefined {
  if (stringAt(object, ['metadata', 'deletionTimestamp'])) return progressing(sayDeletion(object));
  const generation = numberAt(object, ['metadata', 'generation']);
  const observed = numberAt(object, ['status', 'observedGeneration']);
  if (generation !== undefined && observed !== undefined && observed < generation) {
    return progressing('its controller has not seen the last change yet');
  }
  const stalled = conditionOf(object, 'Stalled');
  if (stalled?.status === 'True') return failed(sayCondition(stalled));
  const reconciling = conditionOf(object, 'Reconciling');
  if (reconciling?.status === 'True') return progressing(sayCondition(reconciling));
  return undefined;
}

/** The rule of kinds without one of their own: the condition Ready where there is one, else being there is enough. */
export function conditionsHealth(object: JsonObject): Health {
  const ready = conditionOf(object, 'Ready');
  if (ready === undefined) return healthy();
  const generation = numberAt(object, ['metadata', 'generation']);
  if (generation !== undefined && ready.observedGeneration !== undefined && ready.observedGeneration < generation) {
    return progressing('its condition Ready is of an earlier generation');
  }
  return ready.status === 'True' ? healthy(ready.message) : progressing(sayCondition(ready));
}

function sayDeletion(object: JsonObject): string {
  const finalizers = listAt(object, ['metadata', 'finalizers']);
  return finalizers.length === 0 ? 'is being deleted' : `is being deleted and waits for ${finalizers.join(', ')}`;
}
