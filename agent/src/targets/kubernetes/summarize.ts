import { type Health, idOf, type JsonObject, objectAt, objectKey, stringAt, valueAt } from '@weaveflux/shared';
import { ENVIRONMENT_LABEL } from './labels.ts';
import type { LiveObject } from './types.ts';

const OUR_ANNOTATIONS = ['weaveflux.dev/', 'fluxcd.io/', 'flux.weave.works/', 'filter.fluxcd.io/'];

/** The summary of an object as read. */
export function summarize(object: JsonObject, healthOf: (object: JsonObject) => Health): LiveObject {
  const id = idOf(object);
  const generation = valueAt(object, ['metadata', 'generation']);
  return {
    id,
    key: objectKey(id),
    uid: stringAt(object, ['metadata', 'uid']) ?? '',
    resourceVersion: stringAt(object, ['metadata', 'resourceVersion']) ?? '',
    generation: typeof generation === 'number' ? generation : undefined,
    environment: stringAt(object, ['metadata', 'labels', ENVIRONMENT_LABEL]),
    deleting: stringAt(object, ['metadata', 'deletionTimestamp']) !== undefined,
    annotations: ourAnnotations(object),
    health: healthOf(object),
  };
}

/** Those annotations of an object that say something to us, Flux v1's among them. */
export function ourAnnotations(object: JsonObject): Record<string, string> {
  const ours: Record<string, string> = {};
  for (const [name, value] of Object.entries(objectAt(object, ['metadata', 'annotations'])))
    if (typeof value === 'string' && OUR_ANNOTATIONS.some((start) => name.startsWith(start))) ours[name] = value;
  return ours;
}
