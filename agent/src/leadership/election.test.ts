import assert from 'node:assert/strict';
import { syncBuiltinESMExports } from 'node:module';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { type JsonObject, WeavefluxError } from '@weaveflux/shared';
import { createElection, ELECTION_TIMES as TIMES } from './election.ts';
import { type Lease, readLease } from './lease.ts';
import type { LeaseApi } from './lease-api.ts';

beforeEach(() => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  // Else who imported them by name keeps the real ones.
  syncBuiltinESMExports();
});
afterEach(() => {
  mock.timers.reset();
  syncBuiltinESMExports();
});

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
    clock: () => Date.now(),
    warn: (message) => void warnings.push(message),
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
  await pass(() => others.length === 1);
  assert.deepEqual(others, ['{"holder":"a"}']);
  const before = Date.now();
  await first.end();
  const term = await inTime(second);
  assert.ok(Date.now() - before < TIMES.duration, 'it did not wait for the duration');
  assert.equal(memory.holder, 'b');
  await term.end();
});

test('a holder that dies is followed after the duration, not before', async () => {
  const memory = memoryApi();
  const dead = await electionOf(memory.api, 'a').win(never(), nobody);
  const renewals = memory.writes.length;
  const second = electionOf(memory.api, 'b').win(never(), () => {});
  await pass(() => memory.writes.length > renewals + 2);
  assert.ok(!memory.writes.includes('b'), 'a holder that renews is not robbed');
  memory.setDown(true);
  await pass(() => dead.lost.aborted);
  memory.setDown(false);
  const term = await inTime(second);
  assert.equal(memory.holder, 'b');
  assert.throws(() => dead.mayWrite(), /no longer holds the Lease weaveflux-default/);
  await term.end();
});

test('a holder that cannot renew stops writing before another may take over, and says so', async () => {
  const memory = memoryApi();
  const warnings: string[] = [];
  const term = await electionOf(memory.api, 'a', warnings).win(never(), nobody);
  memory.setDown(true);
  const since = Date.now();
  await pass(() => term.lost.aborted);
  assert.ok(Date.now() - since < TIMES.duration, 'it stops while the Lease still counts for others');
  assert.match(warnings.join(), /is lost: it could not be renewed in time/);
  await term.end();
});

test('one renewal that fails is tried again before the Lease is lost', async () => {
  const memory = memoryApi();
  const term = await electionOf(memory.api, 'a').win(never(), nobody);
  const before = memory.writes.length;
  memory.setDown(true);
  setTimeout(() => memory.setDown(false), TIMES.giveUp / 2);
  await pass(() => memory.writes.length > before + 3);
  term.mayWrite();
  assert.equal(term.lost.aborted, false);
  await term.end();
});

test('a Lease that somebody else took is lost at the next renewal', async () => {
  const memory = memoryApi();
  const term = await electionOf(memory.api, 'a').win(never(), nobody);
  const stolen = await memory.api.read(never());
  await memory.api.write(stolen, { holderIdentity: 'thief', renewTime: 'now' }, never());
  await pass(() => term.lost.aborted);
  await term.end();
  assert.equal(memory.holder, 'thief', 'what is not ours is not given back');
});

test('a Lease out of reach is told once, and had when it is there', async () => {
  const memory = memoryApi();
  memory.setDown(true);
  const warnings: string[] = [];
  const won = electionOf(memory.api, 'a').win(never(), (waiting) => void warnings.push(JSON.stringify(waiting)));
  await pass(() => warnings.length > 0);
  memory.setDown(false);
  const term = await inTime(won);
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

/** Lets time pass, with all that it brings, until it is so; at most a minute of it. */
async function pass(look: () => boolean): Promise<void> {
  const end = Date.now() + 60_000;
  while (!look()) {
    assert.ok(Date.now() < end, `waited a minute for ${look}`);
    mock.timers.tick(50);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** What a promise gives while time passes. */
async function inTime<T>(promise: Promise<T>): Promise<T> {
  let isSettled = false;
  const settled = () => {
    isSettled = true;
  };
  promise.then(settled, settled);
  await pass(() => isSettled);
  return promise;
}
