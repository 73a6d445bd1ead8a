import { matchObjects, type ObjectStatus, objectKey, parseObjectKey } from '@weaveflux/shared';
import { isKeyOf } from '../agent/match.ts';
import type { ManifestSource } from '../source/types.ts';

/** The object that a line (0-based) of a file stands in; before the first, the first. */
export function manifestAt(manifests: readonly ManifestSource[], line: number): ManifestSource | undefined {
  return manifests.findLast(({ start }) => start.startLine <= line) ?? manifests[0];
}

/** The object of a file that a text names: its key, also with a namespace that the file leaves open, or an unambiguous name. */
export function manifestNamed(manifests: readonly ManifestSource[], text: string): ManifestSource | undefined {
  const byKey = manifests.find(({ key }) => key === text) ?? manifests.find(({ key }) => isKeyOf(text, key));
  if (byKey !== undefined) return byKey;
  const [id, ...others] = matchObjects(
    manifests.map(({ manifest }) => manifest.id),
    text,
  );
  if (id === undefined || others.length > 0) return undefined;
  return manifests.find(({ key }) => key === objectKey(id));
}

/** The object of the environment that a text names: its key, or any unambiguous end of its name. */
export function objectNamed(objects: readonly ObjectStatus[], text: string): ObjectStatus | undefined {
  const ids = objects.flatMap(({ key }) => parseObjectKey(key) ?? []);
  const [id, ...others] = matchObjects(ids, text);
  return id === undefined || others.length > 0 ? undefined : objects.find(({ key }) => key === objectKey(id));
}
