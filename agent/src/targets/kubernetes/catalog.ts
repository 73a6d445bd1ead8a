import { isObject, type Json, type JsonObject, listAt, stringAt } from '@weaveflux/shared';
import type { KindInfo } from './types.ts';

/** The kinds that one API group and version serves. */
export interface ServedVersion {
  readonly group: string;
  readonly version: string;
  readonly kinds: readonly { readonly kind: string; readonly plural: string; readonly namespaced: boolean }[];
  /** False when its server did not answer: what is listed may be old or nothing. */
  readonly fresh: boolean;
}

/** All kinds of a cluster. */
export interface Catalog {
  /** The kind at this very version. */
  find(apiVersion: string, kind: string): KindInfo | undefined;
  /** The kind at every version served, the preferred one first. */
  versionsOf(group: string, kind: string): readonly KindInfo[];
  /** Groups of which not everything is known. */
  readonly incompleteGroups: ReadonlySet<string>;
}

export function createCatalog(versions: readonly ServedVersion[]): Catalog {
  const byKind = new Map<string, KindInfo[]>();
  for (const served of versions) {
    const apiVersion = served.group === '' ? served.version : `${served.group}/${served.version}`;
    for (const { kind, plural, namespaced } of served.kinds) {
      const key = `${served.group}/${kind}`;
      const list = byKind.get(key) ?? [];
      byKind.set(key, list);
      if (!list.some((known) => known.apiVersion === apiVersion)) list.push({ apiVersion, plural, namespaced });
    }
  }
  const versionsOf = (group: string, kind: string) => byKind.get(`${group}/${kind}`) ?? [];
  return {
    versionsOf,
    find(apiVersion, kind) {
      const slash = apiVersion.indexOf('/');
      const group = slash < 0 ? '' : apiVersion.slice(0, slash);
      return versionsOf(group, kind).find((known) => known.apiVersion === apiVersion);
    },
    incompleteGroups: new Set(versions.filter((served) => !served.fresh).map((served) => served.group)),
  };
}

/** Reads an `APIGroupDiscoveryList` (apidiscovery.k8s.io/v2 and v2beta1). */
export function readAggregated(list: JsonObject): ServedVersion[] {
  return listAt(list, ['items']).flatMap((item) =>
    listAt(item, ['versions']).flatMap((entry): ServedVersion[] => {
      const version = stringAt(entry, ['version']);
      if (version === undefined) return [];
      return [
        {
          group: stringAt(item, ['metadata', 'name']) ?? '',
          version,
          kinds: listAt(entry, ['resources']).flatMap(readAggregatedResource),
          fresh: stringAt(entry, ['freshness']) !== 'Stale',
        },
      ];
    }),
  );
}

function readAggregatedResource(resource: Json): ServedVersion['kinds'] {
  const plural = stringAt(resource, ['resource']);
  const kind = stringAt(resource, ['responseKind', 'kind']);
  if (plural === undefined || kind === undefined || !canBeApplied(resource)) return [];
  return [{ kind, plural, namespaced: stringAt(resource, ['scope']) === 'Namespaced' }];
}

/** Reads an `APIResourceList` of meta/v1, what one group and version says of itself. */
export function readResourceList(group: string, version: string, list: JsonObject): ServedVersion {
  const kinds = listAt(list, ['resources']).flatMap((resource) => {
    const plural = stringAt(resource, ['name']);
    const kind = stringAt(resource, ['kind']);
    if (plural === undefined || kind === undefined || plural.includes('/') || !canBeApplied(resource)) return [];
    return [{ kind, plural, namespaced: isObject(resource) && resource.namespaced === true }];
  });
  return { group, version, kinds, fresh: true };
}

/** Reviews and bindings can only be created, so they are no objects that a repository may keep. */
function canBeApplied(resource: Json): boolean {
  return listAt(resource, ['verbs']).includes('patch');
}
