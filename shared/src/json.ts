/** A JSON value as `JSON.parse` gives it. */
export type Json = string | number | boolean | null | Json[] | JsonObject;

/** A JSON object; a key that is absent reads as `undefined`. */
export interface JsonObject {
  [key: string]: Json | undefined;
}

/** The keys and indexes that lead from a document's root to a value in it. */
export type Path = readonly (string | number)[];

/** Whether a value is a JSON object: neither null nor an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a path, or `undefined` where the path leads nowhere. */
export function valueAt(value: Json | undefined, path: Path): Json | undefined {
  let here: Json | undefined = value;
  for (const step of path) {
    if (typeof step === 'number') here = Array.isArray(here) ? here[step] : undefined;
    else here = isObject(here) && Object.hasOwn(here, step) ? here[step] : undefined;
  }
  return here;
}

/** The object at a path, or an empty one: for reading optional parts of a manifest. */
export function objectAt(value: Json | undefined, path: Path): JsonObject {
  const found = valueAt(value, path);
  return isObject(found) ? found : {};
}

/** The string at a path, or `undefined` where there is none or it is of another type. */
export function stringAt(value: Json | undefined, path: Path): string | undefined {
  const found = valueAt(value, path);
  return typeof found === 'string' ? found : undefined;
}

/** The list at a path, or an empty one. */
export function listAt(value: Json | undefined, path: Path): Json[] {
  const found = valueAt(value, path);
  return Array.isArray(found) ? found : [];
}

/** A path as a JSON Pointer (RFC 6901): `/spec/replicas`. */
export function toPointer(path: Path): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
