import { type Change, type ImageStatus, matchObjects, parseObjectKey } from '@weaveflux/shared';

/**
 * Whether the images that changes are about are still those that a person saw, though the branch has moved on since: then
 * what was asked for can be asked for again.
 */
export function isAsSeen(
  changes: readonly Change[],
  seen: readonly ImageStatus[],
  now: readonly ImageStatus[],
): boolean {
  return changes.every((change) => imagesFor(change, seen).join('\n') === imagesFor(change, now).join('\n'));
}

function imagesFor(change: Change, images: readonly ImageStatus[]): string[] {
  const container = 'container' in change ? change.container : undefined;
  const ids = images.flatMap(({ object }) => parseObjectKey(object) ?? []);
  const wanted = new Set(matchObjects(ids, change.workload).map((id) => JSON.stringify(id)));
  return images
    .filter(
      (image) =>
        wanted.has(JSON.stringify(parseObjectKey(image.object))) &&
        (container === undefined || image.container === container),
    )
    .map((image) => [image.object, image.container, image.image, image.pin === undefined ? '' : 'pinned'].join(' '))
    .sort();
}
