import type * as vscode from 'vscode';

/** A revision by the name that people know it by. */
export interface NamedRevision {
  readonly kind: 'branch' | 'tag' | 'commit';
  /** `main`, `origin/main`, `v1.2`; of a commit its subject. */
  readonly name: string;
  /** The commit. */
  readonly revision: string;
}

/** A Git repository that is open, as VS Code's own Git extension knows it. No process is started by us. */
export interface Repository {
  readonly root: vscode.Uri;
  /** Fetch URLs of its remotes, `origin` first. */
  readonly remotes: readonly string[];
  /** The branch that is checked out; absent where HEAD is detached. */
  readonly branch: string | undefined;
  /** The commit that is checked out. */
  readonly head: string | undefined;
  /** Remotes, branch or head are others. */
  readonly onDidChange: vscode.Event<void>;
  /** Path inside the repository with slashes, or `undefined` where a file is outside. */
  pathOf(uri: vscode.Uri): string | undefined;
  uriOf(path: string): vscode.Uri;
  /** A file at a revision, as a document that a diff editor can show. */
  at(path: string, revision: string): vscode.Uri;
  /** The text of a file at a revision. Errors: where it is not there. */
  show(path: string, revision: string): Promise<string>;
  /** `user.name`, `user.email` and the like as they hold in this repository; empty where not set. */
  config(key: string): Promise<string>;
  /** Whether something is staged, so that a commit would hold more than what we changed. */
  readonly hasStagedChanges: boolean;
  /** Commits exactly these files as they are on disk. */
  commit(files: readonly vscode.Uri[], message: string): Promise<void>;
  /** Puts a message into the box of the Source Control view, and shows the view. */
  prepareCommit(message: string): Promise<void>;
  push(): Promise<void>;
  /** Branches, tags and the last commits, for choosing one; of each kind the newest first. */
  revisions(): Promise<readonly NamedRevision[]>;
  /** Paths of all files of a revision. Errors: where it is not here. */
  files(revision: string): Promise<readonly string[]>;
  /** Those of a revision's files that are not on disk, or there with another text. Errors: where it is not here. */
  changedSince(revision: string): Promise<ReadonlySet<string>>;
  /** Brings what is new from the remotes. */
  fetch(): Promise<void>;
  /** Takes what is new on the branch into the working copy, as VS Code's own Pull does. */
  pull(): Promise<void>;
  /** How many commits `from` is behind `to`, where both are here; else `undefined`. */
  commitsBetween(from: string, to: string): Promise<number | undefined>;
}
