import type { Manifest } from '../manifests/manifest.ts';

/** What a file says: its objects, and the places of `placesOf`. */
interface FileImages {
  readonly manifests: readonly Manifest[];
  readonly places: readonly Manifest[];
}

/** The places of a file that is applied: a document that is an object there is no place. */
export function placesBeside({ manifests, places }: FileImages): readonly Manifest[] {
  if (places.length === 0) return places;
  const taken = new Set(manifests.map(({ document }) => document));
  return places.filter(({ document }) => !taken.has(document));
}
