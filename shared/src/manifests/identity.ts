import type { JsonObject } from '../json.ts';
import { stringAt } from '../json.ts';

/**
 * The group of what is no object of any cluster, but a place in the repository where images are written: a file, a
 * kustomization, a service of Compose. Its name is the path of the file, with what is meant inside of it.
 */
export const PLACE_GROUP = 'files.weaveflux.dev';

/** What makes an object the same object: API group ('' = core), kind, namespace ('' = cluster-scoped), name. */
export interface ObjectId {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** The group of an `apiVersion`: '' for `v1`, `apps` for `apps/v1`. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

/** The id of a manifest or a live object, its namespace as written there. */
export function idOf(object: JsonObject): ObjectId {
  return {
    group: groupOf(stringAt(object, ['apiVersion']) ?? ''),
    kind: stringAt(object, ['kind']) ?? '',
    namespace: stringAt(object, ['metadata', 'namespace']) ?? '',
    name: stringAt(object, ['metadata', 'name']) ?? '',
  };
}

/** The id as one string, `group/kind/namespace/name`: the key of maps, inventory lines, status and events. */
export function objectKey(id: ObjectId): string {
  return `${id.group}/${id.kind}/${id.namespace}/${id.name}`;
}

/** The id of a key made by `objectKey`, or `undefined` when the text is none. */
export function parseObjectKey(key: string): ObjectId | undefined {
  const [group, kind, namespace, name, ...rest] = key.split('/');
  if (group === undefined || !kind || namespace === undefined || !name) return undefined;
  if (rest.length > 0 && group !== PLACE_GROUP) return undefined;
  return { group, kind, namespace, name: [name, ...rest].join('/') };
}

/**
 * How people see an object, as in Flux v1: `namespace:kind/name`, `<cluster>` standing for no namespace; of a place in the
 * repository its kind and path: `file:charts/cart/values.yaml`.
 */
export function displayName(id: ObjectId): string {
  if (id.group === PLACE_GROUP) return `${id.kind.toLowerCase()}:${id.name}`;
  return `${id.namespace === '' ? '<cluster>' : id.namespace}:${id.kind.toLowerCase()}/${id.name}`;
}

/**
 * The ids that a person's text may mean: an `objectKey`, `namespace:kind/name`, or any suffix of that at a
 * boundary (`kind/name`, `name`; of a file the end of its path). Kinds compare without case. One id = unambiguous.
 */
export function matchObjects(ids: Iterable<ObjectId>, text: string): ObjectId[] {
  const wanted = text.toLowerCase();
  const all = [...ids];
  const exact = all.filter((id) => objectKey(id) === text || displayName(id).toLowerCase() === wanted);
  if (exact.length > 0) return exact;
  return all.filter((id) => {
    const shown = displayName(id).toLowerCase();
    return shown.endsWith(`:${wanted}`) || shown.endsWith(`/${wanted}`);
  });
}
