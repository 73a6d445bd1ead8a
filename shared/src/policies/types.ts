import type { Tag } from '../api/images.ts';
import type { Problem } from '../problems.ts';

/** A policy that has been understood: it says which tags it admits and which of two is newer. */
export interface Policy {
  /** As written, with its prefix: `semver:~1.4`. */
  readonly text: string;
  /** What it orders by. */
  readonly order: 'semver' | 'numerical' | 'alphabetical' | 'created';
  /** Whether this tag takes part at all. */
  admits(tag: string): boolean;
  /** Why a tag takes no part, as the end of a sentence that begins with the tag; `undefined` exactly where it is admitted. */
  refusal(tag: string): string | undefined;
  /**
   * Greater than zero when `a` is newer than `b`. `undefined` = not comparable by what is known
   * (a created time is missing, or one does not fit).
   */
  compare(a: Tag, b: Tag): number | undefined;
  /** Those that it admits, newest first; absent where created times order them. */
  readonly newestFirst?: (tags: readonly Tag[]) => Tag[];
}

/** What the annotations of one object say about one container. */
export interface ContainerPolicy {
  readonly container: string;
  /** Absent = no policy is written (Flux v1: `glob:*`). */
  readonly policy?: Policy;
  /** Set instead of `policy` where one is written that cannot be understood. */
  readonly invalid?: Problem;
  readonly pinned: boolean;
  readonly pinUser?: string;
  readonly pinMessage?: string;
  readonly followDigest: boolean;
  /** Milliseconds. */
  readonly minAge?: number;
  /**
   * What a tag must have an image for: `os/architecture`, maybe with `/variant`; `nodes` = each platform of the nodes that the pods
   * may run on; `any` = nothing is asked. Absent = as the settings say.
   */
  readonly platform?: string;
  /** What is chosen is committed only when a person approves it. */
  readonly approval?: true;
}

/** A problem with an annotation. */
export type PolicyProblem = Problem & {
  /** The whole key, by which `locatePolicyProblems` finds its line. */
  readonly annotation?: string;
};

/** What the annotations of one object say, in Weaveflux's, Flux v1's or legacy spelling. */
export interface ObjectPolicies {
  readonly automated: boolean;
  /** `true`: not applied, not pruned, not automated. `sync_only`: applied, never pruned. */
  readonly ignore: false | 'true' | 'sync_only';
  /** RFC 3339 (live only). */
  readonly ignoreUntil?: string;
  /** JSON Pointers. */
  readonly ignoreFields: readonly string[];
  readonly pruneDisabled: boolean;
  readonly driftReport: boolean;
  readonly recreate: boolean;
  /** Whether a release that fails is taken back; absent = as the agent is told. False, too, where the value cannot be understood. */
  readonly rollback?: boolean;
  /** The workloads of one group are released in one commit, where the settings say so. */
  readonly group?: string;
  readonly containers: ReadonlyMap<string, ContainerPolicy>;
  /** Unknown keys, invalid values, names too long. Lines are filled in by who knows the document. */
  readonly problems: readonly PolicyProblem[];
}
