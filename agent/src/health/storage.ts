import { type Health, type JsonObject, stringAt } from '@weaveflux/shared';
import { failed, healthy, progressing } from './results.ts';

/** A PersistentVolumeClaim: bound. A lost volume does not come back by itself. */
export function claimHealth(object: JsonObject): Health {
  const phase = stringAt(object, ['status', 'phase']);
  if (phase === 'Bound') return healthy();
  if (phase === 'Lost') return failed('its volume is lost');
  return progressing('waits for a volume');
}

/** A PersistentVolume: available or bound; failed where its reclamation failed. */
export function volumeHealth(object: JsonObject): Health {
  const phase = stringAt(object, ['status', 'phase']);
  if (phase === 'Failed') return failed(stringAt(object, ['status', 'message']) ?? 'could not be reclaimed');
  return phase === 'Available' || phase === 'Bound' || phase === 'Released'
    ? healthy()
    : progressing('is not ready yet');
}
