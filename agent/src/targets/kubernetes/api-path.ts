import type { ObjectId } from '@weaveflux/shared';
import type { KindInfo } from './types.ts';

/** Query parameters; those that are `undefined` are left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** The path of a kind's objects, in one namespace or ('') in all. */
export function collectionPath(kind: Pick<KindInfo, 'apiVersion' | 'plural' | 'namespaced'>, namespace = ''): string {
  const root = kind.apiVersion.includes('/') ? `/apis/${kind.apiVersion}` : `/api/${kind.apiVersion}`;
  const inside = kind.namespaced && namespace !== '' ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${root}${inside}/${kind.plural}`;
}

/** The path of one object. */
export function objectPath(kind: KindInfo, id: Pick<ObjectId, 'namespace' | 'name'>): string {
  return `${collectionPath(kind, id.namespace)}/${encodeURIComponent(id.name)}`;
}

/** A path with its query. */
export function withQuery(path: string, query: Query | undefined): string {
  const parts = Object.entries(query ?? {}).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(String(value))}`],
  );
  return parts.length === 0 ? path : `${path}?${parts.join('&')}`;
}
