import type { ObjectId } from '@weaveflux/shared';

/** A desired object that would be deleted together with this one: an object of a Namespace, or of a CRD's kind. */
export function holdsDesired(id: ObjectId, desired: Iterable<ObjectId>): ObjectId | undefined {
  if (id.group === '' && id.kind === 'Namespace') return find(desired, (other) => other.namespace === id.name);
  if (id.group !== 'apiextensions.k8s.io' || id.kind !== 'CustomResourceDefinition') return undefined;
  const dot = id.name.indexOf('.');
  const [plural, group] = [id.name.slice(0, dot), id.name.slice(dot + 1)];
  return find(desired, (other) => other.group === group && pluralsOf(other.kind).includes(plural));
}

/** The name of a CRD holds the plural only; these are what English and the API conventions make of a kind. */
function pluralsOf(kind: string): string[] {
  const lower = kind.toLowerCase();
  return [lower, `${lower}s`, `${lower}es`, `${lower.slice(0, -1)}ies`];
}

function find(ids: Iterable<ObjectId>, wanted: (id: ObjectId) => boolean): ObjectId | undefined {
  for (const id of ids) if (wanted(id)) return id;
  return undefined;
}
