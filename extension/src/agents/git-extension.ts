import type { Disposable, Event, Uri } from 'vscode';

/** What we use of the API of VS Code's own Git extension, version 1. */
export interface GitExtension {
  readonly enabled: boolean;
  readonly onDidChangeEnablement: Event<boolean>;
  /** Throws where Git is turned off or missing. */
  getAPI(version: 1): GitApi;
}

/** Its repositories: those that are open in the window, and others on request. */
export interface GitApi {
  readonly state: 'uninitialized' | 'initialized';
  readonly onDidChangeState: Event<'uninitialized' | 'initialized'>;
  /** Other objects at each call; their `rootUri` tells which is which. */
  readonly repositories: readonly GitApiRepository[];
  readonly onDidOpenRepository: Event<GitApiRepository>;
  readonly onDidCloseRepository: Event<GitApiRepository>;
  toGitUri(uri: Uri, ref: string): Uri;
  /** Opens the repository that holds a folder, also outside of the workspace. */
  openRepository(root: Uri): Promise<GitApiRepository | null>;
}

/** The kinds of `GitRef.type`. */
export const GIT_REF = { head: 0, remoteHead: 1, tag: 2 } as const;
/** `GitChange.status` of what the newer side has and the older has not. */
export const GIT_ADDED = 1;

/** A branch or tag, and the commit that it names. */
export interface GitRef {
  readonly type: number;
  readonly name?: string;
  readonly commit?: string;
}

/** The branch that is checked out; without a name where HEAD is detached. */
export interface GitBranch extends GitRef {
  readonly upstream?: { readonly remote: string; readonly name: string };
}

/** A file that differs between two states. */
export interface GitChange {
  readonly uri: Uri;
  /** Where it was before a rename; else `uri`. */
  readonly originalUri: Uri;
  readonly status: number;
}

/** A repository as VS Code has it open. Its calls reject with what git says. */
export interface GitApiRepository {
  readonly rootUri: Uri;
  readonly inputBox: { value: string };
  readonly state: {
    readonly HEAD: GitBranch | undefined;
    readonly remotes: readonly { readonly name: string; readonly fetchUrl?: string }[];
    readonly indexChanges: readonly GitChange[];
    readonly mergeChanges: readonly GitChange[];
    readonly onDidChange: Event<void>;
  };
  /** Everything that holds in the repository; the last of several entries counts. */
  getConfigs(): Promise<{ readonly key: string; readonly value: string }[]>;
  /** The path is absolute. */
  show(ref: string, path: string): Promise<string>;
  /** The working copy, or the second of `a..b`, against the first. */
  diffWith(ref: string): Promise<GitChange[]>;
  getRefs(query: { readonly sort?: string }): Promise<GitRef[]>;
  log(options: {
    readonly maxEntries?: number;
    readonly range?: string;
  }): Promise<{ readonly hash: string; readonly message: string }[]>;
  add(paths: string[]): Promise<void>;
  commit(message: string, options: { readonly signCommit?: boolean; readonly signoff?: boolean }): Promise<void>;
  push(remote?: string, branch?: string, setUpstream?: boolean): Promise<void>;
  fetch(): Promise<void>;
  pull(): Promise<void>;
}

/** Something of VS Code that ends. */
export type Ends = Pick<Disposable, 'dispose'>;
