import {
  annotationsOf,
  containersOf,
  type JsonObject,
  type Manifest,
  type RepositorySettings,
  readPolicies,
  valueAt,
} from '@weaveflux/shared';
import { BUILT_IN_KINDS, type KindRow } from '../install/kinds.ts';
import { kindsOfCrd } from '../targets/kubernetes/crd.ts';
import { type Grant, grantsOf } from './granted.ts';

/** What the objects of a repository need an account for. */
export interface Needs {
  /** The kinds by the namespaces in which objects of them are; '' = outside of namespaces. */
  readonly kinds: readonly { readonly row: KindRow; readonly namespaces: readonly string[] }[];
  /** Kinds that nobody here knows, so that their plural is a guess; each with a place where one is. */
  readonly guessed: readonly { readonly row: KindRow; readonly file: string; readonly line: number }[];
  readonly grants: readonly Grant[];
  /** Namespaces that the repository makes, as it states them: a Role needs its namespace first. */
  readonly namespaces: ReadonlyMap<string, JsonObject>;
  /** Where images are, whose tags are listed whether or not they are automated, so that pull secrets are read. */
  readonly imaged: readonly string[];
  /** Where workloads state replicas, so that autoscalers are looked for. */
  readonly scaled: readonly string[];
  /** Whether images are to fit the platforms of the nodes. */
  readonly nodes: boolean;
}

/** A repository as it is read for its needs. */
export interface Repository {
  readonly manifests: readonly Manifest[];
  /** Files with Flux v2's setter comments. */
  readonly markedFiles: ReadonlySet<string>;
  /** Absent = what holds without a file. */
  readonly settings?: Pick<RepositorySettings, 'images'> | undefined;
}

/** What a repository needs. Pure. */
export function needsOf({ manifests, markedFiles, settings }: Repository, defaultNamespace: string): Needs {
  const rows = rowsOf(manifests);
  const kinds = new Map<string, { row: KindRow; namespaces: Set<string> }>();
  const guessed = new Map<string, Needs['guessed'][number]>();
  const imaged = new Set<string>();
  const scaled = new Set<string>();
  for (const manifest of manifests) {
    const { group, kind } = manifest.id;
    const key = `${group}/${kind}`;
    const row = rows.get(key) ?? guess(manifest);
    if (!rows.has(key) && !guessed.has(key)) guessed.set(key, { row, file: manifest.file, line: manifest.line });
    const namespace = row.namespaced ? manifest.id.namespace || defaultNamespace : '';
    const entry = kinds.get(key) ?? { row, namespaces: new Set<string>() };
    kinds.set(key, { row, namespaces: entry.namespaces.add(namespace) });
    if (hasImages(manifest) || markedFiles.has(manifest.file)) imaged.add(namespace || defaultNamespace);
    if (typeof valueAt(manifest.value, ['spec', 'replicas']) === 'number') scaled.add(namespace);
  }
  return {
    kinds: [...kinds.values()].map(({ row, namespaces }) => ({ row, namespaces: [...namespaces].sort() })),
    guessed: [...guessed.values()],
    grants: grantsOf(manifests, defaultNamespace),
    namespaces: new Map(manifests.filter(isNamespace).map(({ id, value }) => [id.name, value])),
    imaged: [...imaged].sort(),
    scaled: [...scaled].sort(),
    nodes: settings?.images.platforms === 'nodes' || manifests.some(asksForNodes),
  };
}

/** Kubernetes' own kinds and those that the repository's CRDs define. */
function rowsOf(manifests: readonly Manifest[]): Map<string, KindRow> {
  const defined = manifests
    .filter(({ id }) => id.kind === 'CustomResourceDefinition')
    .flatMap(({ value }) => kindsOfCrd(value));
  return new Map([...BUILT_IN_KINDS, ...defined].map((row) => [`${row.group}/${row.kind}`, row]));
}

function isNamespace({ id }: Manifest): boolean {
  return id.group === '' && id.kind === 'Namespace';
}

function guess({ id }: Manifest): KindRow {
  const { group, kind, namespace } = id;
  return { group, kind, plural: pluralOf(kind.toLowerCase()), namespaced: namespace !== '' };
}

/** As English and nearly all CRDs have it. */
function pluralOf(singular: string): string {
  if (/[^aeiou]y$/.test(singular)) return `${singular.slice(0, -1)}ies`;
  return /(s|x|z|ch|sh)$/.test(singular) ? `${singular}es` : `${singular}s`;
}

function asksForNodes({ id, value }: Manifest): boolean {
  const containers = containersOf(id.group, id.kind, value).map(({ name }) => name);
  if (containers.length === 0) return false;
  const policies = [...readPolicies(annotationsOf(value), containers).containers.values()];
  return policies.some(({ platform }) => platform === 'nodes');
}

/** Whether there are images that are looked up; of what says `ignore`, none is. */
function hasImages({ id, value }: Manifest): boolean {
  const containers = containersOf(id.group, id.kind, value).map(({ name }) => name);
  return containers.length > 0 && readPolicies(annotationsOf(value), containers).ignore !== 'true';
}
