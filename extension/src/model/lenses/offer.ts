import { effectiveTag, type ImageStatus, type Policy, type Tag } from '@weaveflux/shared';
import { comparisonBy, orderOf } from '../changes/known-tags.ts';
import type { ImageSource } from '../source/types.ts';

/** What keeps a tag from being in the file, or a person from wanting it there. */
type OfferKind =
  | 'newer' // A release away.
  | 'approval' // It is committed as soon as a person approves it.
  | 'merge' // It is committed as soon as somebody merges it.
  | 'undecided' // Only a person can say whether it is newer.
  | 'held' // A person went back from it.
  | 'waiting' // It is not old enough for the policy.
  | 'window' // It waits for a window of the repository's settings.
  | 'unsigned' // It is not signed as it must be.
  | 'pushed-again'; // The tag in the file is another image by now.

/** A tag that could come instead of the one in the file. */
export interface Offer {
  readonly kind: OfferKind;
  readonly tag: string;
}

/** The tag in the file, '' where none can be told. */
export function tagHere({ image, text, marked }: ImageSource): string {
  if (image !== undefined) return effectiveTag(image) ?? '';
  return marked ? text : '';
}

/** What the agent offers for an image as it now stands in the file; `policy` is the file's. */
export function offerOf(source: ImageSource, status: ImageStatus, policy: Policy | undefined): Offer | undefined {
  const { chosen, state, held } = status;
  const here = tagHere(source);
  if (chosen === undefined) return undefined;
  const { tag } = chosen;
  if (tag === here) return isSameImage(source, status) ? offerOfDigest(status) : undefined;
  // Its release is in the branch already, and only not pulled.
  if (tag === status.tag) return undefined;
  if (held.includes(tag)) return { kind: 'held', tag };
  if (state === 'needs-approval' && isSameImage(source, status)) return { kind: 'approval', tag };
  if (state === 'update' && here === status.tag)
    return { kind: status.proposed === undefined ? 'newer' : 'merge', tag };
  const order = comparisonBy(orderOf(status, policy, here))(chosen, known(here, status));
  if (order !== undefined && order <= 0) return undefined;
  if (state === 'held') return { kind: 'waiting', tag };
  if (state === 'outside-window') return { kind: 'window', tag };
  if (state === 'not-verified') return { kind: 'unsigned', tag };
  return { kind: state === 'needs-release' ? 'undecided' : 'newer', tag };
}

/** Whether the file says what the agent decided about. */
export function isSameImage(source: ImageSource, status: ImageStatus): boolean {
  return source.image === undefined ? tagHere(source) === status.tag : source.text === status.image;
}

function offerOfDigest({ state, tag }: ImageStatus): Offer | undefined {
  if (state === 'needs-approval') return { kind: 'approval', tag };
  if (state === 'update' || state === 'outside-window') return { kind: 'pushed-again', tag };
  if (state === 'not-verified') return { kind: 'unsigned', tag };
  return state === 'held' ? { kind: 'held', tag } : undefined;
}

function known(tag: string, { available }: ImageStatus): Tag {
  return available.find((it) => it.tag === tag) ?? { tag };
}
