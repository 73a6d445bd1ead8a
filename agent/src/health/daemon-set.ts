import { type Health, type JsonObject, stringAt } from '@weaveflux/shared';
import { countAt, numberAt } from './fields.ts';
import { healthy, progressing } from './results.ts';

/** A DaemonSet: an available pod of the new version on every node it is for (of any version with OnDelete). */
export function daemonSetHealth(object: JsonObject): Health {
  const desired = numberAt(object, ['status', 'desiredNumberScheduled']);
  if (desired === undefined || numberAt(object, ['status', 'observedGeneration']) === undefined) {
    return progressing('its controller has not seen it yet');
  }
  const counts = { ready: countAt(object, 'status', 'numberReady'), desired };
  const onDelete = stringAt(object, ['spec', 'updateStrategy', 'type']) === 'OnDelete';
  const updated = countAt(object, 'status', 'updatedNumberScheduled');
  if (!onDelete && updated < desired)
    return progressing(`${updated} of ${desired} pods are of the new version`, counts);
  const available = countAt(object, 'status', 'numberAvailable');
  return available < desired
    ? progressing(`${available} of ${desired} pods are available`, counts)
    : healthy('', counts);
}
