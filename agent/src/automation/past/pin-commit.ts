import {
  type Commit,
  manifestsOf,
  objectKey,
  parseFile,
  placesOf,
  readPolicies,
  statedAnnotations,
} from '@weaveflux/shared';
import type { CommitDetail, Repository } from '../../git/repository.ts';
import type { Subject } from '../subjects.ts';
import { HISTORY_LIMIT } from './history.ts';
import { readTrailers } from './trailers.ts';

/** Commits whose texts are read at once. */
const BATCH = 25;

/**
 * The commit by which a container was pinned, with who asked for it as its author where somebody did; `undefined` = it is not
 * pinned, or was before the commits that are read.
 */
export async function pinCommit(
  subject: Subject,
  source: {
    readonly repository: Pick<Repository, 'history' | 'read'>;
    readonly revision: string | undefined;
    readonly signal: AbortSignal;
  },
): Promise<Commit | undefined> {
  const { repository, revision, signal } = source;
  if (!subject.policy.pinned || revision === undefined) return undefined;
  const { file } = subject.manifest;
  const commits = await repository.history(revision, [file], HISTORY_LIMIT, signal);
  for (let start = 0; start < commits.length; start += BATCH) {
    const batch = commits.slice(start, start + BATCH);
    const texts = await repository.read(
      batch.flatMap((commit) => blobBefore(commit, file) ?? []),
      signal,
    );
    const found = batch.find((commit) => !isPinned(texts.get(blobBefore(commit, file) ?? ''), subject));
    if (found !== undefined) return toCommit(found);
  }
  return undefined;
}

function blobBefore({ files }: CommitDetail, file: string): string | undefined {
  return files.find(({ path }) => path === file)?.before;
}

function isPinned(text: string | undefined, { manifest: { id, file }, place: { container } }: Subject): boolean {
  const key = objectKey(id);
  const parsed = parseFile(file, text ?? '');
  const all = [...manifestsOf(parsed).manifests, ...placesOf(file, parsed, [])];
  const found = all.find((it) => objectKey(it.id) === key);
  if (found === undefined) return false;
  return readPolicies(statedAnnotations(found), [container]).containers.get(container)?.pinned === true;
}

function toCommit({ revision, subject, author, time, body }: CommitDetail): Commit {
  const { requestedBy } = readTrailers(`${subject}\n\n${body}`);
  return { revision, subject, author: requestedBy ?? author, time };
}
