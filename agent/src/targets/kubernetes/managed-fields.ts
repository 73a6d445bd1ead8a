import { isObject, type Json, type JsonObject, listAt, type Path, stringAt } from '@weaveflux/shared';

/** An entry of `metadata.managedFields`. */
export interface ManagedFieldsEntry {
  readonly manager: string;
  readonly operation: string;
  readonly apiVersion: string;
  readonly subresource: string;
  /** RFC 3339. */
  readonly time: string;
  readonly fields: JsonObject;
  readonly raw: JsonObject;
}

export function managedFieldsOf(object: JsonObject): ManagedFieldsEntry[] {
  return listAt(object, ['metadata', 'managedFields']).flatMap((raw) => {
    if (!isObject(raw)) return [];
    const fields = raw.fieldsV1;
    return [
      {
        manager: stringAt(raw, ['manager']) ?? '',
        operation: stringAt(raw, ['operation']) ?? '',
        apiVersion: stringAt(raw, ['apiVersion']) ?? '',
        subresource: stringAt(raw, ['subresource']) ?? '',
        time: stringAt(raw, ['time']) ?? '',
        fields: isObject(fields) ? fields : {},
        raw,
      },
    ];
  });
}

/** The newest entry that owns the field at a path, ours only where nobody else does. */
export function ownerOfField(object: JsonObject, path: Path, ours: string): ManagedFieldsEntry | undefined {
  const owners = managedFieldsOf(object).filter((entry) => owns(entry.fields, object, path));
  owners.sort((a, b) => Number(a.manager === ours) - Number(b.manager === ours) || b.time.localeCompare(a.time));
  return owners[0];
}

/** Whether a `fieldsV1` tree holds the field at a path of an object, or something below it. */
export function owns(fields: JsonObject, object: Json, path: Path): boolean {
  let trees: JsonObject[] = [fields];
  let value: Json | undefined = object;
  for (const step of path) {
    const inside: Json | undefined = typeof step === 'number' ? item(value, step) : member(value, step);
    trees = trees.flatMap((tree) =>
      Object.entries(tree).flatMap(([name, below]) => (isObject(below) && matches(name, step, inside) ? [below] : [])),
    );
    if (trees.length === 0) return false;
    value = inside;
  }
  return true;
}

function member(value: Json | undefined, step: string): Json | undefined {
  return isObject(value) ? value[step] : undefined;
}

function item(value: Json | undefined, step: number): Json | undefined {
  return Array.isArray(value) ? value[step] : undefined;
}

/** `f:<name>` is a member, `k:<json of the keys>` and `v:<json>` an item of a list (structured-merge-diff, fieldpath). */
function matches(name: string, step: string | number, inside: Json | undefined): boolean {
  if (typeof step === 'string') return name === `f:${step}`;
  const written = parsed(name.slice(2));
  if (name.startsWith('v:')) return JSON.stringify(written) === JSON.stringify(inside);
  if (!name.startsWith('k:') || !isObject(written) || !isObject(inside)) return false;
  return Object.entries(written).every(([key, value]) => JSON.stringify(inside[key]) === JSON.stringify(value));
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
