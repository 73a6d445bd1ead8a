import { compareCreated, type ImageStatus, type Policy, parsePolicy, type Tag, versionsLike } from '@weaveflux/shared';

/** Greater than zero where `a` is newer; `undefined` = not known. */
export type CompareTags = (a: Tag, b: Tag) => number | undefined;

/** What is known of the tags of an image repository by one container's status, each tag once. */
export function knownTags(status: ImageStatus | undefined): readonly Tag[] {
  if (status === undefined) return [];
  const tags = new Map<string, Tag>();
  const others = [...status.held, status.tag].filter((tag) => tag !== '').map((tag): Tag => ({ tag }));
  const all = [...(status.chosen === undefined ? [] : [status.chosen]), ...status.available, ...others];
  for (const tag of all) tags.set(tag.tag, { ...tag, ...tags.get(tag.tag) });
  return [...tags.values()];
}

/** The order of a policy where both tags fit it, else of created times. */
export function comparisonBy(policy: Policy | undefined): CompareTags {
  return (a, b) => (a.tag === b.tag ? 0 : (policy?.compare(a, b) ?? compareCreated(a, b)));
}

/** The newest of the tags that a policy admits, as far as their order is known. */
export function newestFor(policy: Policy, tags: readonly Tag[]): Tag | undefined {
  const compare = comparisonBy(policy);
  let newest: Tag | undefined;
  for (const tag of tags) {
    if (policy.admits(tag.tag) && (newest === undefined || (compare(tag, newest) ?? -1) > 0)) newest = tag;
  }
  return newest;
}

/** The policy that an image's status names; `undefined` where it has none that can be read here. */
export function policyOfStatus(status: ImageStatus | undefined): Policy | undefined {
  return status?.policy === undefined ? undefined : parsePolicy(status.policy).policy;
}

/**
 * By what the agent orders the tags of an image whose file has the tag `here`: its policy, and where none is written and
 * nothing is released by itself, versions like `here`. `undefined` = by created time.
 */
export function orderOf(
  { state }: Pick<ImageStatus, 'state'>,
  policy: Policy | undefined,
  here: string,
): Policy | undefined {
  if (policy !== undefined) return policy;
  return state === 'not-automated' || state === 'pinned' ? versionsLike(here) : undefined;
}

/**
 * The tag that could be released in the place of an image's: what its policy chooses where that is newer, was pushed
 * again, or where the agent leaves the order to a person. A held tag is none.
 */
export function releasableTag(status: ImageStatus): Tag | undefined {
  const { chosen, tag, state, available } = status;
  if (chosen === undefined || state === 'not-verified' || status.held.includes(chosen.tag)) return undefined;
  if (state === 'update' || state === 'outside-window' || (state === 'needs-release' && chosen.tag !== tag))
    return chosen;
  const current = available.find((known) => known.tag === tag) ?? { tag };
  const order = comparisonBy(orderOf(status, policyOfStatus(status), tag))(chosen, current);
  return order !== undefined && order > 0 ? chosen : undefined;
}
