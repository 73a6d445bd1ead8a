import type { ImageStatus } from '@weaveflux/shared';
import { comparisonBy, orderOf, policyOfStatus } from '../changes/known-tags.ts';

/** How something newer than the file's can stand with an image; first what can be released at once. */
export const UPDATE_KINDS = ['available', 'approval', 'needs-release', 'held', 'waiting', 'pinned', 'manual'] as const;
/** One of `UPDATE_KINDS`. */
export type UpdateKind = (typeof UPDATE_KINDS)[number];

/** How something newer stands with an image; `undefined` where nothing newer is known. */
export function updateKindOf(image: ImageStatus): UpdateKind | undefined {
  const { state, chosen, held } = image;
  if (chosen === undefined) return undefined;
  if (state === 'update') return 'available';
  if (state === 'needs-approval') return 'approval';
  if (state === 'outside-window') return 'waiting';
  if (state === 'needs-release') return 'needs-release';
  if (state === 'held') return held.includes(chosen.tag) || chosen.tag === image.tag ? 'held' : 'waiting';
  if (state !== 'pinned' && state !== 'not-automated') return undefined;
  if (!isNewer(image)) return undefined;
  return state === 'pinned' ? 'pinned' : 'manual';
}

/** Whether what is newer has a pull or merge request that a person can look at. */
export function isReviewable({ state, proposed }: ImageStatus): boolean {
  return state === 'update' && proposed?.url !== undefined;
}

/** Whether what the policy chooses is newer than what the file says: by the agent's list, else by the order of the tags. */
function isNewer(status: ImageStatus): boolean {
  const { chosen, tag, available } = status;
  if (chosen === undefined || chosen.tag === tag) return false;
  const current = available.findIndex((each) => each.tag === tag);
  const next = available.findIndex((each) => each.tag === chosen.tag);
  if (next >= 0 && current >= 0) return current > next;
  return (comparisonBy(orderOf(status, policyOfStatus(status), tag))(chosen, { tag }) ?? 0) > 0;
}
