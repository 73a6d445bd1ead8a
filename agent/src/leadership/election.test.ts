import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { type JsonObject, WeavefluxError } from '@weaveflux/shared';
import { createElection, type ElectionTimes } from './election.ts';
import { type Lease, readLease } from './lease.ts';
import type { LeaseApi } from './lease-api.ts';

const TIMES: ElectionTimes = { duration: 400, renew: 40, look: 20, retry: 10, giveUp: 200 };

/** One Lease in memory that behaves as the API does, and can be out of reach. */
function memoryApi() {
  let stored: Lease | undefined;
  let version = 0;
  let down = false;
  const writes: string[] = [];
  const reach = () => {
    if (down) throw new WeavefluxError('API_UNREACHABLE', 'the cluster is away.');
  };
  const api: LeaseApi = {
    async read() {
      reach();
      return stored;
    },
    async write(before: Lease | undefined, spec: JsonObject) {
      reach();
      if (before?.resourceVersion !== stored?.resourceVersion) return undefined;
      version += 1;
      // Whole seconds would be too long for a test.
      stored = { ...readLease({ spec, metadata: { resourceVersion: String(version) } }), duration: TIMES.duration };
      writes.push(stored.holder);
      return stored;
    },
  };
  return {
    api,
    writes,
    setDown: (value: boolean) => {
      down = value;
    },
    get holder() {
      return stored?.holder;
    },
  };
}

function electionOf(api: LeaseApi, identity: string, warnings: string[] = []) {
  return createElection({
    api,
    name: 'weaveflux-default',
    identity,
    now: () => new Date(),
    clock: () => performance.now(),
    warn: (message) => void warnings.push(message),
    times: TIMES,
  });
}

const never = () => new AbortController().signal;
const nobody = () => assert.fail('nobody else should hold the Lease');

test('one wins, the other waits and hears who works, and follows at once when the Lease is given back', async () => {
  const memory = memoryApi();
  const first = await electionOf(memory.api, 'a').win(never(), nobody);
  first.mayWrite();
  const others: string[] = [];
  const second = electionOf(memory.api, 'b').win(never(), (waiting) => void others.push(JSON.stringify(waiting)));
  await waitUntil(() => others.length === 1);
  assert.deepEqual(others, ['{"holder":"a"}']);
  const before = performance.now();
  await first.end();
  const term = await second;
  assert.ok(performance.now() - before < TIMES.duration, 'it did not wait for the duration');
  assert.equal(memory.holder, 'b');
  await term.end();
});

test('a holder that dies is followed after the duration, not before', async () => {
  const memory = memoryApi();
  const dead = await electionOf(memory.api, 'a').win(never(), nobody);
  const renewals = memory.writes.length;
  const second = electionOf(memory.api, 'b').win(never(), () => {});
  await waitUntil(() => memory.writes.length > renewals + 2);
  assert.ok(!memory.writes.includes('b'), 'a holder that renews is not robbed');
  memory.setDown(true);
  await once(dead.lost, 'abort');
  memory.setDown(false);
  const term = await second;
  assert.equal(memory.holder, 'b');
  assert.throws(() => dead.mayWrite(), /no longer holds the Lease weaveflux-default/);
  await term.end();
});

test('a holder that cannot renew stops writing before another may take over, and says so', async () => {
  const memory = memoryApi();
  const warnings: string[] = [];
  const term = await electionOf(memory.api, 'a', warnings).win(never(), nobody);
  memory.setDown(true);
  const since = performance.now();
  await once(term.lost, 'abort');
  assert.ok(performance.now() - since < TIMES.duration, 'it stops while the Lease still counts for others');
  assert.match(warnings.join(), /is lost: it could not be renewed in time/);
  await term.end();
});

test('one renewal that fails is tried again before the Lease is lost', async () => {
  const memory = memoryApi();
  const term = await electionOf(memory.api, 'a').win(never(), nobody);
  const before = memory.writes.length;
  memory.setDown(true);
  setTimeout(() => memory.setDown(false), TIMES.giveUp / 2);
  await waitUntil(() => memory.writes.length > before + 3);
  term.mayWrite();
  assert.equal(term.lost.aborted, false);
  await term.end();
});

test('a Lease that somebody else took is lost at the next renewal', async () => {
  const memory = memoryApi();
  const term = await electionOf(memory.api, 'a').win(never(), nobody);
  const stolen = await memory.api.read(never());
  await memory.api.write(stolen, { holderIdentity: 'thief', renewTime: 'now' }, never());
  await once(term.lost, 'abort');
  await term.end();
  assert.equal(memory.holder, 'thief', 'what is not ours is not given back');
});

test('a Lease out of reach is told once, and had when it is there', async () => {
  const memory = memoryApi();
  memory.setDown(true);
  const warnings: string[] = [];
  const won = electionOf(memory.api, 'a').win(never(), (waiting) => void warnings.push(JSON.stringify(waiting)));
  await waitUntil(() => warnings.length > 0);
  memory.setDown(false);
  const term = await won;
  assert.deepEqual(warnings, ['{"problem":"The Lease weaveflux-default cannot be had: the cluster is away."}']);
  await term.end();
});

test('who is told to stop stops waiting', async () => {
  const memory = memoryApi();
  const holder = await electionOf(memory.api, 'a').win(never(), nobody);
  const stop = new AbortController();
  const waiting = electionOf(memory.api, 'b').win(stop.signal, () => stop.abort(new Error('stop')));
  await assert.rejects(waiting, /stop|aborted/);
  await holder.end();
});

async function waitUntil(look: () => boolean): Promise<void> {
  const end = performance.now() + 5_000;
  while (!look()) {
    assert.ok(performance.now() < end, `waited 5 s for ${look}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
