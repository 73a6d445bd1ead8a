import assert from 'node:assert/strict';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type RigRegistry, startRegistry, waitFor } from '../rig/index.ts';
import { CALLS, type Call, KINDS, type Kind } from './registry-fault-cells.ts';
import { deadline, openScanner, repositoryOf } from './registry-world.ts';

const OLD = ['old-1', 'old-2', 'old-3'];
const NEW = 'new';
const CREATED = '2026-02-02T02:02:02.000Z';
/** No call of a scan of four tags may lead to more requests than this. */
const MOST_REQUESTS = 24;
const NOTHING = { digest: '', elsewhere: '' };
const QUARTER_HOUR = 15 * 60_000;

/** A registry with tags of which all but the last are known from before. */
interface World {
  readonly rig: RigRegistry;
  /** A data directory that knows them. */
  readonly dataDir: string;
  /** Of every tag. */
  readonly digests: ReadonlyMap<string, string>;
}

async function prepare(rig: RigRegistry): Promise<World> {
  const dataDir = await mkdtemp(join(tmpdir(), 'weaveflux-fault-table-'));
  const digests = new Map<string, string>();
  for (const tag of OLD) digests.set(tag, await rig.pushImage('team/app', { tag }));
  await using scanner = await openScanner({ caFile: rig.caFile, dataDir });
  await scanner.registry.scan(repositoryOf(rig, 'team/app'), deadline());
  await scanner.registry.describe(repositoryOf(rig, 'team/app'), OLD, deadline());
  const platforms = ['linux/amd64', 'linux/arm64'];
  digests.set(NEW, await rig.pushImage('team/app', { tag: NEW, created: CREATED, platforms }));
  return { rig, dataDir, digests };
}

/** A scanner that has just been started, for which no wait takes time. */
async function restarted({ rig, dataDir }: World, other: RigRegistry) {
  const copy = await mkdtemp(join(tmpdir(), 'weaveflux-fault-cell-'));
  await cp(dataDir, copy, { recursive: true });
  let time = Date.now();
  const scanner = await openScanner({
    caFile: rig.caFile,
    insecureHosts: [other.host],
    dataDir: copy,
    now: () => new Date(time),
    random: () => 0.5,
    async sleep(milliseconds, signal) {
      signal.throwIfAborted();
      time += milliseconds;
    },
  });
  const repository = repositoryOf(rig, 'team/app');
  return {
    registry: scanner.registry,
    async look() {
      const scan = await scanner.registry.scan(repository, deadline());
      const tags = [...OLD, NEW].filter((tag) => scan.tags.some((one) => one.tag === tag));
      // A list that failed is not read on from by whoever decides.
      if (scan.problem === undefined) await scanner.registry.describe(repository, tags, deadline(), { refresh: true });
      return scanner.registry.known(repository.name) ?? assert.fail('nothing is known');
    },
    pass(milliseconds: number) {
      time += milliseconds;
    },
    async [Symbol.asyncDispose]() {
      await scanner[Symbol.asyncDispose]();
      await rm(copy, { recursive: true, force: true });
    },
  };
}

type Known = Awaited<ReturnType<Awaited<ReturnType<typeof restarted>>['look']>>;

function assertNothingLostOrInvented({ tags }: Known, { digests }: World): void {
  const known = new Map(tags.map((tag) => [tag.tag, tag]));
  for (const tag of OLD) assert.equal(known.get(tag)?.digest, digests.get(tag), `${tag} is not what it was`);
  for (const [tag, { digest, created }] of known) {
    assert.ok(digest === undefined || digest === digests.get(tag), `${tag} has the digest ${digest}`);
    if (tag === NEW) assert.ok(created === undefined || created === CREATED, `it was created ${created}`);
  }
}

function assertTold({ problem }: Known, kind: Kind, host: string): void {
  assert.ok(problem !== undefined, 'nothing is told');
  assert.ok(kind.codes.includes(problem.code), `${problem.code}: ${problem.message}`);
  assert.match(problem.message, /^\S.{20,300}\.$/);
  assert.ok(problem.message.includes(host), `where it happened is not told: ${problem.message}`);
  assert.ok(!problem.message.includes('s3cret'));
}

async function runCell(call: Call, kind: Kind, world: World, other: RigRegistry): Promise<void> {
  const about = { digest: world.digests.get(NEW) ?? '', elsewhere: `${other.url}/v2/team/app/tags/list` };
  const fault = kind.fault(call, about);
  await using scanner = await restarted(world, other);
  world.rig.requests.length = 0;
  other.requests.length = 0;
  const isHarmless = kind.codes.length === 0 || kind.harmlessFor?.includes(call.name) === true;
  {
    using _ = world.rig.fault({ match: call.match, ...fault });
    const known = await scanner.look();
    assertNothingLostOrInvented(known, world);
    if (isHarmless) assert.equal(known.problem, undefined);
    else assertTold(known, kind, world.rig.host);
    assert.ok(scanner.registry.requests.total <= MOST_REQUESTS, `${scanner.registry.requests.total} requests`);
    assert.deepEqual([...new Set(other.requests.map(({ user }) => user))].filter(Boolean), []);
    // A request is taken down when its connection is done with, which for a cut one may be after the look.
    await waitFor({ what: 'a request that met the fault' }, () =>
      world.rig.requests.some(({ method, path }) => call.match.test(`${method} ${path}`)),
    );
  }
  scanner.pass(QUARTER_HOUR);
  const later = await scanner.look();
  assert.equal(later.problem, undefined, 'it is not over with the fault');
  const found = new Map(later.tags.map(({ tag, digest }) => [tag, digest]));
  assert.deepEqual(found, world.digests);
}

/** Where the cells are played: `tokens` for the call of the token, `paged` for all others. */
interface Place {
  readonly name: string;
  start(): Promise<{ readonly paged: World; readonly tokens: World }>;
}

const PLACES: readonly Place[] = [
  {
    name: 'go-containerregistry, and docker-registry with tokens',
    async start() {
      const [paged, tokens] = await Promise.all([
        startRegistry({ links: true, pageSize: 3 }).then(prepare),
        startRegistry({ kind: 'docker-registry', auth: 'token' }).then(prepare),
      ]);
      return { paged, tokens };
    },
  },
  {
    name: 'distribution 3 with tokens',
    async start() {
      const both = await startRegistry({ kind: 'distribution', auth: 'token', pageSize: 3 }).then(prepare);
      return { paged: both, tokens: both };
    },
  },
];

for (const place of PLACES) {
  describe(`each request of a scan, with each fault, at ${place.name}`, { concurrency: false }, () => {
    let worlds: Awaited<ReturnType<Place['start']>>;
    let other: RigRegistry;
    before(async () => {
      [worlds, other] = await Promise.all([place.start(), startRegistry()]);
    });
    after(async () => {
      const all = [...new Set(Object.values(worlds))];
      await Promise.all([other.stop(), ...all.map(({ rig }) => rig.stop())]);
      await Promise.all(all.map(({ dataDir }) => rm(dataDir, { recursive: true, force: true })));
    });

    for (const kind of KINDS) {
      const says = kind.codes.length === 0 ? 'is not noticed' : 'is told of, loses nothing, and is over with its cause';
      test(`${kind.name} ${says}`, async (t) => {
        for (const call of CALLS.filter((each) => kind.fault(each, NOTHING) !== undefined)) {
          const world = call.name === 'the token' ? worlds.tokens : worlds.paged;
          await t.test(call.name, () => runCell(call, kind, world, other));
        }
      });
    }
  });
}
