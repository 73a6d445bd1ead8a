import type { Commit } from '@weaveflux/shared';

/** A file of a revision. Symlinks and submodules are never listed. */
export interface TreeFile {
  readonly path: string;
  /** Object id of its content: equal ids mean equal content, so results are cached by it. */
  readonly blob: string;
  /** Bytes. */
  readonly size?: number;
}

/** What a look at the remote found. */
export interface Head {
  readonly revision: string;
  /** The previous head is not an ancestor of this one. */
  readonly rewritten: boolean;
}

/** A commit with what follows its subject. */
export interface CommitDetail extends Commit {
  readonly parent: string | undefined;
  readonly body: string;
  /** Paths that it changed, with the blobs before and after (absent = not there). */
  readonly files: readonly { path: string; before?: string; after?: string }[];
}

/** What to commit: whole new texts by path, and the message. */
export interface CommitRequest {
  readonly files: ReadonlyMap<string, string>;
  readonly message: string;
  /** Set as author only with --git-set-author. */
  readonly author?: { name: string; email?: string | undefined } | undefined;
}

/** The last commit of a branch beside the environment's. */
export interface SideTip {
  readonly revision: string;
  readonly tree: string;
  readonly parents: readonly string[];
  /** Address of its committer. */
  readonly committer: string;
  /** Whole. */
  readonly message: string;
}

/** What such a branch shall be. */
export interface SideWish {
  readonly base: string;
  readonly request: CommitRequest;
  readonly expected: SideTip | undefined;
}

/** One branch of one remote, kept as a bare mirror. Every call has a deadline (--git-timeout) and can be cancelled. */
export interface Repository {
  /** Without credentials. */
  readonly url: string;
  /** Known after the first `look`. */
  readonly branch: string;
  /** Asks the remote for the branch's head (ls-remote) and fetches only when it moved. Errors: GIT_UNREACHABLE, GIT_AUTH, GIT_HOST_KEY, GIT_FAILED. */
  look(signal: AbortSignal): Promise<Head>;
  /** The regular files of a revision below the paths, in path order. A path that is not there: NOT_FOUND. */
  files(revision: string, paths: readonly string[], signal: AbortSignal): Promise<TreeFile[]>;
  /** Paths of the symlinks and submodules below the paths, which `files` leaves out. */
  links?(revision: string, paths: readonly string[], signal: AbortSignal): Promise<string[]>;
  /** Texts of blobs, all in one process. A blob that is no UTF-8 is left out. */
  read(blobs: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, string>>;
  commit(revision: string, signal: AbortSignal): Promise<Commit>;
  /** Resolves a branch, tag or short id that the mirror knows; NOT_FOUND otherwise. */
  resolve(revision: string, signal: AbortSignal): Promise<string>;
  /** Commits reachable from `revision`, newest first, first parents only, at most `limit`, with their changed files below the paths. */
  history(revision: string, paths: readonly string[], limit: number, signal: AbortSignal): Promise<CommitDetail[]>;
  /**
   * Makes one commit on `parent` and pushes it. When another push was first, throws PUSH_LOST and nothing of it
   * remains: the caller looks again and computes anew.
   */
  push(parent: string, request: CommitRequest, signal: AbortSignal): Promise<Commit>;
  /** The tip of a branch beside the one that is followed; `undefined` where there is none. */
  sideTip(branch: string, signal: AbortSignal): Promise<SideTip | undefined>;
  /**
   * Puts that branch at one commit on `base`, whatever it held before; `expected` is the tip that it must have now, else
   * PUSH_LOST. Without a difference to that tip's files nothing is made. Gives the tip's revision.
   */
  pushSide(branch: string, wish: SideWish, signal: AbortSignal): Promise<string>;
  /** Removes that branch, if it is still at this tip; else PUSH_LOST. */
  removeSide(branch: string, tip: string, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}
