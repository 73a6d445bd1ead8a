import { type JsonObject, stringAt } from '@weaveflux/shared';
import { ENVIRONMENT_LABEL } from './labels.ts';
import { ourAnnotations } from './summarize.ts';

/** The little that is kept of an object that carries a label of ours or of another environment, or annotations for us. */
export interface KnownObject {
  readonly uid: string;
  readonly resourceVersion: string;
  /** Absent where it carries no label: then it may change unseen. */
  readonly environment: string | undefined;
  /** Ours and Flux v1's. */
  readonly annotations: Readonly<Record<string, string>>;
}

const NONE: Readonly<Record<string, string>> = {};

/** Such objects as last seen, by key; fed by lists, watches and our own writes. */
export interface KnownObjects {
  get(key: string): KnownObject | undefined;
  /** An object as read; without label and annotations it is forgotten. */
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
  const environment = stringAt(object, ['metadata', 'labels', ENVIRONMENT_LABEL]);
  const annotations = withoutWaste(ourAnnotations(object));
  if (environment === undefined && annotations === NONE) return undefined;
  return {
    uid: stringAt(object, ['metadata', 'uid']) ?? '',
    resourceVersion: stringAt(object, ['metadata', 'resourceVersion']) ?? '',
    environment,
    annotations,
  };
}

/** Most objects have none; they share one record. */
function withoutWaste(annotations: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.keys(annotations).length === 0 ? NONE : annotations;
}
