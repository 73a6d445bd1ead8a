import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parsePolicy, type Tag } from '@weaveflux/shared';
import { type RegistryOptions, type RigRegistry, startRegistry, temporaryDirectory } from '../rig/index.ts';
import { deadline, openScanner, type Scanner } from './registry-world.ts';

/** As they were built, one an hour: neither the highest version nor the last by its characters is the newest. */
const TAGS = [
  '1.9.0',
  '1.10.0',
  '1.2.0',
  'main-7',
  '2.0.0-rc.1',
  '0.1',
  '1.10',
  'v1.3.0',
  'latest',
  'zz',
  '1.0.0',
  'aa',
];
const HIGHEST = '1.10.0';
const NEWEST = 'aa';

interface Kind {
  readonly name: string;
  readonly options: RegistryOptions;
  /** Requests of a scan without news. */
  readonly pages: number;
}

const KINDS: readonly Kind[] = [
  { name: 'docker-registry 2.8, which lists everything at once', options: { kind: 'docker-registry' }, pages: 1 },
  { name: 'distribution 3, which pages by its own Link', options: { kind: 'distribution', pageSize: 5 }, pages: 3 },
  { name: 'go-containerregistry behind the door', options: { kind: 'ggcr', links: true, pageSize: 5 }, pages: 3 },
];

interface Login {
  readonly name: string;
  readonly options: RegistryOptions;
  /** By a pull secret, a docker config of the agent's own, or not at all. */
  readonly by?: 'secret' | 'config';
  /** Who asks, as the registry's door sees it. */
  readonly user: string | undefined;
}

const LOGINS: readonly Login[] = [
  { name: 'nobody', options: { users: {} }, user: undefined },
  { name: 'a name and a password of a pull secret', options: {}, by: 'secret', user: 'robot' },
  { name: 'a name and a password of the docker config', options: {}, by: 'config', user: 'robot' },
  { name: 'a token that a pull secret gets', options: { auth: 'token' }, by: 'secret', user: 'token' },
  { name: 'a token that the docker config gets', options: { auth: 'token' }, by: 'config', user: 'token' },
  { name: 'a token that everybody gets', options: { auth: 'token', users: {} }, user: 'token' },
];

const TRUSTS = [
  { name: 'its authority is known', path: 'team/known', of: ({ caFile }: RigRegistry) => ({ caFile }) },
  {
    name: 'its host is named as insecure',
    path: 'team/named',
    of: ({ host }: RigRegistry) => ({ insecureHosts: [host] }),
  },
];

for (const kind of KINDS) {
  describe(kind.name, { concurrency: false }, () => {
    // go-containerregistry asks for nothing: the door knows names and passwords.
    for (const login of LOGINS.filter(({ options }) => kind.options.kind !== 'ggcr' || options.auth !== 'token')) {
      describe(`as ${login.name}`, { concurrency: false }, () => {
        let rig: RigRegistry;
        before(async () => {
          rig = await startRegistry({ ...kind.options, ...login.options });
        });
        after(() => rig?.stop());

        for (const trust of TRUSTS) {
          test(`where ${trust.name}, all pages are read, versions and ages choose, a moved tag is followed`, async () => {
            await rig.pushTags(trust.path, TAGS.map(dated));
            await runCell({ rig, kind, login, path: trust.path, trust: trust.of(rig) });
          });
        }
      });
    }
  });
}

interface Cell {
  readonly rig: RigRegistry;
  readonly kind: Kind;
  readonly login: Login;
  readonly path: string;
  readonly trust: { readonly caFile?: string; readonly insecureHosts?: string[] };
}

async function runCell({ rig, kind, login, path, trust }: Cell): Promise<void> {
  let now = Date.now();
  const config = login.by === 'config' ? { dockerConfig: await dockerConfigFile(rig) } : {};
  await using world = await openScanner({ ...trust, ...config, now: () => new Date(now) });
  const { registry } = world;
  const repository = { name: `${rig.host}/${path}`, credentials: login.by === 'secret' ? [rig.dockerConfig()] : [] };
  rig.requests.length = 0;

  const { tags, problem } = await registry.scan(repository, deadline());
  assert.equal(problem, undefined);
  assert.deepEqual(tags.map(({ tag }) => tag).sort(), [...TAGS].sort());
  assert.equal(newestBy('semver:*', tags), HIGHEST);
  const described = await registry.describe(repository, TAGS, deadline());
  assert.equal(newestBy('newest:', described), NEWEST);

  const moved = await rig.pushImage(path, { tag: 'main-7', created: '2026-03-03T03:03:03Z' });
  const [again] = await registry.describe(repository, ['main-7'], deadline(), { refresh: true });
  assert.deepEqual([again?.digest, again?.created], [moved, '2026-03-03T03:03:03.000Z']);

  assert.equal(await requestsOf(world, () => registry.scan(repository, deadline())), kind.pages);
  if (rig.tokens !== undefined) {
    const { issued } = rig.tokens;
    now += 290_000;
    assert.equal(await requestsOf(world, () => registry.scan(repository, deadline())), kind.pages + 1);
    assert.equal(rig.tokens.issued, issued + 1, 'a token that is about to end is renewed');
  }
  const served = rig.requests.filter(({ path: asked, status }) => asked.startsWith(`/v2/${path}/`) && status === 200);
  assert.deepEqual([...new Set(served.map(({ user }) => user))], [login.user]);
  assert.equal(registry.known(repository.name)?.problem, undefined);
}

async function requestsOf({ registry }: Scanner, work: () => Promise<unknown>): Promise<number> {
  const before = registry.requests.total;
  await work();
  return registry.requests.total - before;
}

async function dockerConfigFile(rig: RigRegistry): Promise<string> {
  const file = join(temporaryDirectory('docker-config'), 'config.json');
  await writeFile(file, rig.dockerConfig());
  return file;
}

/** What the policy, understood as the agent does, calls the newest. */
function newestBy(text: string, tags: readonly Tag[]): string | undefined {
  const { policy = assert.fail(text) } = parsePolicy(text);
  const admitted = tags.filter(({ tag }) => policy.admits(tag));
  return admitted.sort((a, b) => policy.compare(b, a) ?? assert.fail('not comparable'))[0]?.tag;
}

function dated(tag: string, index: number) {
  return { tag, created: new Date(Date.UTC(2026, 0, 1, index)).toISOString() };
}
