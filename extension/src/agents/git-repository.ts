import * as l10n from '@vscode/l10n';
import type { Uri } from 'vscode';
import { pathInside } from '../model/agent/folder-names.ts';
import { createEmitter } from './emitter.ts';
import type { NamedRevision, Repository } from './git.ts';
import { byGit } from './git-errors.ts';
import { type Ends, GIT_ADDED, GIT_REF, type GitApi, type GitApiRepository, type GitChange } from './git-extension.ts';

/** What a repository needs of VS Code besides the Git extension. */
export interface RepositoryPorts {
  readonly isCaseless: boolean;
  /** How the user has commits made: `git.enableCommitSigning`, `git.alwaysSignOff`. */
  readonly commitOptions: (root: Uri) => { readonly signCommit?: boolean; readonly signoff?: boolean };
  readonly showSourceControl: () => PromiseLike<unknown>;
  readonly failed: (error: unknown) => void;
}

/** The empty tree, which every repository has, by the length of its hashes. */
const EMPTY_TREE: Readonly<Record<number, string>> = {
  40: '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
  64: '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321',
};
/** How many commits are offered for choosing one. */
const COMMITS = 50;

/** A repository that the Git extension has open. */
export function createRepository(api: GitApi, git: GitApiRepository, ports: RepositoryPorts): Repository & Ends {
  const root = git.rootUri;
  const changed = createEmitter<void>(ports.failed);
  let known = keyOf(git);
  const listening = git.state.onDidChange(() => {
    const now = keyOf(git);
    if (now === known) return;
    known = now;
    changed.fire();
  });

  const uriOf = (path: string): Uri => root.with({ path: `${root.path.replace(/\/+$/, '')}/${path}` });
  const pathOf = (uri: Uri): string | undefined =>
    uri.scheme === root.scheme && uri.authority === root.authority
      ? pathInside(root.path, uri.path, ports.isCaseless)
      : undefined;
  const paths = (changes: readonly GitChange[]): string[] =>
    changes.flatMap(({ originalUri }) => pathOf(originalUri) ?? []);
  const diff = (revision: string, since = '') =>
    byGit(l10n.t('read revision {0}', revision), async () => git.diffWith(`${since}${checked(revision)}`));

  return {
    root,
    get remotes() {
      return remotesOf(git);
    },
    get branch() {
      return branchOf(git);
    },
    get head() {
      return git.state.HEAD?.commit;
    },
    get hasStagedChanges() {
      return git.state.indexChanges.length + git.state.mergeChanges.length > 0;
    },
    onDidChange: changed.event,
    pathOf,
    uriOf,
    at: (path, revision) => api.toGitUri(uriOf(path), revision),
    show: (path, revision) =>
      byGit(l10n.t('show {0} at {1}', path, revision), async () => git.show(checked(revision), uriOf(path).fsPath)),
    async config(key) {
      const entries = await byGit(l10n.t('read its configuration'), () => git.getConfigs());
      return entries.findLast((entry) => entry.key.toLowerCase() === key.toLowerCase())?.value ?? '';
    },
    commit: (files, message) => byGit(l10n.t('commit'), () => commit(git, files, message, ports.commitOptions(root))),
    async prepareCommit(message) {
      const { value } = git.inputBox;
      // What somebody has begun to write is theirs.
      if (!value.includes(message)) git.inputBox.value = value.trim() === '' ? message : `${value}\n\n${message}`;
      await ports.showSourceControl();
    },
    push: () => byGit(l10n.t('push'), () => push(git)),
    fetch: () => byGit(l10n.t('fetch'), () => git.fetch()),
    pull: () => byGit(l10n.t('pull'), () => git.pull()),
    revisions: () => byGit(l10n.t('list branches and commits'), () => revisions(git)),
    async files(revision) {
      const empty = EMPTY_TREE[git.state.HEAD?.commit?.length ?? 40];
      return paths(await diff(revision, `${empty}..`));
    },
    async changedSince(revision) {
      const changes = await diff(revision);
      return new Set(paths(changes.filter(({ status }) => status !== GIT_ADDED)));
    },
    async commitsBetween(from, to) {
      try {
        return (await git.log({ range: `${checked(from)}..${checked(to)}` })).length;
      } catch {
        // One of them is not here: it was never fetched, or its branch is gone.
        return undefined;
      }
    },
    dispose() {
      listening.dispose();
      changed.dispose();
    },
  };
}

function keyOf(git: GitApiRepository): string {
  return JSON.stringify([remotesOf(git), branchOf(git), git.state.HEAD?.commit]);
}

/** Of a detached HEAD the extension may give the name of a tag. */
function branchOf({ state: { HEAD } }: GitApiRepository): string | undefined {
  return HEAD?.type === GIT_REF.head ? HEAD.name : undefined;
}

function remotesOf({ state: { remotes } }: GitApiRepository): string[] {
  const ordered = [...remotes].sort((a, b) => Number(b.name === 'origin') - Number(a.name === 'origin'));
  return ordered.flatMap(({ fetchUrl }) => fetchUrl ?? []);
}

/** A revision reaches git as an argument: it is neither a flag nor a range, nor does it name a file. */
function checked(revision: string): string {
  if (/^-|\.\.|[\s:?*[\\]|^$/.test(revision)) throw new Error(l10n.t('"{0}" is no revision', revision));
  return revision;
}

async function commit(
  git: GitApiRepository,
  files: readonly Uri[],
  message: string,
  options: ReturnType<RepositoryPorts['commitOptions']>,
): Promise<void> {
  const ours = new Set(files.map((file) => file.toString()));
  const { indexChanges, mergeChanges } = git.state;
  if ([...indexChanges, ...mergeChanges].some(({ uri }) => !ours.has(uri.toString())))
    throw new Error(l10n.t('other changes are staged; look at all of them and commit in Source Control'));
  const begun = git.inputBox.value;
  await git.add(files.map((file) => file.fsPath));
  await git.commit(message, options);
  // The extension empties the box after each commit.
  if (begun.trim() !== message.trim()) git.inputBox.value = begun;
}

async function push(git: GitApiRepository): Promise<void> {
  const { HEAD, remotes } = git.state;
  const remote = remotes.find(({ name }) => name === 'origin') ?? remotes[0];
  const branch = branchOf(git);
  if (HEAD?.upstream !== undefined || remote === undefined || branch === undefined) await git.push();
  else await git.push(remote.name, branch, true);
}

async function revisions(git: GitApiRepository): Promise<NamedRevision[]> {
  const [refs, commits] = await Promise.all([git.getRefs({ sort: 'creatordate' }), git.log({ maxEntries: COMMITS })]);
  const named = (kind: NamedRevision['kind'], types: readonly number[]): NamedRevision[] =>
    refs.flatMap(({ type, name, commit: revision }) =>
      types.includes(type) && name !== undefined && revision !== undefined && !name.endsWith('/HEAD')
        ? [{ kind, name, revision }]
        : [],
    );
  return [
    ...named('branch', [GIT_REF.head, GIT_REF.remoteHead]),
    ...named('tag', [GIT_REF.tag]),
    ...commits.map(({ hash, message }) => ({
      kind: 'commit' as const,
      name: message.split('\n')[0] ?? '',
      revision: hash,
    })),
  ];
}
