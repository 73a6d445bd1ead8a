import { type JsonObject, objectAt, stringAt } from '@weaveflux/shared';
import { ENVIRONMENT_LABEL } from './labels.ts';
import { ourAnnotations } from './summarize.ts';

/** The little that is kept of an object that carries a label of ours or of another environment. */
export interface KnownObject {
  readonly uid: string;
  readonly resourceVersion: string;
  readonly environment: string;
  /** Ours and Flux v1's. */
  readonly annotations: Readonly<Record<string, string>>;
}

const NONE: Readonly<Record<string, string>> = {};

/** Labelled objects as last seen, by key; fed by lists, watches and our own writes. */
export interface KnownObjects {
  get(key: string): KnownObject | undefined;
  /** An object as read; without the label it is forgotten. */
  see(key: string, object: JsonObject): void;
  forget(key: string): void;
}

export function createKnownObjects(): KnownObjects {
  const byKey = new Map<string, KnownObject>();
  return {
    get: (key) => byKey.get(key),
    see(key, object) {
      const known = knownOf(object);
      if (known === undefined) byKey.delete(key);
      else byKey.set(key, known);
    },
    forget(key) {
      byKey.delete(key);
    },
  };
}

function knownOf(object: JsonObject): KnownObject | undefined {
  const environment = objectAt(object, ['metadata', 'labels'])[ENVIRONMENT_LABEL];
  if (typeof environment !== 'string') return undefined;
  return {
    uid: stringAt(object, ['metadata', 'uid']) ?? '',
    resourceVersion: stringAt(object, ['metadata', 'resourceVersion']) ?? '',
    environment,
    annotations: withoutWaste(ourAnnotations(object)),
  };
}

/** Most objects have none; they share one record. */
function withoutWaste(annotations: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.keys(annotations).length === 0 ? NONE : annotations;
}
