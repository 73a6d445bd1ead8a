import { WeavefluxError } from '../errors.ts';
import { type JsonObject, objectAt, type Path } from '../json.ts';
import { displayName, objectKey } from '../manifests/identity.ts';
import type { Manifest } from '../manifests/manifest.ts';
import { isBareFile, isPlace, serviceNameOf } from '../places/places.ts';
import { SERVICE_KEYS, serviceAnnotations, serviceKey } from '../places/service-keys.ts';
import { annotationKeyFor, annotationKeysOf, type KeyName } from '../policies/keys.ts';
import { type Draft, setIn } from './draft.ts';

/** The annotations of an object as written. */
export function annotationsOf(object: JsonObject): JsonObject {
  return objectAt(object, ['metadata', 'annotations']);
}

/** What a manifest says of its images, as annotations: its own, or what a service of Compose says instead. */
export function statedAnnotations(manifest: Manifest): JsonObject {
  return isService(manifest)
    ? serviceAnnotations(manifest.value, serviceNameOf(manifest))
    : annotationsOf(manifest.value);
}

/** The path, inside the manifest, of what `statedAnnotations` calls by this key. */
export function annotationPath(manifest: Manifest, annotation: string): Path {
  if (!isService(manifest)) return ['metadata', 'annotations', annotation];
  return [SERVICE_KEYS, serviceKey(manifest.value, serviceNameOf(manifest), annotation)];
}

/** Writes a key in the spelling that the object uses. Errors: NOT_SUPPORTED where the file has no room for it. */
export function annotate(draft: Draft, value: string, name: KeyName, container?: string): void {
  const manifest = drafted(draft);
  if (isBareFile(manifest)) throw noRoom(manifest);
  const annotation = annotationKeyFor(statedAnnotations(manifest), name, container);
  setIn(draft, annotationPath(manifest, annotation), value);
}

/** Removes a key in every spelling. */
export function unannotate(draft: Draft, name: KeyName, container?: string): void {
  const manifest = drafted(draft);
  for (const key of annotationKeysOf(statedAnnotations(manifest), name, container)) {
    setIn(draft, annotationPath(manifest, key), undefined);
  }
}

/** Why a place that is known by its markers only takes no keys. */
export function noRoom({ id, file, line }: Manifest): WeavefluxError {
  const message = `${displayName(id)} has no room for annotations: markers of ImagePolicies say what it takes; change the ImagePolicy, or release a tag.`;
  return new WeavefluxError('NOT_SUPPORTED', message, { about: { object: objectKey(id), file, line } });
}

function drafted({ manifest, value }: Draft): Manifest {
  return { ...manifest, value };
}

function isService(manifest: Manifest): boolean {
  return isPlace(manifest) && manifest.id.kind === 'Service';
}
