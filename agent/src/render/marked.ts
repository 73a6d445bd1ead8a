import {
  isMarkerSource,
  type Manifest,
  type MarkedImage,
  markedImages,
  type ObjectId,
  type Problem,
} from '@weaveflux/shared';
import type { Loaded } from './load.ts';

/** The images that a revision's markers stand for, and what is wrong with the markers. */
export interface Marked {
  readonly images: readonly MarkedImage[];
  /** The ImagePolicies and ImageRepositories that they are understood by. */
  readonly policies: readonly Manifest[];
  readonly problems: readonly Problem[];
}

/**
 * The marked images of places, and of manifests that a target has settled; `idOf` gives the settled id of such a manifest.
 */
export function markedIn(
  {
    manifests,
    markers,
    places = [],
    withheldPolicies = [],
  }: Pick<Loaded, 'manifests' | 'markers'> & Partial<Pick<Loaded, 'places' | 'withheldPolicies'>>,
  idOf: (manifest: Manifest) => ObjectId | undefined,
): Marked {
  if (markers.size === 0) return { images: [], policies: [], problems: [] };
  const settled = new Set<Manifest>(places);
  const applied = manifests.map((manifest) => {
    const id = idOf(manifest);
    if (id === undefined) return manifest;
    const known = { ...manifest, id };
    settled.add(known);
    return known;
  });
  const all = [...applied, ...places, ...withheldPolicies];
  const policies = all.filter(isMarkerSource);
  const byFile = Map.groupBy(all, ({ file }) => file);
  const files = [...markers].map(([file, found]) => {
    const others = policies.filter((policy) => policy.file !== file);
    return markedImages(file, found, [...(byFile.get(file) ?? []), ...others]);
  });
  const images = files.flatMap((file) => file.images).filter(({ manifest }) => settled.has(manifest));
  return { images, policies, problems: [...files.flatMap((file) => file.problems), ...images.flatMap(policyProblem)] };
}

/** An ImagePolicy that cannot be understood blocks its images, so it is told where they are. */
function policyProblem({ policy, manifest, line }: MarkedImage): Problem[] {
  return policy.invalid === undefined ? [] : [{ ...policy.invalid, file: manifest.file, line }];
}
