import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WeavefluxError } from '@weaveflux/shared';
import { oneLine } from '../text/one-line.ts';
import type { Git } from './git.ts';
import type { CommitRequest } from './repository.ts';
import type { Signing } from './signing.ts';
import { cleanPath, listEntries } from './tree.ts';

export interface Committer {
  readonly name: string;
  readonly email: string;
  /** Whether the person who asked is named as author. */
  readonly setAuthor: boolean;
  /** Absent = commits are not signed. */
  readonly signing?: Signing | undefined;
}

/**
 * Makes the tree of `parent` with whole new texts, in the bare repository at `folder`, without a work tree. A file that is
 * there keeps its mode. Errors: INVALID_REQUEST, also where nothing would change.
 */
export async function writeTree(
  git: Git,
  folder: string,
  parent: string,
  files: CommitRequest['files'],
  signal: AbortSignal,
): Promise<string> {
  const index = join(folder, 'weaveflux-index');
  const env = { GIT_INDEX_FILE: index };
  const text = async (args: readonly string[], input?: string) =>
    (await git(args, signal, { ...(input === undefined ? {} : { input }), env })).toString('utf8').trim();
  try {
    const lines = await indexLines(git, folder, parent, files, signal);
    await text(['read-tree', parent]);
    await text(['update-index', '-z', '--index-info'], lines);
    const tree = await text(['write-tree']);
    if (tree === (await text(['rev-parse', '--verify', `${parent}^{tree}`])))
      throw new WeavefluxError('INVALID_REQUEST', 'The commit would change nothing, so none was made.');
    return tree;
  } finally {
    await Promise.all([index, `${index}.lock`].map((path) => rm(path, { force: true })));
  }
}

/** Makes one commit object of a tree on `parent`: no ref moves. Errors: GIT_AUTH where it cannot be signed. */
export async function commitTree(
  git: Git,
  tree: string,
  parent: string,
  request: CommitRequest,
  committer: Committer,
  signal: AbortSignal,
): Promise<string> {
  const people = identities(committer, request.author);
  return signed(committer.signing, signal, async (settings, flags, env) => {
    const args = [...settings, 'commit-tree', ...flags, '-p', parent, '-F', '-', tree];
    const out = await git(args, signal, { input: request.message, env: { ...people, ...env } });
    return out.toString('latin1').trim();
  });
}

/** Makes a commit with what git needs to sign it; without a key it is not signed. */
async function signed(
  signing: Signing | undefined,
  signal: AbortSignal,
  make: (
    settings: readonly string[],
    flags: readonly string[],
    env: Readonly<Record<string, string>>,
  ) => Promise<string>,
): Promise<string> {
  if (signing === undefined) return make([], [], {});
  const { settings, env } = await signing.prepare(signal);
  try {
    return await make(settings, ['-S'], env);
  } catch (error) {
    throw signing.failure(error);
  }
}

async function indexLines(
  git: Git,
  folder: string,
  parent: string,
  files: CommitRequest['files'],
  signal: AbortSignal,
): Promise<string> {
  const paths = [...files.keys()].map(writablePath);
  const there = new Map((await listEntries(git, parent, paths, signal)).map((entry) => [entry.path, entry.mode]));
  const modes = paths.map((path) => there.get(path) ?? '100644');
  const foreign = paths[modes.findIndex((mode) => !mode.startsWith('100'))];
  if (foreign !== undefined)
    throw new WeavefluxError('INVALID_REQUEST', `${foreign} is a symlink or a submodule, which is never written to.`, {
      about: { file: foreign },
    });
  const blobs = await writeBlobs(git, folder, [...files.values()], signal);
  return paths.map((path, at) => `${modes[at]} ${blobs[at]}\t${path}\0`).join('');
}

/** Writes texts as blobs by one process, which reads them from files of their own; gives their ids, in the same order. */
async function writeBlobs(git: Git, folder: string, texts: readonly string[], signal: AbortSignal): Promise<string[]> {
  const side = await mkdtemp(join(folder, 'weaveflux-texts-'));
  try {
    const names = texts.map((_, at) => join(side, String(at)));
    await Promise.all(texts.map((text, at) => writeFile(names[at] ?? '', text)));
    const args = ['hash-object', '-w', '--no-filters', '--stdin-paths'];
    const out = await git(args, signal, { input: names.map((name) => `${name}\n`).join('') });
    return out.toString('latin1').trim().split('\n');
  } finally {
    await rm(side, { recursive: true, force: true });
  }
}

/** A path that may be written: inside the repository, in its one spelling, and nothing of git's own. */
function writablePath(path: string): string {
  const own = path.split('/').some((part) => /^\.git$/i.test(part));
  if (path !== '' && cleanPath(path) === path && !own && !path.includes('\ufffd')) return path;
  throw new WeavefluxError('INVALID_REQUEST', `${JSON.stringify(path)} is no path of a file that can be written.`);
}

function identities(committer: Committer, asked: CommitRequest['author']): Record<string, string> {
  const name = person(committer.name) || 'weaveflux';
  const email = person(committer.email);
  const author = committer.setAuthor ? asked : undefined;
  return {
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
    GIT_AUTHOR_NAME: person(author?.name ?? '') || name,
    GIT_AUTHOR_EMAIL: author === undefined ? email : person(author.email ?? ''),
  };
}

/** What may stand in a commit's header. */
function person(text: string): string {
  return oneLine(text.replace(/[<>]/g, ''), 200);
}
