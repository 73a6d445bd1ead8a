import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { OnOperation } from '@weaveflux/agent';
import { type GitRepository, type HttpsGit, startHttpsGit, temporaryDirectory } from '../rig/index.ts';
import { never, openClient, refused, stands } from './git-support.ts';

const TOKEN = 'CANARY-t0ken/with+signs';

describe('git over https', () => {
  let server: HttpsGit;
  let remote: GitRepository;
  let deps: { env: NodeJS.ProcessEnv };
  const change = (text: string) => ({ files: new Map([['a.yaml', text]]), message: 'change' });

  before(async () => {
    server = await startHttpsGit({ token: TOKEN });
    remote = await server.createRepository('env', { 'a.yaml': 'a: 1\n' });
    deps = { env: { PATH: process.env.PATH, GIT_SSL_CAINFO: server.caFile } };
  });
  after(() => server.stop());

  it('takes the password of the Secret for a user that stands in the URL', async () => {
    const remote = await server.createRepository('user-in-url', { 'a.yaml': 'a: 1\n' });
    const url = remote.url.replace('https://', `https://${server.user}@`);
    await using client = await openClient(url, {}, deps, { username: 'another', password: server.token });
    assert.equal((await client.repository.look(never)).revision, await remote.head());
  });

  it('reads and pushes with the token of the Secret, which stands nowhere on disk', async () => {
    await using client = await openClient(remote.url, {}, deps, { token: `${TOKEN}\n` });
    const { revision } = await client.repository.look(never);
    const made = await client.repository.push(revision, change('a: 2\n'), never);
    assert.equal(await remote.head(), made.revision);
    assert.deepEqual(stands('CANARY', client.dataDir), []);
    assert.equal(await client.repository.publicKey(never), undefined);
  });

  it('asks once and fetches nothing while nothing moved', async () => {
    const told: string[] = [];
    const onOperation: OnOperation = (operation, result, seconds) => {
      assert(seconds >= 0 && seconds < 60);
      told.push(`${operation} ${result}`);
    };
    const secret = { username: 'git', password: TOKEN };
    await using client = await openClient(remote.url, {}, { ...deps, onOperation }, secret);
    const { revision } = await client.repository.look(never);
    server.requests.length = 0;
    await client.repository.look(never);
    const served = server.requests.filter(({ status }) => status === 200);
    assert.deepEqual(served.filter(({ path }) => path.endsWith('/info/refs')).length, 1);
    assert(served.length <= 2, `${served.length} requests for one look`);
    const adding = (text: string) => ({ files: new Map([['b.yaml', text]]), message: 'more' });
    await client.repository.push(revision, adding('b: 1\n'), never);
    await refused(client.repository.push(revision, adding('b: 2\n'), never), 'PUSH_LOST', /first/);
    assert.deepEqual(told, ['look ok', 'fetch ok', 'look ok', 'push ok', 'push failed']);
  });

  it('takes a user and token in the URL and strips them', async () => {
    const url = new URL(remote.url);
    url.username = 'git';
    url.password = TOKEN;
    await using client = await openClient(url.href, {}, deps);
    assert.equal((await client.repository.look(never)).revision, await remote.head());
    assert.equal(client.repository.url, remote.url);
    await server.outage();
    try {
      await refused(client.repository.look(never), 'GIT_UNREACHABLE', /127\.0\.0\.1/, ['CANARY']);
    } finally {
      await server.recover();
    }
    assert.equal((await client.repository.look(never)).revision, await remote.head());
  });

  it('says that a token is wrong, and picks up the right one without a restart', async () => {
    const tokenFile = join(temporaryDirectory('token'), 'token');
    writeFileSync(tokenFile, 'CANARY-wrong\n');
    await using client = await openClient(remote.url, { https: { tokenFile } }, deps, { token: TOKEN });
    await refused(client.repository.look(never), 'GIT_AUTH', /user and token.*--git-https-token-file/, ['CANARY']);
    writeFileSync(tokenFile, TOKEN);
    assert.equal((await client.repository.look(never)).revision, await remote.head());
    await using nameless = await openClient(remote.url, {}, deps);
    await refused(nameless.repository.look(never), 'GIT_AUTH', /user and token/);
  });

  it('trusts no certificate of an authority that it does not know', async () => {
    await using client = await openClient(remote.url, {}, { env: { PATH: process.env.PATH } }, { token: TOKEN });
    await refused(client.repository.look(never), 'GIT_HOST_KEY', /certificate.*SSL_CERT_FILE/, ['CANARY']);
  });

  it('gives the token to no other host that it is sent to', async () => {
    const asked: (string | undefined)[] = [];
    const thief = createServer((request, response) => {
      asked.push(request.headers.authorization);
      response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
    });
    const lure = createServer((request, response) => {
      const { port } = thief.address() as AddressInfo;
      response.writeHead(302, { location: `http://localhost:${port}${request.url}` }).end();
    });
    for (const one of [thief, lure]) await new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = lure.address() as AddressInfo;
      await using client = await openClient(`http://127.0.0.1:${port}/env.git`, {}, deps, { token: TOKEN });
      await refused(client.repository.look(never), 'GIT_AUTH', /token/, ['CANARY']);
      assert(asked.length > 0, 'the redirect was followed');
      assert.deepEqual(
        asked.filter((header) => header !== undefined),
        [],
      );
    } finally {
      for (const one of [thief, lure]) one.close();
    }
  });

  it('passes on why a server refused a push', async () => {
    await using client = await openClient(remote.url, {}, deps, { token: TOKEN });
    const { revision } = await client.repository.look(never);
    await remote.rejectPushes('GH006: Protected branch update failed for refs/heads/main.');
    try {
      const push = client.repository.push(revision, change('a: x\n'), never);
      await refused(push, 'GIT_FAILED', /push to main.*Protected branch.*--git-readonly/, ['CANARY']);
    } finally {
      await remote.rejectPushes(undefined);
    }
    assert.equal(await remote.head(), revision);
  });

  it('loses a push to one that came between, and computes anew', async () => {
    await using client = await openClient(remote.url, {}, deps, { token: TOKEN });
    const { revision } = await client.repository.look(never);
    const person = await server.checkout(remote);
    server.beforeNextPush(async () => {
      await person.write({ 'b.yaml': 'b: 1\n' });
      await person.commitAndPush('a person');
    });
    await refused(client.repository.push(revision, change('a: 7\n'), never), 'PUSH_LOST', /was first/);
    const head = await client.repository.look(never);
    assert.equal(head.revision, await person.head());
    assert.equal(head.rewritten, false);
    await client.repository.push(head.revision, change('a: 7\n'), never);
    assert.equal(await remote.read('a.yaml'), 'a: 7\n');
  });
});
