import { findMarkers, isKustomizationFile, parseFile, placeProblems, placesOf, warning } from '@weaveflux/shared';
import type { Repository, TreeFile } from '../git/repository.ts';
import type { RenderCache, Rendered } from './cache.ts';
import { MAX_FILE_BYTES, readFiles } from './read-files.ts';

/** What a file says that says nothing: one value, however many such files there are. */
export const NOTHING: Rendered = {
  manifests: [],
  ignored: 0,
  problems: [],
  markers: [],
  places: [],
  imageProblems: [],
};

/**
 * What files that hold no manifests say of images. One without a marker, and without `images:` where it is a kustomization, costs a
 * search in its text. Rejections: what `Repository.read` rejects with.
 */
export async function readPlaces(
  repository: Pick<Repository, 'read'>,
  cache: RenderCache,
  files: readonly TreeFile[],
  signal: AbortSignal,
): Promise<Map<TreeFile, Rendered>> {
  const known = { get: (path: string, blob: string) => cache.get(placeKey(path), blob) };
  const usable = files.filter(({ size = 0 }) => size <= MAX_FILE_BYTES);
  return readFiles(repository, known, usable, signal, renderPlaces);
}

/** The path by which the cache knows a file as a place of images, and not as one of manifests. */
export function placeKey(path: string): string {
  return `images ${path}`;
}

/** What a file that holds no manifests says of images. */
export function renderPlaces({ path }: Pick<TreeFile, 'path'>, text: string | undefined): Rendered {
  if (text === undefined || !mayHaveImages(path, text)) return NOTHING;
  const parsed = parseFile(path, text);
  const [problem] = parsed.problems;
  if (problem !== undefined) {
    const message = `${problem.message.replace(/\.$/, '')}; images in it are not followed.`;
    return { ...NOTHING, imageProblems: [warning(problem.code, message, { file: path, line: problem.line })] };
  }
  const markers = findMarkers(path, text, parsed);
  const places = placesOf(path, parsed, markers);
  return places.length === 0 ? NOTHING : { ...NOTHING, markers, places, imageProblems: placeProblems(parsed, places) };
}

function mayHaveImages(path: string, text: string): boolean {
  return text.includes('$imagepolicy') || (isKustomizationFile(path) && text.includes('images'));
}
