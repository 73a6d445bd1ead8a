import { parseImage } from '../images/reference.ts';
import type { Path } from '../json.ts';
import { displayName, type ObjectId, objectKey } from '../manifests/identity.ts';
import type { Manifest } from '../manifests/manifest.ts';
import { type Container, imageFields } from '../manifests/workloads.ts';
import { containersIn, isPlace } from '../places/places.ts';
import { statedAnnotations } from '../places/stated.ts';
import { readPolicies } from '../policies/read.ts';
import type { ObjectPolicies } from '../policies/types.ts';
import type { MarkedImage } from './markers.ts';

/** A manifest whose images Weaveflux may change, with what its annotations say. */
export interface Workload {
  readonly manifest: Manifest;
  /** `objectKey`. */
  readonly key: string;
  /** `namespace:kind/name`, or `kind/name` where the namespace is not settled. */
  readonly name: string;
  /**
   * Those of its pods or values, then the images that only markers tell of: of an object under their ImagePolicy's
   * `namespace:name`, of a file under their field.
   */
  readonly containers: readonly Container[];
  readonly policies: ObjectPolicies;
  /** Images whose fields are told by markers. */
  readonly marked: readonly MarkedImage[];
}

/** An image that the repository names. */
export interface ImagePlace {
  readonly file: string;
  readonly document: number;
  /** `objectKey`. */
  readonly object: string;
  /** `namespace:kind/name`. */
  readonly workload: string;
  readonly container: string;
  /** The reference as written; of fields with markers as they say it together. */
  readonly text: string;
}

/** A field to set; its path begins at the document's root. */
export interface Field {
  readonly path: Path;
  readonly value: string;
}

/** One image that becomes another, whoever wants it: a person, or the automation. */
export interface ImageChange {
  readonly place: ImagePlace;
  /** The reference afterwards. */
  readonly text: string;
  /** What makes it so. */
  readonly fields: readonly Field[];
  /** Canonical name. */
  readonly repository: string;
  /** Tags; '' = none was written. */
  readonly from: string;
  readonly to: string;
  /** As written; absent where a person chose. */
  readonly policy?: string;
}

/** The workload of a manifest, or `undefined` where it names no image that could be changed. */
export function workloadOf(manifest: Manifest, marked: readonly MarkedImage[] = []): Workload | undefined {
  const own = marked.filter((image) => isSameManifest(image.manifest, manifest));
  const written = containersIn(manifest);
  const writtenNames = new Set(written.map(({ name }) => name));
  const others = own.filter(({ container }) => !writtenNames.has(container));
  const containers = [
    ...written,
    ...others.map(({ container, image }) => ({ name: container, image: image.text, path: [], init: false })),
  ];
  if (containers.length === 0) return undefined;
  const annotations = readPolicies(
    statedAnnotations(manifest),
    containers.map(({ name }) => name),
  );
  const policies = new Map([
    ...annotations.containers,
    ...own.map(({ container, policy }) => [container, policy] as const),
  ]);
  return {
    manifest,
    key: objectKey(manifest.id),
    name: manifest.id.namespace === '' && !isPlace(manifest) ? unsettledName(manifest.id) : displayName(manifest.id),
    containers,
    policies: { ...annotations, containers: policies },
    marked: own,
  };
}

/** The place of a container's image. */
export function placeOf({ manifest, key, name }: Workload, container: Container): ImagePlace {
  const { file, document } = manifest;
  return { file, document, object: key, workload: name, container: container.name, text: container.image };
}

/** The fields to set for another reference in a container. */
export function fieldsOf({ manifest, marked }: Workload, container: Container, text: string): readonly Field[] {
  const image = marked.find((it) => it.container === container.name);
  const to = parseImage(text);
  return (
    image?.edits(to) ??
    imageFields(container, to).map(({ path, value }) => ({ path: [...manifest.at, ...path], value }))
  );
}

/** Why a workload's images cannot be changed by policy, or `undefined`. */
export function automationRefusal({ manifest, name, policies }: Workload): string | undefined {
  if (manifest.id.kind !== 'Job' || policies.recreate) return undefined;
  return `The image of the finished or running ${name} cannot change; add weaveflux.dev/recreate: "true" to have it created again.`;
}

/** No workload is without a namespace: its file leaves it to the cluster. */
function unsettledName({ kind, name }: ObjectId): string {
  return `${kind.toLowerCase()}/${name}`;
}

/** Whether two manifests are the same part of the same file, whatever namespace was settled for them. */
function isSameManifest(a: Manifest, b: Manifest): boolean {
  return a.file === b.file && a.document === b.document && a.at.join('/') === b.at.join('/');
}
