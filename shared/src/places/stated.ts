import type { JsonObject, Path } from '../json.ts';
import { annotationsOf, type Manifest } from '../manifests/manifest.ts';
import { isPlace, serviceNameOf } from './places.ts';
import { SERVICE_KEYS, serviceAnnotations, serviceKey } from './service-keys.ts';

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

function isService(manifest: Manifest): boolean {
  return isPlace(manifest) && manifest.id.kind === 'Service';
}
