import { type JsonObject, objectAt } from '../json.ts';
import type { ObjectId } from './identity.ts';

/** One object as the repository states it. Its namespace is as written ('' where none is). */
export interface Manifest {
  readonly id: ObjectId;
  readonly apiVersion: string;
  /** The document as JSON, exactly as written. */
  readonly value: JsonObject;
  /** Path inside the repository. */
  readonly file: string;
  /** 1-based line where the document starts (of its first key). */
  readonly line: number;
  /** 0-based index of the document in its file. */
  readonly document: number;
  /** Where the object lies inside its document: [] or, from a List, ['items', n]. */
  readonly at: readonly (string | number)[];
}

/** The annotations of an object as written. */
export function annotationsOf(object: JsonObject): JsonObject {
  return objectAt(object, ['metadata', 'annotations']);
}
