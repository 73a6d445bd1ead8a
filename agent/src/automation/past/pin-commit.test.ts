import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CommitDetail, Repository } from '../../git/repository.ts';
import { subjectIn, workloadText } from '../testing.ts';
import { pinCommit } from './pin-commit.ts';
import { formatMessage } from './trailers.ts';

const FREE = workloadText('web', 'example.org/web:1', { 'weaveflux.dev/automated': 'true' });
const PINNED = workloadText('web', 'example.org/web:1', { 'weaveflux.dev/locked': 'true' });
const MOVED = PINNED.replace('web:1', 'web:2');

/** Commits of a file that each have a message, newest first; texts stand for their blobs. */
function repositoryOf(commits: readonly (readonly [before: string | undefined, after: string, body?: string])[]) {
  const details = commits.map(
    ([before, after, body = ''], index): CommitDetail => ({
      revision: `r${commits.length - index}`,
      subject: 'A change',
      author: 'Ann',
      time: '2026-01-01T00:00:00Z',
      parent: undefined,
      body,
      files: [{ path: 'a.yaml', ...(before === undefined ? {} : { before }), after }],
    }),
  );
  const repository: Pick<Repository, 'history' | 'read'> = {
    history: async () => details,
    read: async (blobs) => new Map(blobs.map((blob) => [blob, blob])),
  };
  return { repository, revision: 'head', signal: AbortSignal.timeout(10_000) };
}

test('a pin is told with the last commit that made it, and who asked for that', async () => {
  const message = formatMessage({ changes: [], requestedBy: { name: 'Ada', email: 'ada@example.org' } });
  const body = message.split('\n\n').slice(1).join('\n\n');
  const source = repositoryOf([
    [PINNED, MOVED],
    [FREE, PINNED, body],
    [PINNED, FREE],
    [undefined, PINNED],
  ]);
  const commit = await pinCommit(subjectIn(MOVED), source);
  assert.deepEqual([commit?.revision, commit?.author], ['r3', 'Ada <ada@example.org>']);
});

test('what was pinned from the start is so by the commit that added it', async () => {
  const commit = await pinCommit(
    subjectIn(MOVED),
    repositoryOf([
      [PINNED, MOVED],
      [undefined, PINNED],
    ]),
  );
  assert.deepEqual([commit?.revision, commit?.author], ['r1', 'Ann']);
});

test('nobody pinned what is free, or was pinned before the commits that are read', async () => {
  assert.equal(await pinCommit(subjectIn(FREE), repositoryOf([[PINNED, FREE]])), undefined);
  assert.equal(await pinCommit(subjectIn(MOVED), repositoryOf([[PINNED, MOVED]])), undefined);
});
