import assert from 'node:assert/strict';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { OpenRepository, RepositoryOptions } from './open.ts';
import { makeOrigin, type Origin } from './testing.ts';

const never = new AbortController().signal;
const SIDE = 'ours/proposed';
let origin: Origin;

beforeEach(() => {
  origin = makeOrigin();
});
afterEach(() => origin.close());

function git(...args: string[]): string {
  return origin.git(...args);
}

/** An agent of its own folder, that has looked. */
async function open(name: string, options: Partial<RepositoryOptions> = {}): Promise<OpenRepository> {
  const repository = await origin.open({ dataDir: join(origin.base, name), ...options });
  await repository.look(never);
  return repository;
}

function put(repository: OpenRepository, text: string, expected: Awaited<ReturnType<OpenRepository['sideTip']>>) {
  const request = { files: new Map([['a.yaml', text]]), message: `Say ${text}\n\nSaid-By: us\n` };
  return repository.pushSide(SIDE, { base: git('rev-parse', 'main'), request, expected }, never);
}

describe('a branch beside the one that is followed', () => {
  it('is made, replaced as a whole and removed, and the followed one stays', async () => {
    const repository = await open('a');
    const main = git('rev-parse', 'main');
    assert.equal(await repository.sideTip(SIDE, never), undefined);
    const first = await put(repository, 'a: 1', undefined);
    const tip = await repository.sideTip(SIDE, never);
    assert.deepEqual(
      [tip?.revision, tip?.parents, tip?.committer, tip?.message.trim()],
      [first, [main], 'weaveflux@example.com', 'Say a: 1\n\nSaid-By: us'],
    );
    const second = await put(repository, 'a: 2', tip);
    assert.deepEqual([git('rev-parse', SIDE), git('rev-parse', `${SIDE}^`)], [second, main]);
    await repository.removeSide(SIDE, second, never);
    assert.equal(git('branch', '--list', SIDE), '');
    assert.equal(git('rev-parse', 'main'), main);
    assert.deepEqual(await repository.look(never), { revision: main, rewritten: false });
  });

  it('is not pushed while its files are the same, also by an agent that never saw it', async () => {
    const first = await put(await open('a'), 'a: 1', undefined);
    const other = await open('b');
    const tip = await other.sideTip(SIDE, never);
    assert.equal(tip?.revision, first);
    assert.equal(await put(other, 'a: 1', tip), first);
  });

  it('loses to whoever moved, made or removed it meanwhile', async () => {
    const [repository, other] = [await open('a'), await open('b')];
    const first = await put(repository, 'a: 1', undefined);
    const tip = await repository.sideTip(SIDE, never);
    await assert.rejects(put(other, 'a: 2', undefined), { code: 'PUSH_LOST' });
    const theirs = await put(other, 'a: 3', await other.sideTip(SIDE, never));
    await assert.rejects(put(repository, 'a: 4', tip), { code: 'PUSH_LOST' });
    await assert.rejects(repository.removeSide(SIDE, first, never), { code: 'PUSH_LOST' });
    assert.equal(git('rev-parse', SIDE), theirs);
    git('branch', '-D', SIDE);
    await assert.rejects(put(repository, 'a: 5', tip), { code: 'PUSH_LOST' });
  });

  it('is not touched in read-only mode, nor under a name that git would take for something else', async () => {
    const repository = await open('a', { readonly: true });
    await assert.rejects(put(repository, 'a: 1', undefined), { code: 'READ_ONLY' });
    await assert.rejects((await open('b')).sideTip('--all', never), { code: 'INVALID_FLAG' });
  });
});
