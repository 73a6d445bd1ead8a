import type { ImageStatus } from '@weaveflux/shared';

/** How something newer than the file's can stand with an image; first what can be released at once. */
export const UPDATE_KINDS = ['available', 'needs-release', 'held', 'waiting', 'pinned', 'manual'] as const;
export type UpdateKind = (typeof UPDATE_KINDS)[number];

/** How something newer stands with an image; `undefined` where nothing newer is known. */
export function updateKindOf(image: ImageStatus): UpdateKind | undefined {
  const { state, chosen, held } = image;
  if (chosen === undefined) return undefined;
  if (state === 'update') return 'available';
  if (state === 'needs-release') return 'needs-release';
  if (state === 'held') return held.includes(chosen.tag) || chosen.tag === image.tag ? 'held' : 'waiting';
  if (state !== 'pinned' && state !== 'not-automated') return undefined;
  if (!isNewer(image)) return undefined;
  return state === 'pinned' ? 'pinned' : 'manual';
}

/** Whether what the policy chooses is newer than what the file says, as far as the tags that are shown tell. */
function isNewer({ chosen, tag, available }: ImageStatus): boolean {
  if (chosen === undefined || chosen.tag === tag) return false;
  const current = available.findIndex((each) => each.tag === tag);
  const next = available.findIndex((each) => each.tag === chosen.tag);
  return next >= 0 && current > next;
}
