import { compareCreated, createdTime, type Policy, type Tag } from '@weaveflux/shared';

/** The tags of a repository that a policy admits, newest first as far as that is known; the rest follows. */
export function ranked(policy: Policy, tags: readonly Tag[]): Tag[] {
  const admitted = tags.filter(({ tag }) => policy.admits(tag));
  if (policy.order !== 'created') return admitted.sort((a, b) => policy.compare(b, a) ?? 0);
  const dated = admitted.filter((tag) => createdTime(tag) !== undefined).sort((a, b) => compareCreated(b, a) ?? 0);
  return [...dated, ...likelyNewest(admitted.filter((tag) => createdTime(tag) === undefined))];
}

/** Numbers in tags mostly grow with time, so that the first batch usually holds the newest. */
function likelyNewest(tags: readonly Tag[]): Tag[] {
  return [...tags].sort((a, b) => NATURAL.compare(b.tag, a.tag));
}

const NATURAL = new Intl.Collator('en', { numeric: true });
