import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { WeavefluxError } from '@weaveflux/shared';
import { type HttpsGit, startHttpsGit } from '../rig/index.ts';
import { type Client, never, openClient } from './git-support.ts';

const COMMITS = 20;

describe('git, many and much', () => {
  let server: HttpsGit;
  let deps: { env: NodeJS.ProcessEnv };

  before(async () => {
    server = await startHttpsGit();
    deps = { env: { PATH: process.env.PATH, GIT_SSL_CAINFO: server.caFile } };
  });
  after(() => server.stop());

  it('two writers make 20 commits each on the same file and nothing is lost', async () => {
    const remote = await server.createRepository('race', { 'log.yaml': '- start\n' });
    const clients = await Promise.all(['a', 'b'].map(() => openClient(remote.url, {}, deps, { token: server.token })));
    const [first, second] = clients;
    assert(first && second);
    const lost = await Promise.all([write(first, 'a'), write(second, 'b')]);
    const lines = (await remote.read('log.yaml')).trim().split('\n');
    const expected = ['a', 'b'].flatMap((name) => Array.from({ length: COMMITS }, (_, n) => `- ${name}${n}`));
    assert.deepEqual(lines.slice(1).sort(), expected.sort());
    assert.equal((await remote.git(['rev-list', '--count', 'main'])).trim(), String(2 * COMMITS + 1));
    assert(lost[0] + lost[1] > 0, 'the writers met at least once');
    for (const client of clients) await client.repository.close();
  });

  it('follows rewritten history and says so', async () => {
    const remote = await server.createRepository('rewritten', { 'a.yaml': 'a: 1\n' });
    const person = await server.checkout(remote);
    await person.write({ 'a.yaml': 'a: 2\n' });
    const old = await person.commitAndPush('second');
    await using client = await openClient(remote.url, {}, deps, { token: server.token });
    assert.equal((await client.repository.look(never)).revision, old);
    await person.write({ 'a.yaml': 'a: 3\n' });
    const head = await person.forcePush('HEAD~1', 'another second');
    assert.deepEqual(await client.repository.look(never), { revision: head, rewritten: true });
    const request = { files: new Map([['a.yaml', 'a: 4\n']]), message: 'on what is gone' };
    await assert.rejects(client.repository.push(old, request, never), (error) => {
      return error instanceof WeavefluxError && error.code === 'PUSH_LOST';
    });
    assert.equal(await remote.head(), head);
  });

  it('reads 2,000 files at once, and again only asks', async (context) => {
    const files = Object.fromEntries(
      Array.from({ length: 2_000 }, (_, n) => [`apps/${n % 50}/${n}.yaml`, `kind: ConfigMap\nname: m${n}\n`]),
    );
    const remote = await server.createRepository('large', files);
    await using client = await openClient(remote.url, {}, deps, { token: server.token });
    const { repository } = client;
    const { revision } = await repository.look(never);
    const started = performance.now();
    const listed = await repository.files(revision, ['apps'], never);
    const texts = await repository.read(
      listed.map(({ blob }) => blob),
      never,
    );
    const took = performance.now() - started;
    assert.deepEqual([listed.length, texts.size], [2_000, 2_000]);
    context.diagnostic(`listed and read in ${Math.round(took)} ms`);
    assert(took < 5_000, `it took ${Math.round(took)} ms`);
  });
});

/** Appends its lines one commit each, as the agent does: look, compute, push, and anew when that was lost. */
async function write({ repository }: Client, name: string): Promise<number> {
  let lost = 0;
  for (let n = 0; n < COMMITS; ) {
    const { revision } = await repository.look(never);
    const [file] = await repository.files(revision, ['log.yaml'], never);
    const text = (await repository.read([file?.blob ?? ''], never)).get(file?.blob ?? '') ?? '';
    const request = { files: new Map([['log.yaml', `${text}- ${name}${n}\n`]]), message: `${name}${n}` };
    try {
      await repository.push(revision, request, never);
      n++;
    } catch (error) {
      if (!(error instanceof WeavefluxError) || error.code !== 'PUSH_LOST') throw error;
      lost++;
    }
  }
  return lost;
}
