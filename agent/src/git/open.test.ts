import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { WeavefluxError } from '@weaveflux/shared';
import type { OpenRepository, RepositoryOptions } from './open.ts';
import { gitAsPerson, makeEmptyOrigin, type Origin } from './testing.ts';

const never = new AbortController().signal;
let source: Origin;
let base: string;
let origin: string;
let work: string;

const git = gitAsPerson;

function put(files: Record<string, string | Buffer>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(work, path)), { recursive: true });
    writeFileSync(join(work, path), text);
  }
}

function commit(message: string, files: Record<string, string | Buffer> = {}): string {
  put(files);
  git(work, 'add', '-A');
  git(work, 'commit', '-q', '--allow-empty', '-m', message);
  git(work, 'push', '-q', '--force', 'origin', 'HEAD');
  return git(work, 'rev-parse', 'HEAD');
}

function open(options: Partial<RepositoryOptions> = {}): Promise<OpenRepository> {
  return source.open(options);
}

function code(expected: string, message?: RegExp): (error: unknown) => true {
  return (error) => {
    assert(error instanceof WeavefluxError, String(error));
    assert.equal(error.code, expected, error.message);
    if (message !== undefined) assert.match(error.message, message);
    return true;
  };
}

beforeEach(() => {
  source = makeEmptyOrigin('trunk');
  base = source.base;
  origin = source.folder;
  work = join(base, 'work');
  execFileSync('git', ['clone', '-q', origin, work], { stdio: 'ignore' });
  git(work, 'checkout', '-q', '-b', 'trunk');
});

afterEach(() => source.close());

describe('look', () => {
  it("follows the remote's HEAD and sees what is pushed", async () => {
    const first = commit('one', { 'a.yaml': 'a: 1\n' });
    const repository = await open();
    assert.deepEqual(await repository.look(never), { revision: first, rewritten: false });
    assert.equal(repository.branch, 'trunk');
    const second = commit('two', { 'a.yaml': 'a: 2\n' });
    assert.deepEqual(await repository.look(never), { revision: second, rewritten: false });
    assert.equal(await repository.resolve('trunk', never), second);
    assert.equal(await repository.resolve(first.slice(0, 10), never), first);
    for (const name of ['HEAD~1', 'HEAD~', 'trunk~1']) assert.equal(await repository.resolve(name, never), first);
    await assert.rejects(repository.resolve('nothing', never), code('NOT_FOUND'));
    await assert.rejects(repository.resolve('--all', never), code('NOT_FOUND'));
  });

  it('tells rewritten history, also across a restart', async () => {
    const first = commit('one', { 'a.yaml': 'a: 1\n' });
    commit('two', { 'a.yaml': 'a: 2\n' });
    const repository = await open();
    await repository.look(never);
    git(work, 'reset', '-q', '--hard', first);
    const other = commit('other', { 'a.yaml': 'a: 3\n' });
    const restarted = await open();
    assert.deepEqual(await restarted.look(never), { revision: other, rewritten: true });
    assert.deepEqual(await restarted.look(never), { revision: other, rewritten: false });
  });

  it('names a branch that is missing, and an empty repository', async () => {
    await assert.rejects((await open()).look(never), code('NOT_FOUND', /no commit/));
    commit('one');
    const repository = await open({ branch: 'production' });
    await assert.rejects(repository.look(never), code('NOT_FOUND', /"production"/));
  });

  it('goes on after the remote was away', async () => {
    const first = commit('one', { 'a.yaml': 'a: 1\n' });
    const repository = await open();
    await repository.look(never);
    execFileSync('mv', [origin, `${origin}.away`]);
    await assert.rejects(repository.look(never), code('GIT_UNREACHABLE'));
    execFileSync('mv', [`${origin}.away`, origin]);
    assert.equal((await repository.look(never)).revision, first);
  });

  it('makes a damaged mirror anew', async () => {
    const head = commit('one', { 'a.yaml': 'a: 1\n' });
    const repository = await open();
    await repository.look(never);
    const [file] = await repository.files(head, [], never);
    const mirrors = readdirSync(join(base, 'data', 'git')).filter((name) => name.endsWith('.git'));
    const [mirror] = mirrors.map((name) => join(base, 'data', 'git', name));
    const id = file?.blob ?? '';
    rmSync(join(mirror ?? '', 'objects', id.slice(0, 2), id.slice(2)));
    await assert.rejects(repository.read([id], never), code('GIT_FAILED'));
    assert.deepEqual(await repository.look(never), { revision: head, rewritten: false });
    assert.equal((await repository.read([id], never)).get(id), 'a: 1\n');
    rmSync(join(mirror ?? '', 'HEAD'));
    const restarted = await open();
    assert.equal((await restarted.look(never)).revision, head);
  });

  it('is cancelled by its signal', async () => {
    commit('one');
    const repository = await open();
    await assert.rejects(repository.look(AbortSignal.abort()), code('CANCELLED'));
  });
});

describe('files and read', () => {
  it('lists regular files below the paths, without symlinks, and reads them byte by byte', async () => {
    put({
      'env/a.yaml': '\ufeffa: "ü"\r\n',
      'env/deep/b.json': '{}',
      'other/c.yaml': 'c: 1',
      'env/bad.yaml': Buffer.from([0xff, 0xfe]),
    });
    symlinkSync('/etc/passwd', join(work, 'env', 'link.yaml'));
    const head = commit('files');
    const repository = await open();
    await repository.look(never);
    const files = await repository.files(head, ['env', './env/deep/'], never);
    assert.deepEqual(
      files.map((file) => file.path),
      ['env/a.yaml', 'env/bad.yaml', 'env/deep/b.json'],
    );
    assert.equal(files[2]?.size, 2);
    const texts = await repository.read(
      files.map((file) => file.blob),
      never,
    );
    assert.equal(texts.get(files[0]?.blob ?? ''), '\ufeffa: "ü"\r\n');
    assert.equal(texts.has(files[1]?.blob ?? ''), false);
    assert.equal((await repository.files(head, [], never)).length, 4);
    await assert.rejects(repository.files(head, ['env', 'nowhere'], never), code('NOT_FOUND', /"nowhere"/));
    await assert.rejects(repository.files(head, ['../env'], never), code('INVALID_FLAG'));
    await assert.rejects(repository.files('--help', ['env'], never), code('NOT_FOUND'));
  });
});

describe('history', () => {
  it('tells what each commit changed, newest first, by first parents', async () => {
    const first = commit('first\n\nWhy.\n\nTrailer: x', { 'env/a.yaml': 'a: 1\n', 'x.txt': 'x' });
    git(work, 'checkout', '-q', '-b', 'side');
    put({ 'env/b.yaml': 'b: 1\n' });
    git(work, 'add', '-A');
    git(work, 'commit', '-q', '-m', 'on the side');
    git(work, 'checkout', '-q', 'trunk');
    put({ 'x.txt': 'y' });
    git(work, 'commit', '-q', '-a', '-m', 'elsewhere');
    git(work, 'merge', '-q', '--no-ff', '-m', 'merge', 'side');
    git(work, 'rm', '-q', 'env/a.yaml');
    const last = commit('last');
    const repository = await open();
    await repository.look(never);
    const history = await repository.history(last, ['env'], 10, never);
    assert.deepEqual(
      history.map((entry) => entry.subject),
      ['last', 'merge', 'first'],
    );
    const shown = history.map(({ files }) => files.map((file) => [file.path, 'before' in file, 'after' in file]));
    assert.deepEqual(shown, [
      [['env/a.yaml', true, false]],
      [['env/b.yaml', false, true]],
      [['env/a.yaml', false, true]],
    ]);
    assert.equal(history[2]?.body, 'Why.\n\nTrailer: x');
    assert.equal(history[2]?.parent, undefined);
    assert.equal(history[2]?.revision, first);
    assert.equal((await repository.history(last, [], 1, never)).length, 1);
    assert.equal((await repository.commit(first, never)).author, 'Ada');
  });
});

describe('push', () => {
  it('commits without a work tree and keeps mode and all other files', async () => {
    put({ 'env/run.yaml': 'a: 1\n', 'other.txt': 'x' });
    execFileSync('chmod', ['755', join(work, 'env/run.yaml')]);
    const head = commit('one');
    const repository = await open({ setAuthor: true });
    await repository.look(never);
    const message = 'Release a:2\n\nWeaveflux-Change: x';
    const author = { name: 'Eve <x>\n', email: 'eve@example.com' };
    const made = await repository.push(
      head,
      { files: new Map([['env/run.yaml', 'a: 2\r\n']]), message, author },
      never,
    );
    assert.equal(git(origin, 'rev-parse', 'trunk'), made.revision);
    assert.equal(made.subject, 'Release a:2');
    assert.equal(made.author, 'Eve x');
    assert.match(git(origin, 'ls-tree', '-r', 'trunk'), /^100755 .*run\.yaml\n100644 .*other\.txt$/);
    assert.equal(
      git(origin, 'log', '-1', '--format=%cn <%ce> %an|%B', 'trunk').trim(),
      `Weaveflux <weaveflux@example.com> Eve x|${message}`,
    );
    assert.deepEqual(await repository.look(never), { revision: made.revision, rewritten: false });
  });

  it('loses to another push, and nothing of it remains', async () => {
    const head = commit('one', { 'a.yaml': 'a: 1\n' });
    const repository = await open();
    await repository.look(never);
    const theirs = commit('theirs', { 'b.yaml': 'b: 1\n' });
    const request = { files: new Map([['a.yaml', 'a: 2\n']]), message: 'ours' };
    await assert.rejects(repository.push(head, request, never), code('PUSH_LOST'));
    assert.equal(git(origin, 'rev-parse', 'trunk'), theirs);
    assert.deepEqual(await repository.look(never), { revision: theirs, rewritten: false });
    assert.equal((await repository.push(theirs, request, never)).subject, 'ours');
  });

  it('never brings back commits that were taken away', async () => {
    const first = commit('one', { 'a.yaml': 'a: 1\n' });
    const second = commit('two', { 'a.yaml': 'a: 2\n' });
    const repository = await open();
    await repository.look(never);
    git(origin, 'update-ref', 'refs/heads/trunk', first);
    await assert.rejects(
      repository.push(second, { files: new Map([['a.yaml', 'a: 3\n']]), message: 'x' }, never),
      code('PUSH_LOST'),
    );
    assert.equal(git(origin, 'rev-parse', 'trunk'), first);
  });

  it('says that a hook refused', async () => {
    const head = commit('one', { 'a.yaml': 'a: 1\n' });
    writeFileSync(
      join(origin, 'hooks', 'pre-receive'),
      '#!/bin/sh\necho "GH006: Protected branch update failed" >&2\nexit 1\n',
      { mode: 0o755 },
    );
    const repository = await open();
    await repository.look(never);
    const request = { files: new Map([['a.yaml', 'a: 2\n']]), message: 'x' };
    await assert.rejects(
      repository.push(head, request, never),
      code('GIT_FAILED', /trunk.*hook declined.*Protected branch/),
    );
  });

  const refused: [string, string][] = [
    ['../x.yaml', 'INVALID_FLAG'],
    ['.git/config', 'INVALID_REQUEST'],
    ['a/.GIT/config', 'INVALID_REQUEST'],
    ['link.yaml', 'INVALID_REQUEST'],
  ];
  for (const [path, expected] of refused)
    it(`writes no ${path}`, async () => {
      symlinkSync('/etc/passwd', join(work, 'link.yaml'));
      const head = commit('one');
      const repository = await open();
      await repository.look(never);
      await assert.rejects(
        repository.push(head, { files: new Map([[path, 'x']]), message: 'x' }, never),
        code(expected),
      );
    });

  it('does nothing in read-only mode', async () => {
    const head = commit('one');
    const repository = await open({ readonly: true });
    await repository.look(never);
    await assert.rejects(
      repository.push(head, { files: new Map([['a', 'x']]), message: 'x' }, never),
      code('READ_ONLY'),
    );
  });
});
