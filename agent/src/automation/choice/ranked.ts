import { compareCreated, createdTime, type Policy, parsePolicy, type Tag } from '@weaveflux/shared';

/** The tags of a repository that a policy admits, newest first as far as that is known; the rest follows. */
export function ranked(policy: Policy, tags: readonly Tag[]): Tag[] {
  return policy.newestFirst?.(tags) ?? byCreated(tags.filter(({ tag }) => policy.admits(tag)));
}

/**
 * All tags, newest first as far as that can be told. Where the policy orders by created time: those that it admits and that
 * were not read yet, which mostly came last, then by that time. Else those that it admits in its own order, other versions at
 * their places between them, and then what is no version.
 */
export function newestFirst(policy: Policy | undefined, tags: readonly Tag[]): Tag[] {
  if (policy?.order === 'created') {
    const isNew = ({ tag, created, digest }: Tag) =>
      created === undefined && digest === undefined && policy.admits(tag);
    return [...likelyNewest(tags.filter(isNew)), ...byCreated(tags.filter((tag) => !isNew(tag)))];
  }
  const admitted = policy === undefined ? [] : ranked(policy, tags);
  const others = tags.filter(({ tag }) => policy?.admits(tag) !== true);
  const any = anyVersion();
  if (any === undefined) return [...admitted, ...likelyNewest(others)];
  const versions = ranked(any, others);
  const rest = others.filter(({ tag }) => !any.admits(tag));
  return [...merged(admitted, versions, any), ...likelyNewest(rest)];
}

function byCreated(tags: readonly Tag[]): Tag[] {
  const dated = tags.filter((tag) => createdTime(tag) !== undefined).sort((a, b) => compareCreated(b, a) ?? 0);
  return [...dated, ...likelyNewest(tags.filter((tag) => createdTime(tag) === undefined))];
}

/** Two lists as one that keeps the order of both. */
function merged(first: readonly Tag[], second: readonly Tag[], { compare }: Policy): Tag[] {
  const all: Tag[] = [];
  let next = 0;
  for (const tag of first) {
    for (let other = second[next]; other !== undefined && (compare(other, tag) ?? 0) > 0; other = second[next]) {
      all.push(other);
      next += 1;
    }
    all.push(tag);
  }
  return [...all, ...second.slice(next)];
}

/** Every version, pre-releases too. */
function anyVersion(): Policy | undefined {
  return parsePolicy('semver:>=0.0.0-0').policy;
}

/** Numbers in tags mostly grow with time, so that the first batch usually holds the newest. */
function likelyNewest(tags: readonly Tag[]): Tag[] {
  return [...tags].sort((a, b) => NATURAL.compare(b.tag, a.tag));
}

const NATURAL = new Intl.Collator('en', { numeric: true });
