import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Agent, request } from 'undici';
import { type RegistryOptions, type RigRegistry, startRegistry } from '../index.ts';

const MANIFESTS = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
].join(', ');

const KINDS: [string, RegistryOptions][] = [
  ['go-containerregistry behind the door', { kind: 'ggcr' }],
  ['docker-registry with htpasswd', { kind: 'docker-registry' }],
  ['docker-registry with bearer tokens', { kind: 'docker-registry', auth: 'token' }],
  ['distribution 3 with htpasswd', { kind: 'distribution' }],
  ['distribution 3 with bearer tokens', { kind: 'distribution', auth: 'token' }],
];

for (const [name, options] of KINDS) {
  describe(name, () => {
    let registry: RigRegistry;
    let ask: Client;
    before(async () => {
      registry = await startRegistry({ ...options, users: { robot: 's3cret', other: 'pass:word' } });
      ask = clientOf(registry);
      await registry.pushImage('team/app', {
        tag: '1.2.3',
        created: '2026-02-03T04:05:06Z',
        labels: { 'org.opencontainers.image.revision': 'abc' },
      });
      await registry.pushImage('team/app', { tag: 'docker', format: 'docker' });
      await registry.pushImage('team/app', { tag: 'multi', platforms: ['linux/amd64', 'linux/arm64/v8'] });
    });
    after(async () => {
      await ask?.close();
      await registry?.stop();
    });

    test('lets in who knows a password, and nobody else', async () => {
      const refused: [string, string][] = [
        ['robot', 'wrong'],
        ['nobody', 's3cret'],
        ['constructor', 'x'],
      ];
      for (const [user, password] of refused)
        assert.equal((await ask('/v2/team/app/tags/list', user, password)).status, 401);
      assert.equal((await ask('/v2/team/app/tags/list', 'robot', 's3cret')).status, 200);
      assert.equal((await ask('/v2/team/app/tags/list', 'other', 'pass:word')).status, 200);
    });

    test('serves what was pushed: created time, labels, platforms, both formats', async () => {
      const manifest = await ask('/v2/team/app/manifests/1.2.3');
      assert.equal(manifest.json.mediaType, 'application/vnd.oci.image.manifest.v1+json');
      const { json: config } = await ask(`/v2/team/app/blobs/${manifest.json.config.digest}`);
      assert.equal(config.created, '2026-02-03T04:05:06Z');
      assert.equal(config.architecture, 'amd64');
      assert.deepEqual(config.config.Labels, { 'org.opencontainers.image.revision': 'abc' });
      const docker = await ask('/v2/team/app/manifests/docker');
      assert.equal(docker.json.mediaType, 'application/vnd.docker.distribution.manifest.v2+json');
      const multi = await ask('/v2/team/app/manifests/multi');
      const platforms = multi.json.manifests.map((each: { platform: object }) => each.platform);
      assert.deepEqual(platforms, [
        { os: 'linux', architecture: 'amd64' },
        { os: 'linux', architecture: 'arm64', variant: 'v8' },
      ]);
      for (const { digest } of multi.json.manifests)
        assert.equal((await ask(`/v2/team/app/manifests/${digest}`)).status, 200);
    });

    test('many tags at once, and one deleted', async () => {
      const tags = Array.from({ length: 40 }, (_, at) => `2.0.${at}`);
      await registry.pushTags('team/many', tags);
      assert.deepEqual((await tagsOf('team/many')).toSorted(), tags.toSorted());
      await registry.deleteTag('team/many', '2.0.7');
      assert.deepEqual((await tagsOf('team/many')).toSorted(), tags.filter((tag) => tag !== '2.0.7').toSorted());
      assert.equal((await ask('/v2/team/many/manifests/2.0.7')).status, 404);
    });

    test('throttles, slows down, breaks and cuts on demand, and counts what was asked', async () => {
      registry.requests.length = 0;
      const limited = registry.fault({ match: /tags\/list/, status: 429, headers: { 'retry-after': '2' }, times: 1 });
      const first = await ask('/v2/team/app/tags/list');
      assert.equal(first.status, 429);
      assert.equal(first.headers['retry-after'], '2');
      assert.equal((await ask('/v2/team/app/tags/list')).status, 200);
      limited[Symbol.dispose]();
      const statuses = registry.requests.filter(({ path }) => path.includes('tags/list')).map(({ status }) => status);
      // With bearer tokens the registry's own challenge stands between.
      assert.deepEqual(
        statuses.filter((status) => status !== 401),
        [429, 200],
      );

      const start = Date.now();
      registry.fault({ delay: 300, times: 1, match: /tags/ });
      await ask('/v2/team/app/tags/list');
      assert.ok(Date.now() - start >= 300);
      registry.fault({ status: 500, match: /tags/ });
      assert.equal((await ask('/v2/team/app/tags/list')).status, 500);
      registry.clearFaults();
      registry.fault({ cut: true, match: /tags/ });
      await assert.rejects(ask('/v2/team/app/tags/list'));
      registry.clearFaults();
      assert.equal((await ask('/v2/team/app/tags/list')).status, 200);
    });

    test('goes away and comes back at the same address', async () => {
      await registry.outage();
      await assert.rejects(ask('/v2/team/app/tags/list'));
      await registry.recover();
      assert.equal((await ask('/v2/team/app/tags/list')).status, 200);
    });

    async function tagsOf(repository: string): Promise<string[]> {
      return (await ask(`/v2/${repository}/tags/list`)).json.tags;
    }
  });
}

test('docker-registry refuses an expired token and asks for one with the scope', async () => {
  await using registry = await startRegistry({ kind: 'docker-registry', auth: 'token' });
  await using ask = clientOf(registry);
  await registry.pushImage('team/app', { tag: '1' });
  const unknown = await ask.raw('/v2/team/app/tags/list', {});
  assert.match(
    unknown.headers['www-authenticate'] ?? '',
    /^Bearer realm="https:.*service=.*scope="repository:team\/app:pull"/,
  );
  if (registry.tokens) registry.tokens.lifetime = -120;
  assert.equal((await ask('/v2/team/app/tags/list')).status, 401);
  if (registry.tokens) registry.tokens.lifetime = 300;
  assert.equal((await ask('/v2/team/app/tags/list')).status, 200);
});

test('pages of tags, with and without a Link to the next', async () => {
  for (const links of [true, false]) {
    await using registry = await startRegistry({ links, pageSize: 4, users: {} });
    await using ask = clientOf(registry);
    await registry.pushTags('team/app', ['1', '2', '3', '4', '5', '6']);
    const first = await ask('/v2/team/app/tags/list?n=1000');
    assert.deepEqual(first.json.tags, ['1', '2', '3', '4']);
    if (!links) {
      assert.equal(first.headers.link, undefined);
      continue;
    }
    const next = first.headers.link?.match(/^<(.*)>; rel="next"$/)?.[1] ?? '';
    const second = await ask(next);
    assert.deepEqual(second.json.tags, ['5', '6']);
    assert.equal(second.headers.link, undefined);
  }
});

test('docker config for a pull secret names the registry', async () => {
  await using registry = await startRegistry();
  const config = JSON.parse(registry.dockerConfig());
  assert.deepEqual(Object.keys(config.auths), [registry.host]);
  assert.equal(Buffer.from(config.auths[registry.host].auth, 'base64').toString(), 'robot:s3cret');
});

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  // biome-ignore lint/suspicious/noExplicitAny: what a registry answers, looked into by the tests.
  readonly json: any;
}

interface Client extends AsyncDisposable {
  (path: string, user?: string, password?: string): Promise<Answer>;
  raw(path: string, headers: Record<string, string>): Promise<Answer>;
  close(): Promise<void>;
}

/** Asks as docker does: with the password, and where the registry wants a token, with one that the password got. */
function clientOf(registry: RigRegistry): Client {
  const dispatcher = new Agent({ connect: { ca: registry.ca } });
  async function raw(path: string, headers: Record<string, string>): Promise<Answer> {
    const response = await request(registry.url + path, { dispatcher, headers: { accept: MANIFESTS, ...headers } });
    const text = await response.body.text();
    const json = text.startsWith('{') ? JSON.parse(text) : undefined;
    return { status: response.statusCode, headers: response.headers as Record<string, string>, json };
  }
  async function ask(path: string, user = 'robot', password = 's3cret'): Promise<Answer> {
    const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    const first = await raw(path, { authorization });
    const challenge = first.headers['www-authenticate'] ?? '';
    const scope = challenge.match(/scope="([^"]*)"/)?.[1];
    if (!challenge.startsWith('Bearer') || !scope) return first;
    const answer = await raw(`/token?service=rig-registry&scope=${encodeURIComponent(scope)}`, { authorization });
    return answer.status === 200 ? raw(path, { authorization: `Bearer ${answer.json.token}` }) : answer;
  }
  const close = () => dispatcher.destroy();
  return Object.assign(ask, { raw, close, [Symbol.asyncDispose]: close });
}
