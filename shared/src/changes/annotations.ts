import { type JsonObject, objectAt } from '../json.ts';
import { annotationKeyFor, annotationKeysOf, type KeyName } from '../policies/keys.ts';
import { type Draft, setIn } from './draft.ts';

/** The annotations of an object as written. */
export function annotationsOf(object: JsonObject): JsonObject {
  return objectAt(object, ['metadata', 'annotations']);
}

/** Writes a key in the spelling that the object uses. */
export function annotate(draft: Draft, value: string, name: KeyName, container?: string): void {
  setIn(draft, ['metadata', 'annotations', annotationKeyFor(annotationsOf(draft.value), name, container)], value);
}

/** Removes a key in every spelling. */
export function unannotate(draft: Draft, name: KeyName, container?: string): void {
  for (const key of annotationKeysOf(annotationsOf(draft.value), name, container)) {
    setIn(draft, ['metadata', 'annotations', key], undefined);
  }
}
