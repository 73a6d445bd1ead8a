import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  type GitRepository,
  git,
  type HttpsGit,
  type SshGit,
  startHttpsGit,
  startSshGit,
  temporaryDirectory,
} from '../index.ts';

const FILES = { 'app/web.yaml': 'kind: Deployment\n', 'README.md': '# An environment\n' };

describe('git over https', () => {
  let server: HttpsGit;
  let repository: GitRepository;
  before(async () => {
    server = await startHttpsGit({ user: 'robot', token: 't0ken' });
    repository = await server.createRepository('team/environment', FILES);
  });
  after(() => server?.stop());

  const url = (token: string) => repository.url.replace('https://', `https://robot:${token}@`);
  const here = (...args: string[]) => git('/', args, { GIT_SSL_CAINFO: server.caFile });

  test('clones and pushes with the token', async () => {
    const copy = temporaryDirectory('clone');
    await here('clone', '--quiet', url('t0ken'), copy);
    // Big enough to be sent in chunks.
    await writeFile(join(copy, 'big.yaml'), `# ${'x'.repeat(3_000_000)}\n`);
    await here('-C', copy, 'add', '.');
    await here('-C', copy, 'commit', '--quiet', '--message=Something big');
    await here('-C', copy, 'push', '--quiet');
    assert.equal(await repository.git(['log', '-1', '--format=%s', 'main']), 'Something big\n');
    assert.equal((await repository.read('big.yaml')).length, 3_000_003);
  });

  test('a wrong token, no token, and a certificate that nobody vouches for are refused', async () => {
    await assert.rejects(here('ls-remote', url('wrong')), /Authentication failed/);
    await assert.rejects(here('ls-remote', repository.url), /could not read Username|terminal prompts disabled/);
    await assert.rejects(git('/', ['ls-remote', url('t0ken')]), /certificate/);
  });

  test('a bearer token serves as well', async () => {
    const listed = await here('-c', 'http.extraHeader=Authorization: Bearer t0ken', 'ls-remote', repository.url);
    assert.match(listed, /refs\/heads\/main/);
  });

  test('counts what was asked', async () => {
    server.requests.length = 0;
    await here('ls-remote', url('t0ken'));
    const services = server.requests.filter(({ status }) => status === 200).map(({ service }) => service);
    assert.ok(services.length > 0 && services.every((service) => service === 'git-upload-pack'));
  });

  test('another push can be first', async () => {
    const copy = temporaryDirectory('clone');
    await here('clone', '--quiet', url('t0ken'), copy);
    const other = await server.checkout(repository);
    server.beforeNextPush(async () => {
      await other.write({ 'other.yaml': 'a: 1\n' });
      await other.commitAndPush('First');
    });
    await here('-C', copy, 'commit', '--quiet', '--allow-empty', '--message=Second');
    await assert.rejects(here('-C', copy, 'push', '--quiet'), /rejected|failed to (push|update)/);
    assert.equal(await repository.git(['log', '-1', '--format=%s', 'main']), 'First\n');
  });

  test('goes away, hangs, and comes back', async () => {
    await server.outage();
    await assert.rejects(here('ls-remote', url('t0ken')), /Failed to connect|Couldn't connect/);
    await server.recover();
    await here('ls-remote', url('t0ken'));
    await server.outage('hang');
    const slow = ['-c', 'http.lowSpeedLimit=1', '-c', 'http.lowSpeedTime=1', 'ls-remote', url('t0ken')];
    await assert.rejects(here(...slow), /too slow|timed out|timeout/i);
    await server.recover();
    await here('ls-remote', url('t0ken'));
  });
});

describe('git over ssh', () => {
  let server: SshGit;
  let repository: GitRepository;
  before(async () => {
    server = await startSshGit();
    repository = await server.createRepository('environment', FILES);
  });
  after(() => server?.stop());

  function as(key: { file: string }, ...args: string[]): Promise<string> {
    const options = [
      'IdentitiesOnly=yes',
      'StrictHostKeyChecking=yes',
      'BatchMode=yes',
      `UserKnownHostsFile=${server.knownHostsFile}`,
    ];
    const command = ['ssh', '-F', 'none', '-i', key.file, ...options.flatMap((option) => ['-o', option])].join(' ');
    return git('/', args, { GIT_SSH_COMMAND: command });
  }

  test('clones and pushes with the deploy key', async () => {
    const copy = temporaryDirectory('clone');
    await as(server.key, 'clone', '--quiet', repository.url, copy);
    await as(server.key, '-C', copy, 'commit', '--quiet', '--allow-empty', '--message=By ssh');
    await as(server.key, '-C', copy, 'push', '--quiet');
    assert.equal(await repository.git(['log', '-1', '--format=%s', 'main']), 'By ssh\n');
  });

  test('the read-only key fetches and may not push', async () => {
    const copy = temporaryDirectory('clone');
    await as(server.readOnlyKey, 'clone', '--quiet', repository.url, copy);
    await as(server.readOnlyKey, '-C', copy, 'commit', '--quiet', '--allow-empty', '--message=No');
    await assert.rejects(as(server.readOnlyKey, '-C', copy, 'push', '--quiet'), /marked as read only/);
  });

  test('another key is refused until it is allowed', async () => {
    const key = await server.createKey();
    await assert.rejects(as(key, 'ls-remote', repository.url), /Permission denied \(publickey\)/);
    await server.allow(key.publicKey, 'read');
    assert.match(await as(key, 'ls-remote', repository.url), /refs\/heads\/main/);
  });

  test('a key opens the repositories and nothing else', async () => {
    await assert.rejects(as(server.key, 'ls-remote', `${server.url}/../../etc`), /not found/);
    await assert.rejects(as(server.key, 'ls-remote', `${server.url}/missing.git`), /not found/);
  });

  test('goes away and comes back; another host key is noticed', async () => {
    await server.outage();
    await assert.rejects(as(server.key, 'ls-remote', repository.url), /Connection refused/);
    await server.recover();
    await as(server.key, 'ls-remote', repository.url);
    await server.changeHostKey();
    await assert.rejects(as(server.key, 'ls-remote', repository.url), /Host key verification failed/);
  });
});

describe('a working copy', () => {
  test('writes, removes, reverts and rewrites, by different people, server or no server', async () => {
    await using server = await startHttpsGit();
    const repository = await server.createRepository('environment', FILES);
    await server.outage();
    const copy = await server.checkout(repository);
    await copy.write({ 'app/web.yaml': 'kind: StatefulSet\n', 'app/new.yaml': 'kind: Job\n' });
    await copy.remove('README.md');
    const changed = await copy.commitAndPush('Change it', { name: 'Jane', email: 'jane@example.com' });
    assert.equal(await repository.head(), changed);
    await assert.rejects(repository.read('README.md'));
    await copy.revertAndPush(changed);
    assert.equal(await repository.read('app/web.yaml'), 'kind: Deployment\n');
    assert.deepEqual(
      (await copy.log()).map(({ author, subject }) => [author, subject]),
      [
        ['Rig', 'Revert "Change it"'],
        ['Jane', 'Change it'],
        ['Rig', 'First files'],
      ],
    );
    const rewritten = await copy.forcePush('HEAD~2');
    assert.equal(await repository.head(), rewritten);
    assert.equal((await copy.log()).length, 1);
  });

  test('a push that lost the race is repeated on the new head', async () => {
    await using server = await startHttpsGit();
    const repository = await server.createRepository('environment', FILES);
    const copies = await Promise.all([server.checkout(repository), server.checkout(repository)]);
    for (const [at, copy] of copies.entries()) await copy.write({ [`${at}.yaml`]: `at: ${at}\n` });
    for (const [at, copy] of copies.entries()) await copy.commitAndPush(`Number ${at}`);
    assert.equal(await repository.git(['rev-list', '--count', 'main']), '3\n');
  });

  test('a repository can refuse pushes, and can be empty', async () => {
    await using server = await startHttpsGit();
    const repository = await server.createRepository('environment');
    await assert.rejects(repository.head());
    const copy = await server.checkout(repository);
    await copy.write({ 'a.yaml': 'a: 1\n' });
    await repository.rejectPushes('the branch main is protected');
    await assert.rejects(copy.commitAndPush('No'), /the branch main is protected/);
    await repository.rejectPushes(undefined);
    await copy.commitAndPush('Yes');
    assert.equal(await repository.read('a.yaml'), 'a: 1\n');
  });
});
