import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RigRegistry, startRegistry } from '../rig/index.ts';
import { deadline, openScanner, repositoryOf } from './registry-world.ts';

describe('a registry with faults', () => {
  let rig: RigRegistry;
  before(async () => {
    rig = await startRegistry();
    await rig.pushTags('team/app', ['1', '2']);
    await rig.pushTags('team/other', ['1']);
  });
  beforeEach(() => rig.clearFaults());
  after(() => rig.stop());

  test('429 with a short Retry-After is waited out within the scan', async () => {
    const told: string[] = [];
    // A clock that goes only while somebody waits: the wait is the whole second, however slow the answers are.
    let now = Date.now();
    await using world = await openScanner({
      caFile: rig.caFile,
      now: () => new Date(now),
      async sleep(milliseconds, signal) {
        await sleep(milliseconds, undefined, { signal });
        now += milliseconds;
      },
      onRequest: (host, result) => told.push(`${host} ${result}`),
      onWait: (host, milliseconds) => told.push(`${host} waits ${milliseconds}`),
    });
    rig.fault({ match: /tags\/list/, times: 1, status: 429, headers: { 'retry-after': '1' } });
    rig.requests.length = 0;
    const scan = await world.registry.scan(repositoryOf(rig, 'team/app'), deadline());
    assert.deepEqual([scan.problem, scan.tags.length], [undefined, 2]);
    const [refused, taken] = rig.requests.filter(({ path }) => path.includes('tags/list'));
    assert.ok((taken?.time ?? 0) - (refused?.time ?? 0) >= 950, 'asked again before the second was over');
    assert.equal(world.registry.requests.rateLimitWaits, 1);
    assert.deepEqual(told.slice(-3), [`${rig.host} 429`, `${rig.host} waits 1000`, `${rig.host} 200`]);
  });

  test('429 with an absurd Retry-After fails at once, keeps the host in peace, and ends after at most 15 minutes', async () => {
    let now = Date.now();
    await using world = await openScanner({ caFile: rig.caFile, now: () => new Date(now) });
    await world.registry.scan(repositoryOf(rig, 'team/app'), deadline());
    rig.fault({ match: /tags\/list/, times: 1, status: 429, headers: { 'retry-after': '1000000000' } });
    const scan = await world.registry.scan(repositoryOf(rig, 'team/app'), deadline());
    assert.deepEqual([scan.problem?.code, scan.tags.length], ['REGISTRY_RATE_LIMIT', 2]);
    const before = world.registry.requests.total;
    const next = await world.registry.scan(repositoryOf(rig, 'team/other'), deadline());
    assert.deepEqual([next.problem?.code, world.registry.requests.total], ['REGISTRY_RATE_LIMIT', before]);
    now += 15 * 60_000;
    assert.equal((await world.registry.scan(repositoryOf(rig, 'team/app'), deadline())).problem, undefined);
  });

  test('one bad repository never blocks another', async () => {
    await using world = await openScanner({ caFile: rig.caFile });
    rig.fault({ match: /team\/app\/tags/, status: 503 });
    const [bad, good] = await Promise.all([
      world.registry.scan(repositoryOf(rig, 'team/app'), deadline()),
      world.registry.scan(repositoryOf(rig, 'team/other'), deadline()),
    ]);
    assert.deepEqual([bad.problem?.code, good.problem, good.tags.length], ['REGISTRY_FAILED', undefined, 1]);
  });

  test('a passing 500 is not noticed, a cut connection neither', async () => {
    await using world = await openScanner({ caFile: rig.caFile });
    rig.fault({ times: 1, status: 500 });
    rig.fault({ match: /tags\/list/, times: 1, cut: true });
    assert.equal((await world.registry.scan(repositoryOf(rig, 'team/app'), deadline())).problem, undefined);
  });

  test('a list that is none is a problem', async () => {
    await using world = await openScanner({ caFile: rig.caFile });
    for (const body of ['', '<html>', '[]', '{"tags": 7}', '{"tags": {"a": 1}}']) {
      using _ = rig.fault({ match: /tags\/list/, status: 200, body });
      const scan = await world.registry.scan(repositoryOf(rig, 'team/app'), deadline());
      assert.equal(scan.problem?.code, 'REGISTRY_FAILED', body);
    }
  });

  test('a repository that does not exist says so', async () => {
    await using world = await openScanner({ caFile: rig.caFile });
    const scan = await world.registry.scan(repositoryOf(rig, 'team/none'), deadline());
    assert.equal(scan.problem?.code, 'NOT_FOUND');
  });

  test('an outage keeps what was known, and the return needs nothing but the next scan', async () => {
    await using world = await openScanner({ caFile: rig.caFile });
    await world.registry.scan(repositoryOf(rig, 'team/app'), deadline());
    await rig.outage();
    const away = await world.registry.scan(repositoryOf(rig, 'team/app'), deadline());
    assert.deepEqual([away.problem?.code, away.tags.length], ['REGISTRY_UNREACHABLE', 2]);
    await rig.recover();
    const back = await world.registry.scan(repositoryOf(rig, 'team/app'), deadline());
    assert.deepEqual([back.problem, back.tags.length], [undefined, 2]);
  });

  test('a registry that never answers is left when the scan is cancelled', async () => {
    await using world = await openScanner({ caFile: rig.caFile });
    await world.registry.scan(repositoryOf(rig, 'team/app'), deadline());
    rig.fault({ match: /tags\/list/, delay: 20_000 });
    const begun = Date.now();
    const scan = await world.registry.scan(repositoryOf(rig, 'team/app'), AbortSignal.timeout(200));
    assert.deepEqual([scan.problem?.code, scan.tags.length], ['CANCELLED', 2]);
    assert.ok(Date.now() - begun < 15_000, 'it waited for the answer');
  });

  test('requests to one host go at the rate that was set', async () => {
    await using world = await openScanner({ caFile: rig.caFile, rps: 20, burst: 1 });
    rig.requests.length = 0;
    const begun = Date.now();
    await Promise.all(Array.from({ length: 10 }, () => world.registry.scan(repositoryOf(rig, 'team/app'), deadline())));
    const times = rig.requests.map(({ time }) => time).sort();
    const took = (times.at(-1) ?? 0) - begun;
    assert.ok(took >= 50 * (times.length - 2), `${times.length} requests came within ${took} ms`);
  });
});
