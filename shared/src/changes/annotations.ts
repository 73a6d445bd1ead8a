import { WeavefluxError } from '../errors.ts';
import { displayName, objectKey } from '../manifests/identity.ts';
import type { Manifest } from '../manifests/manifest.ts';
import { isBareFile } from '../places/places.ts';
import { annotationPath, statedAnnotations } from '../places/stated.ts';
import type { KeyName } from '../policies/keys.ts';
import { annotationKeyFor, annotationKeysOf } from '../policies/spellings.ts';
import { type Draft, setIn } from './draft.ts';

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
