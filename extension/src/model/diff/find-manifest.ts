import { type Manifest, objectKey } from '@weaveflux/shared';
import { isKeyOf } from '../agent/match.ts';

/** The manifest of an object: by its key; where the manifest leaves the namespace open, by kind and name. */
export function findManifest(manifests: readonly Manifest[], key: string): Manifest | undefined {
  return manifests.find(({ id }) => objectKey(id) === key) ?? manifests.find(({ id }) => isKeyOf(key, objectKey(id)));
}
