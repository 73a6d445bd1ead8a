import type { Problem, Tag } from '@weaveflux/shared';

/** Where an image's tags are listed from. */
export interface ImageRepository {
  /** Canonical, `index.docker.io/library/nginx`, `ghcr.io/a/b`, `127.0.0.1:5000/team/app`. */
  readonly name: string;
  /** docker config JSON texts, most specific first. */
  readonly credentials: readonly string[];
}

/** What is known of an image repository after a scan. */
export interface Scan {
  readonly tags: readonly Tag[];
  /** RFC 3339. */
  readonly scannedAt: string;
  readonly problem?: Problem;
}

/** The registry side: lists tags, and created times only for tags that are asked for. */
export interface Registry {
  /**
   * Lists the tags (one request when nothing is new) and remembers. Never throws: a failure is in `problem`,
   * with the tags known before.
   */
  scan(repository: ImageRepository, signal: AbortSignal): Promise<Scan>;
  /** Reads created time, digest and platforms of these tags where they are not known yet; bounded by the rate limit. */
  describe(repository: ImageRepository, tags: readonly string[], signal: AbortSignal): Promise<readonly Tag[]>;
  /** What is known without asking, also of tags that have been deleted since. */
  known(name: string): Scan | undefined;
  /** Requests sent so far, for metrics. */
  readonly requests: { total: number; rateLimitWaits: number };
}
