import { isObject, type Json, type JsonObject, objectAt, stringAt, toPointer } from '@weaveflux/shared';

/** One operation of a JSON patch (RFC 6902). */
export interface Operation {
  readonly op: 'add' | 'remove' | 'replace' | 'test';
  readonly path: string;
  readonly value?: Json;
}

/** The operations that make one value of another; lists grow at their end, so that what a person added before stays. */
export function operations(from: Json, to: Json, path: readonly (string | number)[] = []): Operation[] {
  if (equal(from, to)) return [];
  if (isObject(from) && isObject(to)) return ofFields(from, to, path);
  if (Array.isArray(from) && Array.isArray(to)) return ofItems(from, to, path);
  return [{ op: 'replace', path: toPointer(path), value: to }];
}

function ofFields(from: JsonObject, to: JsonObject, path: readonly (string | number)[]): Operation[] {
  const keys = new Set([...Object.keys(from), ...Object.keys(to)]);
  return [...keys].flatMap((key): Operation[] => {
    const at = [...path, key];
    const [before, after] = [from[key], to[key]];
    if (after === undefined) return [{ op: 'remove', path: toPointer(at) }];
    if (before === undefined) return [{ op: 'add', path: toPointer(at), value: after }];
    return operations(before, after, at);
  });
}

function ofItems(from: readonly Json[], to: readonly Json[], path: readonly (string | number)[]): Operation[] {
  const gone = from.flatMap((item, index) => (to.some((other) => equal(item, other)) ? [] : [index]));
  if (from.length === to.length && gone.length > 0)
    return from.flatMap((item, index) => operations(item, to[index] ?? null, [...path, index]));
  const kept = from.filter((_, index) => !gone.includes(index));
  if (!kept.every((item, index) => equal(item, to[index] ?? null)))
    return [{ op: 'replace', path: toPointer(path), value: [...to] }];
  return [
    ...gone.toReversed().flatMap((index) => removeItem(from[index] ?? null, toPointer([...path, index]))),
    ...to.slice(kept.length).map((value): Operation => ({ op: 'add', path: `${toPointer(path)}/-`, value })),
  ];
}

/** An item goes only if it is the one that is meant: in a list that somebody changed, another may stand there. */
function removeItem(value: Json, path: string): Operation[] {
  return [
    { op: 'test', path, value },
    { op: 'remove', path },
  ];
}

/** What tells two objects of an installation apart. */
export function identity(object: JsonObject): string {
  const metadata = objectAt(object, ['metadata']);
  return [object.apiVersion, object.kind, metadata.namespace ?? '', stringAt(metadata, ['name'])].join(' ');
}

function equal(a: Json, b: Json): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
