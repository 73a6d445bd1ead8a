import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type GitRepository, type SshGit, startSshGit } from '../rig/index.ts';
import { never, openClient, refused, stands } from './git-support.ts';

describe('git over ssh', () => {
  let server: SshGit;
  let remote: GitRepository;
  const change = (text: string) => ({ files: new Map([['a.yaml', text]]), message: 'change' });

  before(async () => {
    server = await startSshGit();
    remote = await server.createRepository('env', { 'a.yaml': 'a: 1\n' });
  });
  after(() => server.stop());

  it('reads and pushes with a key that may write, even if the Secret gives it Windows line ends and mode 0644', async () => {
    const identity = server.key.privateKey.trimEnd().replaceAll('\n', '\r\n');
    await using client = await openClient(remote.url, { knownHostsFile: server.knownHostsFile }, {}, { identity });
    const head = await client.repository.look(never);
    assert.equal(head.revision, await remote.head());
    const made = await client.repository.push(head.revision, change('a: 2\n'), never);
    assert.equal(await remote.head(), made.revision);
    assert.equal(await remote.read('a.yaml'), 'a: 2\n');
    const middle = server.key.privateKey.split('\n')[2] ?? '';
    assert.deepEqual(stands(middle, client.dataDir), [], 'the key is kept in memory only');
  });

  it('says that a read-only key may not push', async () => {
    const secret = { identity: server.readOnlyKey.privateKey, known_hosts: server.knownHosts };
    await using client = await openClient(remote.url, {}, {}, secret);
    const { revision } = await client.repository.look(never);
    await refused(client.repository.push(revision, change('a: 9\n'), never), 'GIT_AUTH', /not push.*write access/);
    assert.equal(await remote.head(), revision);
  });

  it('trusts no host whose key is unknown, and says what to do', async () => {
    await using client = await openClient(remote.url, {}, {}, { identity: server.key.privateKey });
    await refused(client.repository.look(never), 'GIT_HOST_KEY', /unknown.*--ssh-known-hosts/);
  });

  it('says that a host key has changed', async () => {
    await using other = await startSshGit();
    const repository = await other.createRepository('env', { 'a.yaml': 'a: 1\n' });
    const secret = { identity: other.key.privateKey };
    await using client = await openClient(repository.url, { knownHostsFile: other.knownHostsFile }, {}, secret);
    await client.repository.look(never);
    await other.changeHostKey();
    await refused(client.repository.look(never), 'GIT_HOST_KEY', /not the one that is known/);
  });

  it('makes a key where there is none, keeps it, and works once it is let in', async () => {
    const options = { knownHostsFile: server.knownHostsFile };
    await using client = await openClient(remote.url, options);
    const key = await client.repository.publicKey(never);
    assert.match(key ?? '', /^ssh-ed25519 \S+ weaveflux$/);
    await refused(client.repository.look(never), 'GIT_AUTH', /weaveflux identity/);
    await server.allow(key ?? '');
    assert.equal((await client.repository.look(never)).revision, await remote.head());
    await client.repository.close();
    await using again = await openClient(remote.url, { ...options, dataDir: client.dataDir });
    assert.equal(await again.repository.publicKey(never), key);
  });

  it('saves the key that it made in the Secret, and takes the one that is there', async () => {
    const data: Record<string, Buffer> = {};
    const secrets = {
      read: async () => data,
      save: async (more: Record<string, Buffer>) => void Object.assign(data, more),
    };
    await using client = await openClient(remote.url, { knownHostsFile: server.knownHostsFile }, { secrets });
    const key = await client.repository.publicKey(never);
    assert.match(data.identity?.toString() ?? '', /PRIVATE KEY/);
    await using other = await openClient(remote.url, { knownHostsFile: server.knownHostsFile }, { secrets });
    assert.equal(await other.repository.publicKey(never), key);
  });

  it('picks up a rotated key without a restart', async () => {
    const stranger = await server.createKey();
    const secret = { identity: stranger.privateKey };
    await using client = await openClient(remote.url, { knownHostsFile: server.knownHostsFile }, {}, secret);
    await refused(client.repository.look(never), 'GIT_AUTH', /ssh key/);
    client.put('identity', server.key.privateKey);
    assert.equal((await client.repository.look(never)).revision, await remote.head());
  });

  it('says that a key is none', async () => {
    const options = { knownHostsFile: server.knownHostsFile };
    await using client = await openClient(remote.url, options, {}, { identity: 'CANARY-no-key\n' });
    await refused(client.repository.look(never), 'GIT_AUTH', /private key/, ['CANARY']);
    await refused(client.repository.publicKey(never), 'GIT_AUTH', /private key/, ['CANARY']);
  });

  it('says that a repository is not there', async () => {
    const options = { knownHostsFile: server.knownHostsFile };
    const secret = { identity: server.key.privateKey };
    await using client = await openClient(`${server.url}/nothing.git`, options, {}, secret);
    await refused(client.repository.look(never), 'GIT_AUTH', /no repository at/);
  });

  it('ends a call that hangs at its deadline, or when it is cancelled, and goes on afterwards', async () => {
    const options = { knownHostsFile: server.knownHostsFile, timeout: 1_500 };
    const secret = { identity: server.key.privateKey };
    await using client = await openClient(remote.url, options, {}, secret);
    await using patient = await openClient(remote.url, { ...options, timeout: 60_000 }, {}, secret);
    await server.outage('hang');
    try {
      await refused(client.repository.look(never), 'GIT_UNREACHABLE', /1\.5s.*--git-timeout|cannot be reached/);
      const started = Date.now();
      await refused(patient.repository.look(AbortSignal.timeout(200)), 'CANCELLED', /cancelled/);
      assert(Date.now() - started < 30_000, 'a cancelled call ends before its deadline');
    } finally {
      await server.recover();
    }
    assert.equal((await patient.repository.look(never)).revision, await remote.head());
  });
});
