/** Hosts whose pull or merge requests the agent can keep; Forgejo speaks as Gitea does. */
export const FORGE_KINDS = ['github', 'gitlab', 'gitea', 'bitbucket', 'azure'] as const;
export type ForgeKind = (typeof FORGE_KINDS)[number];

/** Where requests are made, and as whom. */
export interface ForgeConfig {
  readonly kind: ForgeKind;
  /** The API's address, without a slash at its end: `https://api.github.com`. */
  readonly url: string;
  /** The repository's path on that host: `owner/name`, with GitLab's groups, or `organization/project/name` of Azure DevOps. */
  readonly repository: string;
  /** Read anew for each call, so that a rotated token needs no restart. */
  readonly tokenFile: string;
}

/** A pull or merge request. */
export interface ReviewRequest {
  /** Its number in the repository. */
  readonly id: number;
  /** Its page. */
  readonly url: string;
  readonly title: string;
  readonly body: string;
  readonly state: 'open' | 'merged' | 'closed';
}

/** What a request is to be. */
export interface RequestText {
  readonly title: string;
  /** Markdown. */
  readonly body: string;
}

/** Which branch into which. */
export interface RequestBranches {
  readonly branch: string;
  readonly base: string;
}

/**
 * One host's requests, of one repository. Errors: GIT_UNREACHABLE, GIT_AUTH, NOT_FOUND, GIT_FAILED (whatever else it answers),
 * TIMEOUT, CANCELLED; no token is in any of them.
 */
export interface Forge {
  /** Requests from the one branch into the other, the newest first; at least the open one and the last that was closed. */
  find(branches: RequestBranches, signal: AbortSignal): Promise<readonly ReviewRequest[]>;
  create(branches: RequestBranches, text: RequestText, signal: AbortSignal): Promise<ReviewRequest>;
  update(id: number, text: RequestText, signal: AbortSignal): Promise<void>;
  /** Closes it without merging. */
  close(id: number, signal: AbortSignal): Promise<void>;
}
