import { displayName, objectKey } from '../manifests/identity.ts';
import type { Manifest } from '../manifests/manifest.ts';
import { readKey } from '../policies/spellings.ts';
import { type Problem, warning } from '../problems.ts';
import type { ParsedFile } from '../yaml/types.ts';
import { imageFaults, isPlace } from './places.ts';
import { statedAnnotations } from './stated.ts';

/** What keeps images from being followed that policies beside them are about, each at its line. */
export function placeProblems(parsed: ParsedFile, manifests: readonly Manifest[]): Problem[] {
  return manifests.flatMap((manifest) => {
    const faults = imageFaults(manifest);
    if (faults.length === 0 || !hasPolicies(manifest)) return [];
    const { id, file, document, at } = manifest;
    return faults.map(({ path, reason }) => {
      const position = path.length === 0 ? undefined : parsed.documents[document]?.position([...at, ...path]);
      const line = position?.line ?? manifest.line;
      return warning(
        'INVALID_MANIFEST',
        `${file} line ${line}: an image of ${displayName(id)} is not followed: ${reason}.`,
        {
          file,
          line,
          object: objectKey(id),
        },
      );
    });
  });
}

/** A service is a place only for its keys. */
function hasPolicies(manifest: Manifest): boolean {
  return (
    (isPlace(manifest) && manifest.id.kind === 'Service') ||
    Object.keys(statedAnnotations(manifest)).some(isAboutImages)
  );
}

function isAboutImages(annotation: string): boolean {
  return readKey(annotation) !== undefined || /^(registry|repository|tag)\.fluxcd\.io\//.test(annotation);
}
