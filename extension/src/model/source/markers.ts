import {
  type Manifest,
  type MarkedImage,
  markedImages,
  type Path,
  tryParseImage,
  valueAt,
  workloadOf,
} from '@weaveflux/shared';
import type { MarkerSource } from './places.ts';
import type { ImageSource, ManifestSource, TextRange } from './types.ts';

/**
 * Manifests with the images that markers in their file tell of. Their policies are known where the ImagePolicy stands in the
 * same file; whether one is missing only the whole repository says.
 */
export function withMarkers(
  path: string,
  manifests: readonly ManifestSource[],
  markers: readonly MarkerSource[],
): readonly ManifestSource[] {
  if (markers.length === 0) return manifests;
  const { images } = markedImages(
    path,
    markers.map(({ marker }) => marker),
    manifests.map(({ manifest }) => manifest),
  );
  const byDocument = Map.groupBy(markers, ({ marker }) => marker.document);
  return manifests.map((source) => {
    const own = (byDocument.get(source.manifest.document) ?? []).filter(({ marker }) => isIn(source, marker.path));
    return own.length === 0
      ? source
      : withOwn(
          source,
          own,
          images.filter(({ manifest }) => manifest === source.manifest),
        );
  });
}

function withOwn(
  source: ManifestSource,
  markers: readonly MarkerSource[],
  images: readonly MarkedImage[],
): ManifestSource {
  const ofPods = source.images.map((image): ImageSource => {
    return markers.some(({ range }) => isSamePlace(range, image.range)) ? { ...image, marked: true } : image;
  });
  const others = markers.filter(({ range }) => !ofPods.some((image) => isSamePlace(range, image.range)));
  return {
    ...source,
    images: [...ofPods, ...groupsOf(others).flatMap((group) => imageOf(source.manifest, group, images))],
    policies: workloadOf(source.manifest, images)?.policies ?? source.policies,
  };
}

/** Markers that tell of one image: a whole reference by itself, parts of one beside each other. */
function groupsOf(markers: readonly MarkerSource[]): MarkerSource[][] {
  const groups = Map.groupBy(markers, ({ marker: { path, part, policyNamespace, policyName } }) =>
    JSON.stringify([part === 'image', part === 'image' ? path : path.slice(0, -1), policyNamespace, policyName]),
  );
  return [...groups.values()];
}

function imageOf(manifest: Manifest, group: readonly MarkerSource[], images: readonly MarkedImage[]): ImageSource[] {
  const main = (['image', 'tag', 'digest'] as const)
    .map((part) => group.find(({ marker }) => marker.part === part))
    .find((found) => found !== undefined);
  const text = main && valueAt(manifest.value, main.marker.path.slice(manifest.at.length));
  if (main === undefined || typeof text !== 'string') return [];
  const { marker, range } = main;
  const container = `${marker.policyNamespace}:${marker.policyName}`;
  const known = images.find(
    (image) => image.container === container && group.some((it) => it.marker.line === image.line),
  );
  const image = known?.image ?? (marker.part === 'image' ? tryParseImage(text) : undefined);
  return [{ container, text: known?.image.text ?? text, image, range, marked: true }];
}

function isIn({ manifest }: ManifestSource, path: Path): boolean {
  return manifest.at.every((step, index) => path[index] === step);
}

function isSamePlace(a: TextRange, b: TextRange): boolean {
  return a.startLine === b.startLine && a.startCharacter === b.startCharacter;
}
