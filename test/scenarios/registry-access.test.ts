import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type RigRegistry, startRegistry } from '../rig/index.ts';
import { deadline, openScanner, repositoryOf } from './registry-world.ts';

const CANARY = 'c4n4ry-pa55word';

function tagsOf({ tags }: { tags: readonly { tag: string }[] }): string[] {
  return tags.map(({ tag }) => tag).sort();
}

const JUDGES = [
  { kind: 'docker-registry', auth: 'basic' },
  { kind: 'docker-registry', auth: 'token' },
  { kind: 'distribution', auth: 'basic' },
  { kind: 'distribution', auth: 'token' },
] as const;

for (const { kind, auth } of JUDGES) {
  describe(`${kind} with ${auth} authentication`, () => {
    let rig: RigRegistry;
    before(async () => {
      rig = await startRegistry({ kind, auth, users: { robot: 's3cret' } });
      await rig.pushTags('team/app', ['1.0.0', '1.1.0']);
    });
    after(() => rig.stop());

    test('tags are listed with the pull secret, and a scan without news is one request', async () => {
      await using world = await openScanner({ caFile: rig.caFile });
      const first = await world.registry.scan(repositoryOf(rig, 'team/app'), deadline());
      assert.deepEqual([tagsOf(first), first.problem], [['1.0.0', '1.1.0'], undefined]);
      rig.requests.length = 0;
      const before = world.registry.requests.total;
      await world.registry.scan(repositoryOf(rig, 'team/app'), deadline());
      assert.equal(world.registry.requests.total - before, 1);
      assert.deepEqual(
        rig.requests.map(({ method, status }) => [method, status]),
        [['GET', 200]],
      );
    });

    test('a wrong password is a problem that does not tell the password, and what was known stays', async () => {
      await using world = await openScanner({ caFile: rig.caFile });
      await world.registry.scan(repositoryOf(rig, 'team/app'), deadline());
      const wrong = [rig.dockerConfig('robot', CANARY)];
      const scan = await world.registry.scan(repositoryOf(rig, 'team/app', wrong), deadline());
      assert.equal(scan.problem?.code, 'REGISTRY_AUTH');
      assert.deepEqual(tagsOf(scan), ['1.0.0', '1.1.0']);
      const told = JSON.stringify([scan, world.registry.known(`${rig.host}/team/app`), world.warnings]);
      assert.ok(!told.includes(CANARY) && !told.includes(Buffer.from(`robot:${CANARY}`).toString('base64')));
    });

    test('without credentials the problem asks for a pull secret', async () => {
      await using world = await openScanner({ caFile: rig.caFile });
      const scan = await world.registry.scan(repositoryOf(rig, 'team/app', []), deadline());
      assert.equal(scan.problem?.code, 'REGISTRY_AUTH');
      assert.match(scan.problem?.message ?? '', /pull ?secret/i);
    });

    test('of several pull secrets the one that works is used, and used first afterwards', async () => {
      await using world = await openScanner({ caFile: rig.caFile });
      const repository = repositoryOf(rig, 'team/app', [
        rig.dockerConfig('robot', CANARY),
        'no json',
        rig.dockerConfig(),
      ]);
      assert.equal((await world.registry.scan(repository, deadline())).problem, undefined);
      const before = world.registry.requests.total;
      assert.equal((await world.registry.scan(repository, deadline())).problem, undefined);
      assert.equal(world.registry.requests.total - before, 1);
    });
  });
}

for (const kind of ['docker-registry', 'distribution'] as const) {
  describe(`bearer tokens of ${kind}`, () => {
    let rig: RigRegistry;
    before(async () => {
      rig = await startRegistry({ kind, auth: 'token' });
      await rig.pushTags('team/app', ['1.0.0']);
    });
    after(() => rig.stop());

    test('a token is used until it ends, then renewed without asking the registry for a challenge again', async () => {
      let now = Date.now();
      await using world = await openScanner({ caFile: rig.caFile, now: () => new Date(now) });
      await world.registry.scan(repositoryOf(rig, 'team/app'), deadline());
      const { issued } = rig.tokens ?? assert.fail();
      now += 200_000;
      await world.registry.scan(repositoryOf(rig, 'team/app'), deadline());
      assert.equal(rig.tokens?.issued, issued);
      now += 100_000;
      const before = world.registry.requests.total;
      const scan = await world.registry.scan(repositoryOf(rig, 'team/app'), deadline());
      assert.deepEqual([scan.problem, rig.tokens?.issued], [undefined, issued + 1]);
      assert.equal(world.registry.requests.total - before, 2);
    });

    test('a token that the registry no longer takes is replaced within the same scan', async () => {
      await using world = await openScanner({ caFile: rig.caFile });
      await world.registry.scan(repositoryOf(rig, 'team/app'), deadline());
      const challenge = `Bearer realm="${rig.url}/token",service="rig-registry",scope="repository:team/app:pull",error="invalid_token"`;
      using _ = rig.fault({ match: /tags\/list/, times: 1, status: 401, headers: { 'www-authenticate': challenge } });
      const scan = await world.registry.scan(repositoryOf(rig, 'team/app'), deadline());
      assert.deepEqual([scan.problem, tagsOf(scan)], [undefined, ['1.0.0']]);
    });

    test('tokens that are expired at birth are a problem and no endless loop', async () => {
      const tokens = rig.tokens ?? assert.fail();
      await using world = await openScanner({ caFile: rig.caFile });
      tokens.lifetime = -120;
      try {
        const scan = await world.registry.scan(repositoryOf(rig, 'team/app'), deadline());
        assert.equal(scan.problem?.code, 'REGISTRY_AUTH');
        assert.ok(world.registry.requests.total < 8);
      } finally {
        tokens.lifetime = 300;
      }
    });
  });
}

describe('credentials and trust', () => {
  let rig: RigRegistry;
  let directory: string;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'weaveflux-docker-config-'));
    rig = await startRegistry();
    await rig.pushTags('team/app', ['1.0.0']);
  });
  after(async () => {
    await rig.stop();
    await rm(directory, { recursive: true, force: true });
  });

  test('--docker-config serves where no pull secret does, and is read again when it changes', async () => {
    const dockerConfig = join(directory, 'config.json');
    await writeFile(dockerConfig, rig.dockerConfig('robot', CANARY));
    await using world = await openScanner({ caFile: rig.caFile, dockerConfig });
    const refused = await world.registry.scan(repositoryOf(rig, 'team/app', []), deadline());
    assert.equal(refused.problem?.code, 'REGISTRY_AUTH');
    await writeFile(dockerConfig, rig.dockerConfig());
    const scan = await world.registry.scan(repositoryOf(rig, 'team/app', []), deadline());
    assert.deepEqual([scan.problem, tagsOf(scan)], [undefined, ['1.0.0']]);
  });

  test('credentials of another registry or path are never sent', async () => {
    await using world = await openScanner({ caFile: rig.caFile });
    rig.requests.length = 0;
    const entry = { username: 'robot', password: 's3cret' };
    const foreign = JSON.stringify({ auths: { 'example.com': entry, [`${rig.host}/other`]: entry, localhost: entry } });
    const scan = await world.registry.scan(repositoryOf(rig, 'team/app', [foreign]), deadline());
    assert.equal(scan.problem?.code, 'REGISTRY_AUTH');
    assert.deepEqual([...new Set(rig.requests.map(({ user }) => user))], [undefined]);
  });

  test('an unknown certificate authority is refused, and a host named insecure is not checked, with or without its port', async () => {
    await using careful = await openScanner();
    const refused = await careful.registry.scan(repositoryOf(rig, 'team/app'), deadline());
    assert.equal(refused.problem?.code, 'REGISTRY_UNREACHABLE');
    assert.match(refused.problem?.message ?? '', /--registry-insecure-host/);
    for (const host of [rig.host, 'localhost']) {
      await using trusting = await openScanner({ insecureHosts: [host] });
      assert.equal((await trusting.registry.scan(repositoryOf(rig, 'team/app'), deadline())).problem, undefined);
    }
  });
});
