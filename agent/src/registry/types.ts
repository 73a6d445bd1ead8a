import type { Problem, Tag } from '@weaveflux/shared';
import type { Spacing } from './bucket.ts';

export type { Spacing } from './bucket.ts';

/** Where an image's tags are listed from. */
export interface ImageRepository {
  /** Canonical, `index.docker.io/library/nginx`, `ghcr.io/a/b`, `127.0.0.1:5000/team/app`. */
  readonly name: string;
  /** docker config JSON texts, most specific first. */
  readonly credentials: readonly string[];
}

/** What is known of an image repository after a scan. */
export interface Scan {
  /** Made when somebody looks at them: there may be a million. */
  readonly tags: readonly Tag[];
  /** Of `tags` those of which more is known than the name. */
  readonly read?: readonly Tag[];
  /** RFC 3339. */
  readonly scannedAt: string;
  readonly problem?: Problem;
  /** Entries of the registry's list that are no tags by the grammar, and are left out. */
  readonly dropped?: number;
  /** From `known` only: which of `tags` the registry no longer lists, and when that was noticed (RFC 3339). */
  readonly deleted?: ReadonlyMap<string, string>;
}

/** The registry side: lists tags, and created times only for tags that are asked for. */
export interface Registry {
  /**
   * Lists the tags (one request when nothing is new) and remembers. Never throws: a failure is in `problem`,
   * with the tags known before.
   */
  scan(repository: ImageRepository, signal: AbortSignal): Promise<Scan>;
  /**
   * Reads created time and digest of these tags where they are not known yet; bounded by the rate limit. Never throws: a tag
   * that cannot be read comes back without digest and is left alone for a while; what went wrong is in `known(name).problem`.
   * A tag with digest and without `created` has been read and does not say. `refresh` = look whether known tags have moved;
   * `platforms` = read also tags of which all but their platforms is known.
   */
  describe(
    repository: ImageRepository,
    tags: readonly string[],
    signal: AbortSignal,
    options?: { readonly refresh?: boolean; readonly platforms?: boolean },
  ): Promise<readonly Tag[]>;
  /** What is known without asking, also of tags that have been deleted since. */
  known(name: string): Scan | undefined;
  /** How far apart the repository's host wants lists to be asked for, where it says that few requests are left. */
  spacing?(name: string): Spacing | undefined;
  /** Requests sent so far, for metrics. */
  readonly requests: { total: number; rateLimitWaits: number };
}
