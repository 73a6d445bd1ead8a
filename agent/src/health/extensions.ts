import type { Health, JsonObject } from '@weaveflux/shared';
import { conditionOf, sayCondition } from './fields.ts';
import { failed, healthy, progressing } from './results.ts';

/** A CustomResourceDefinition: established; failed where its names are taken by another one. */
export function crdHealth(object: JsonObject): Health {
  const names = conditionOf(object, 'NamesAccepted');
  if (names?.status === 'False') return failed(sayCondition(names));
  const established = conditionOf(object, 'Established');
  if (established?.status === 'True') return healthy();
  if (established?.status === 'False' && established.reason !== 'Installing') return failed(sayCondition(established));
  return progressing('is being installed');
}

/** An APIService: available. The server behind it may always come back. */
export function apiServiceHealth(object: JsonObject): Health {
  const available = conditionOf(object, 'Available');
  if (available?.status === 'True') return healthy();
  return progressing(available === undefined ? 'is not available yet' : sayCondition(available));
}
