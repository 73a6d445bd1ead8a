import { compareCreated, type Policy, type Tag } from '@weaveflux/shared';
import { type CommitTrailers, NO_TAG } from './trailers.ts';

/** How one commit changed the tag of one container. */
export interface PastChange {
  readonly revision: string;
  /** Tags at the commit's parent and at the commit; '' = none. */
  readonly from: string;
  readonly to: string;
  /** Whether the agent chose it: the commit has our trailer for just this change, and nobody asked for it or approved it. */
  readonly byAgent: boolean;
  /** Digests written beside the tags. */
  readonly fromDigest?: string;
  readonly toDigest?: string;
  /** Who asked for it, else the commit's author; and when, RFC 3339. */
  readonly by?: string;
  readonly time?: string;
  /** Why the agent went back by itself; absent where it did not. */
  readonly failure?: string;
}

/** Greater than zero when `a` is newer; `undefined` = not known. */
export type CompareTags = (a: string, b: string) => number | undefined;

/** One time that a person went back. */
interface Hold {
  readonly change: PastChange;
  /** Tags that a person asked for since. */
  readonly released: Set<string>;
}

/** A commit's change of a container's tag, and who chose it. Trailers that tell of another change count as none. */
export function pastChange(
  commit: { readonly revision: string; readonly trailers: CommitTrailers },
  container: { readonly workload: string; readonly container: string },
  from: string,
  to: string,
): PastChange {
  const { changes, requestedBy, approvedBy, rollback } = commit.trailers;
  const told = changes.some(
    (change) =>
      change.workload === container.workload &&
      change.container === container.container &&
      (change.from === from || change.from === NO_TAG) &&
      change.to === to,
  );
  const failure = failureOf(commit.trailers, container.workload);
  return {
    revision: commit.revision,
    from,
    to,
    byAgent: told && (requestedBy ?? approvedBy) === undefined && !rollback,
    ...(failure === undefined ? {} : { failure }),
  };
}

/** Why the agent went back with a workload by itself, by the trailers of the commit; `undefined` where it did not. */
export function failureOf({ requestedBy, failures }: CommitTrailers, workload: string): string | undefined {
  if (requestedBy !== undefined) return undefined;
  return failures?.find((failure) => failure.workload === workload)?.reason;
}

/**
 * The tags among `known` that are refused because a person went back, each with the change that it was left by, from a
 * container's changes (newest first, as history lists them). Going from B back to an older A holds all tags above A up to and including B; where the order is
 * not known, B alone. Going to B or a newer tag ends it, and a tag that a person asks for is held no more.
 */
export function heldTags(
  newestFirst: readonly PastChange[],
  known: Iterable<string>,
  compare: CompareTags,
): Map<string, PastChange> {
  let holds: Hold[] = [];
  for (const change of newestFirst.toReversed()) {
    if (change.from === '' || change.to === '' || change.from === change.to) continue;
    holds = holds.filter((hold) => (compare(change.to, hold.change.from) ?? -1) < 0);
    if (change.byAgent) continue;
    for (const hold of holds) hold.released.add(change.to);
    if ((compare(change.to, change.from) ?? -1) < 0) holds.push({ change, released: new Set() });
  }
  if (holds.length === 0) return new Map();
  const tags = new Set([...known, ...holds.map((hold) => hold.change.from)]);
  return new Map(
    [...tags].flatMap((tag) => {
      const hold = holds.findLast((candidate) => holdsTag(candidate, tag, compare));
      return hold === undefined ? [] : [[tag, hold.change] as const];
    }),
  );
}

/**
 * The digests that are refused because a person went back from them while the tag stayed, each with that change. Another digest of the tag is
 * none of them; asking for one again ends its hold.
 */
export function heldDigests(newestFirst: readonly PastChange[]): Map<string, PastChange> {
  const held = new Map<string, PastChange>();
  for (const change of newestFirst.toReversed()) {
    const { from, to, byAgent, fromDigest, toDigest } = change;
    if (from !== to || byAgent) continue;
    if (fromDigest !== undefined) held.set(fromDigest, change);
    if (toDigest !== undefined) held.delete(toDigest);
  }
  return held;
}

/** The order of a policy where both tags fit it, else of created times, over what is known of the tags in these lists. */
export function compareBy(policy: Policy | undefined, ...lists: readonly (readonly Tag[])[]): CompareTags {
  let byName: Map<string, Tag> | undefined;
  return (a, b) => {
    if (a === b) return 0;
    // Made at first use: where nobody ever went back there is nothing to compare.
    byName ??= mostKnown(lists);
    const left = byName.get(a) ?? { tag: a };
    const right = byName.get(b) ?? { tag: b };
    return policy?.compare(left, right) ?? compareCreated(left, right);
  };
}

function mostKnown(lists: readonly (readonly Tag[])[]): Map<string, Tag> {
  const byName = new Map<string, Tag>();
  for (const tag of lists.flat()) {
    const before = byName.get(tag.tag);
    if (before?.created === undefined) byName.set(tag.tag, tag);
  }
  return byName;
}

function holdsTag({ change, released }: Hold, tag: string, compare: CompareTags): boolean {
  const { from, to } = change;
  if (released.has(tag)) return false;
  if (tag === from) return true;
  const aboveOld = compare(tag, to);
  const aboveLeft = compare(tag, from);
  const ordered = compare(to, from) !== undefined;
  return ordered && aboveOld !== undefined && aboveLeft !== undefined && aboveOld > 0 && aboveLeft <= 0;
}
