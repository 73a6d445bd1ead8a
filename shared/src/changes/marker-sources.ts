import { isObject, type Json, stringAt, valueAt } from '../json.ts';
import { displayName } from '../manifests/identity.ts';
import type { Manifest } from '../manifests/manifest.ts';
import { isImagePolicy, isImageRepository } from '../policies/image-policy.ts';

/** Finds by what markers of a file are understood; `why` is a clause that says what is wrong. */
export interface MarkerSources {
  /** The ImagePolicy that a marker names. */
  policy(namespace: string, name: string): Found;
  /** The ImageRepository of an ImagePolicy. */
  repository(policy: Manifest): Found;
}

/** What is meant, or why that cannot be told. */
export type Found = { readonly found: Manifest } | { readonly why: string };

/**
 * The sources of one file's markers. Folders that are not applied may each state one of the same name: the one of the nearest
 * folder is meant, and none where that is not one.
 */
export function markerSources(file: string, manifests: readonly Manifest[]): MarkerSources {
  const policies = Map.groupBy(manifests.filter(isImagePolicy), ({ id }) => id.name);
  const repositories = Map.groupBy(manifests.filter(isImageRepository), ({ id }) => id.name);
  return {
    policy(namespace, name) {
      const what = `the ImagePolicy ${namespace}:${name} of this marker`;
      return onlyOne(what, file, inNamespace(policies.get(name), namespace), ['spec']);
    },
    repository({ id, value }) {
      const name = stringAt(value, ['spec', 'imageRepositoryRef', 'name']) ?? '';
      const namespace = stringAt(value, ['spec', 'imageRepositoryRef', 'namespace']) ?? id.namespace;
      const what = `the ImageRepository "${name}" of ${displayName(id)}`;
      return onlyOne(what, file, inNamespace(repositories.get(name), namespace), ['spec', 'image']);
    },
  };
}

/** The nearest to a file; several that say the same at `path` are one. */
function onlyOne(what: string, file: string, found: readonly Manifest[], path: readonly string[]): Found {
  const shared = found.map((it) => sharedFolders(file, it.file));
  const most = Math.max(...shared);
  const nearest = found.filter((_it, index) => shared[index] === most);
  const [first] = nearest;
  if (first === undefined) return { why: `${what} is not in the repository` };
  const said = textOf(valueAt(first.value, path));
  const other = nearest.find(({ value }) => textOf(valueAt(value, path)) !== said);
  if (other === undefined) return { found: first };
  const places = [first, other].map((it) => `${it.file} line ${it.line}`).join(' and ');
  return {
    why: `${what} is stated twice, in ${places}, and each says something else; put the one that is meant into the folder of this file, or give it another name`,
  };
}

/** Names are compared as written; a manifest without a namespace may be meant by any. */
function inNamespace(named: readonly Manifest[] = [], namespace: string): readonly Manifest[] {
  return named.filter(({ id }) => id.namespace === namespace || id.namespace === '' || namespace === '');
}

/** How many folders two files have in common, from the root on. */
function sharedFolders(a: string, b: string): number {
  const [folders, others] = [a, b].map((path) => path.split('/').slice(0, -1));
  const parted = folders?.findIndex((folder, index) => folder !== others?.[index]) ?? 0;
  return parted < 0 ? (folders?.length ?? 0) : parted;
}

/** JSON of which the order of keys says nothing. */
function textOf(value: Json | undefined): string {
  return JSON.stringify(value ?? null, (_key, it: unknown) =>
    isObject(it) ? Object.fromEntries(Object.entries(it).sort(([a], [b]) => (a < b ? -1 : 1))) : it,
  );
}
