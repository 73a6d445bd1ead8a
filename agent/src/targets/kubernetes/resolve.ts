import {
  displayName,
  failure,
  groupOf,
  isMarkerSource,
  type JsonObject,
  type Manifest,
  type ObjectId,
  objectAt,
  objectKey,
  type Problem,
} from '@weaveflux/shared';
import { digestOf } from './canonical.ts';
import type { Catalog } from './catalog.ts';
import { isCrd, kindsOfCrd } from './crd.ts';
import { ENVIRONMENT_LABEL, inventoryName, leaseName } from './labels.ts';
import { isSecret } from './objects.ts';
import { withoutStringData } from './string-data.ts';
import type { DesiredObject, KindInfo, Resolved } from './types.ts';

/** What settles where an object belongs and whether it is allowed. */
export interface ResolveRules {
  readonly owner: string;
  readonly environment: string;
  readonly agentNamespace: string;
  readonly defaultNamespace: string;
  /** Empty = every namespace. */
  readonly allowNamespaces: readonly string[];
}

/** Desired objects by their manifests, which stay the same as long as their file does: a commit costs what it changed. */
export type ResolvedBefore = WeakMap<Manifest, DesiredObject>;

type Scope = (apiVersion: string, kind: string) => Pick<KindInfo, 'namespaced'> | undefined;

/**
 * The objects that manifests mean in a cluster. Of two manifests for one object the first is kept and the second
 * reported, so that the object stays managed while a person decides.
 */
export function resolveManifests(
  manifests: readonly Manifest[],
  catalog: Catalog,
  rules: ResolveRules,
  before: ResolvedBefore = new WeakMap(),
): Resolved {
  const scope = scopeOf(manifests, catalog);
  const problems: Problem[] = [];
  const desired = new Map<string, DesiredObject>();
  let ignored = 0;
  for (const manifest of manifests) {
    const kind = scope(manifest.apiVersion, manifest.id.kind);
    if (kind === undefined) {
      if (isOnlyRead(manifest, catalog)) ignored += 1;
      else problems.push(unknownKind(manifest, catalog));
      continue;
    }
    const object =
      resolvedBefore(before.get(manifest), kind.namespaced) ?? desiredObject(manifest, kind.namespaced, rules);
    before.set(manifest, object);
    const problem = refusal(object, rules) ?? duplicate(object, desired.get(object.key));
    if (problem !== undefined) problems.push(problem);
    else desired.set(object.key, object);
  }
  return { desired: [...desired.values()], problems, ignored, complete: catalog.incompleteGroups.size === 0 };
}

/** Flux v2's image policies say something to us whether or not the cluster has Flux's kinds. */
function isOnlyRead(manifest: Manifest, catalog: Catalog): boolean {
  const { group, kind } = manifest.id;
  return isMarkerSource(manifest) && catalog.versionsOf(group, kind).length === 0;
}

function scopeOf(manifests: readonly Manifest[], catalog: Catalog): Scope {
  const defined = new Map(
    manifests
      .filter((manifest) => isCrd(manifest.id))
      .flatMap((manifest) => kindsOfCrd(manifest.value))
      .map((kind) => [`${kind.apiVersion}/${kind.kind}`, kind]),
  );
  return (apiVersion, kind) => catalog.find(apiVersion, kind) ?? defined.get(`${apiVersion}/${kind}`);
}

/** A kind may have changed between namespaced and not: its CRD was made anew. */
function resolvedBefore(object: DesiredObject | undefined, namespaced: boolean): DesiredObject | undefined {
  return object !== undefined && (object.id.namespace !== '') === namespaced ? object : undefined;
}

function desiredObject(manifest: Manifest, namespaced: boolean, rules: ResolveRules): DesiredObject {
  const namespace = namespaced ? manifest.id.namespace || rules.defaultNamespace : '';
  const id: ObjectId = { ...manifest.id, namespace };
  const body = bodyOf(manifest, namespace, rules.owner);
  const first = isCrd(id) || (id.group === '' && id.kind === 'Namespace');
  return { id, key: objectKey(id), manifest, body, hash: digestOf(body), wave: first ? 0 : 1 };
}

/** The manifest as written, with what a server-side apply needs and refuses settled. */
function bodyOf(manifest: Manifest, namespace: string, owner: string): JsonObject {
  const { managedFields: _, namespace: __, ...metadata } = objectAt(manifest.value, ['metadata']);
  const labels = { ...objectAt(metadata, ['labels']), [ENVIRONMENT_LABEL]: owner };
  const value = isSecret(manifest.id) ? withoutStringData(manifest.value) : manifest.value;
  return { ...value, metadata: { ...metadata, ...(namespace === '' ? {} : { namespace }), labels } };
}

function refusal(object: DesiredObject, rules: ResolveRules): Problem | undefined {
  const { id, manifest } = object;
  const about = aboutOf(object);
  if (isOwnObject(id, rules))
    return failure(
      'INVALID_MANIFEST',
      `${displayName(id)} in ${manifest.file} is the agent's own bookkeeping; remove it from the repository.`,
      about,
    );
  if (rules.allowNamespaces.length === 0) return undefined;
  const namespace = id.group === '' && id.kind === 'Namespace' ? id.name : id.namespace;
  if (namespace === '' || rules.allowNamespaces.includes(namespace)) return undefined;
  return failure(
    'NAMESPACE_NOT_ALLOWED',
    `${displayName(id)} in ${manifest.file} is outside the namespaces that --k8s-allow-namespace names (${rules.allowNamespaces.join(', ')}); add it there or move the object.`,
    about,
  );
}

function isOwnObject(id: ObjectId, rules: ResolveRules): boolean {
  if (id.namespace !== rules.agentNamespace) return false;
  if (id.group === 'coordination.k8s.io' && id.kind === 'Lease') return id.name === leaseName(rules.environment);
  const start = inventoryName(rules.environment);
  return (
    id.group === '' && id.kind === 'ConfigMap' && id.name.startsWith(start) && /^\d+$/.test(id.name.slice(start.length))
  );
}

function duplicate(object: DesiredObject, first: DesiredObject | undefined): Problem | undefined {
  if (first === undefined) return undefined;
  return failure(
    'DUPLICATE_OBJECT',
    `${displayName(object.id)} is stated twice, in ${placeOf(first.manifest)} and in ${placeOf(object.manifest)}; the first is applied, remove one.`,
    aboutOf(object),
  );
}

function unknownKind(manifest: Manifest, catalog: Catalog): Problem {
  const group = groupOf(manifest.apiVersion);
  const served = catalog.versionsOf(group, manifest.id.kind).map((kind) => kind.apiVersion);
  const why =
    served.length > 0
      ? `the cluster serves it as ${served.join(', ')}; change apiVersion`
      : catalog.incompleteGroups.has(group)
        ? 'the server of its API group does not answer at the moment'
        : 'the cluster does not know it; add its CustomResourceDefinition or install what brings it';
  return failure(
    'UNKNOWN_KIND',
    `${manifest.id.kind} of ${manifest.apiVersion} in ${placeOf(manifest)} cannot be applied: ${why}.`,
    {
      object: objectKey(manifest.id),
      file: manifest.file,
      line: manifest.line,
    },
  );
}

function placeOf(manifest: Manifest): string {
  return `${manifest.file}:${manifest.line}`;
}

function aboutOf(object: DesiredObject) {
  return { object: object.key, file: object.manifest.file, line: object.manifest.line };
}
