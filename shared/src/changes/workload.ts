import { isObject, type JsonObject, type Path, stringAt, valueAt } from '../json.ts';
import { displayName, objectKey } from '../manifests/identity.ts';
import type { Manifest } from '../manifests/manifest.ts';
import { type Container, containersOf } from '../manifests/workloads.ts';
import { readPolicies } from '../policies/read.ts';
import type { ObjectPolicies } from '../policies/types.ts';

/** A manifest whose images Weaveflux may change, with what its annotations say. */
export interface Workload {
  readonly manifest: Manifest;
  /** `objectKey`. */
  readonly key: string;
  /** `namespace:kind/name`. */
  readonly name: string;
  readonly containers: readonly Container[];
  readonly policies: ObjectPolicies;
}

/** A place in the repository that holds an image reference, or a part of one. */
export interface ImagePlace {
  readonly file: string;
  readonly document: number;
  /** From the document's root. */
  readonly path: Path;
  /** `objectKey`. */
  readonly object: string;
  /** `namespace:kind/name`. */
  readonly workload: string;
  readonly container: string;
  /** As written. */
  readonly text: string;
}

/** One image that becomes another, whoever wants it: a person, or the automation. */
export interface ImageChange {
  readonly place: ImagePlace;
  /** What the place holds afterwards. */
  readonly text: string;
  /** Canonical name. */
  readonly repository: string;
  /** Tags; '' = none was written. */
  readonly from: string;
  readonly to: string;
  /** As written; absent where a person chose. */
  readonly policy?: string;
}

/** The workload of a manifest, or `undefined` where its kind has no containers. */
export function workloadOf(manifest: Manifest): Workload | undefined {
  const containers = containersOf(manifest.id.group, manifest.id.kind, manifest.value);
  if (containers.length === 0) return undefined;
  const policies = readPolicies(
    annotationsOf(manifest.value),
    containers.map((container) => container.name),
  );
  return { manifest, key: objectKey(manifest.id), name: displayName(manifest.id), containers, policies };
}

/** The place of a container's image. */
export function placeOf(workload: Workload, container: Container): ImagePlace {
  const { manifest, key, name } = workload;
  const { file, document } = manifest;
  const path = [...manifest.at, ...container.path];
  return { file, document, path, object: key, workload: name, container: container.name, text: container.image };
}

/** The annotations of an object as written. */
export function annotationsOf(object: JsonObject): JsonObject {
  const annotations = valueAt(object, ['metadata', 'annotations']);
  return isObject(annotations) ? annotations : {};
}

/** Why a workload's images cannot be changed by policy, or `undefined`. */
export function automationRefusal({ manifest, name, policies }: Workload): string | undefined {
  if (manifest.id.kind !== 'Job' || policies.recreate) return undefined;
  return `The image of the finished or running ${name} cannot change; add weaveflux.dev/recreate: "true" to have it created again.`;
}

/** The image that a path inside an object holds. */
export function imageAt(object: JsonObject, path: Path): string {
  return stringAt(object, path) ?? '';
}
