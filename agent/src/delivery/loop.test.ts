import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WeavefluxError } from '@weaveflux/shared';
import { createLoop, type DeliveryReport, type Loop, type LoopSteps, type Work } from './loop.ts';

const NEVER = 1e9;

/** A loop over steps that the test drives: each delivery waits until it is ended or pre-empted. */
function driven(options: { retry?: number; sync?: number; poll?: number } = {}) {
  const deliveries: { work: Work; end(report?: Partial<DeliveryReport>): void; fail(error: Error): void }[] = [];
  const failures: string[] = [];
  const changed: (() => void)[] = [];
  const state = { head: 'a', headFails: 0, now: 1_000 };
  const steps: LoopSteps = {
    async look() {
      return { revision: state.head, rewritten: false };
    },
    async onHead() {
      if (state.headFails-- > 0) throw new WeavefluxError('GIT_UNREACHABLE', 'no commit');
    },
    onLookFailed: ({ message }) => void failures.push(message),
    onDeliverFailed: ({ message }) => void failures.push(message),
    deliver(work, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<DeliveryReport>();
      signal.addEventListener('abort', () => reject(signal.reason));
      const empty = { revision: work.revision, outcomes: [], problems: [], retry: false };
      deliveries.push({ work, end: (report = {}) => resolve({ ...empty, ...report }), fail: reject });
      for (const tell of changed.splice(0)) tell();
      return promise;
    },
  };
  const times = { poll: options.poll ?? NEVER, sync: options.sync ?? NEVER, retry: () => options.retry ?? NEVER };
  const loop: Loop = createLoop(steps, times, () => new Date(state.now));

  async function delivery(index: number) {
    while (deliveries[index] === undefined) {
      const { promise, resolve } = Promise.withResolvers<void>();
      changed.push(resolve);
      await promise;
    }
    return deliveries[index];
  }
  return { loop, state, deliveries, failures, delivery };
}

/** Until everything that waits for no timer has happened. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

describe('the loop', { timeout: 10_000 }, () => {
  it('delivers a head once, and a newer one instead of one that is under way', async () => {
    const { loop, state, delivery, deliveries } = driven();
    await loop.lookNow();
    await loop.lookNow();
    assert.equal((await delivery(0)).work.revision, 'a');
    state.head = 'b';
    await loop.lookNow();
    const second = await delivery(1);
    assert.equal(second.work.revision, 'b');
    second.end();
    await loop.lookNow();
    assert.equal(deliveries.length, 2);
    await loop.stop(0);
  });

  it('gives everyone who waits the report of what was delivered in the end', async () => {
    const { loop, state, delivery } = driven();
    await loop.lookNow();
    (await delivery(0)).end();
    const first = loop.sync({ force: true });
    assert.deepEqual((await delivery(1)).work, { revision: 'a', force: true });
    state.head = 'b';
    const second = loop.sync({ force: false, confirmPrune: 'b' });
    const merged = await delivery(2);
    assert.deepEqual([merged.work.revision, merged.work.force], ['b', true]);
    await settled();
    merged.end();
    assert.equal((await first).revision, 'b');
    const confirmed = await delivery(3);
    assert.deepEqual(confirmed.work, { revision: 'b', force: false, confirmPrune: 'b' });
    confirmed.end();
    assert.equal((await second).revision, 'b');
    await loop.stop(0);
  });

  it('folds what is asked for during a delivery into one next delivery', async () => {
    const { loop, delivery, deliveries } = driven();
    await loop.lookNow();
    const first = await delivery(0);
    loop.again();
    loop.again();
    const waiting = loop.sync({ force: true });
    await settled();
    first.end();
    (await delivery(1)).end();
    assert.equal((await waiting).revision, 'a');
    assert.equal(deliveries.length, 2);
    await loop.stop(0);
  });

  it('tries again what failed, and what says so', async () => {
    const { loop, delivery, failures } = driven({ retry: 1 });
    await loop.lookNow();
    (await delivery(0)).fail(new Error('boom'));
    (await delivery(1)).end({ retry: true });
    (await delivery(2)).end();
    assert.deepEqual(failures, ['boom']);
    await loop.stop(0);
  });

  it('delivers again after the sync interval without news', async () => {
    const { loop, delivery } = driven({ sync: 1 });
    await loop.lookNow();
    (await delivery(0)).end();
    assert.deepEqual((await delivery(1)).work.force, false);
    await loop.stop(0);
  });

  it('delivers a head whose first telling failed', async () => {
    const { loop, state, delivery, deliveries, failures } = driven({ poll: 1 });
    state.headFails = 2;
    loop.start();
    assert.equal((await delivery(0)).work.revision, 'a');
    assert.deepEqual([failures, deliveries.length], [['no commit', 'no commit'], 1]);
    await loop.stop(0);
  });

  it('rejects a sync when there was never a head, and one whose delivery failed', async () => {
    const { loop, state, delivery } = driven();
    state.headFails = 1;
    await assert.rejects(loop.sync({ force: true }), /could not be read yet/);
    const waiting = assert.rejects(loop.sync({ force: true }), /boom/);
    (await delivery(0)).end();
    (await delivery(1)).fail(new Error('boom'));
    await waiting;
    await loop.stop(0);
  });

  it('counts a delivery that does not end as no progress', async () => {
    const { loop, state, delivery } = driven();
    await loop.lookNow();
    const first = await delivery(0);
    state.now = 50_000;
    await loop.lookNow();
    assert.equal(loop.lastProgress(), 1_000, 'looks go on, the delivery does not');
    const waiting = loop.sync({ force: false });
    await settled();
    first.end();
    (await delivery(1)).end();
    await waiting;
    await loop.stop(0);
    assert.equal(loop.lastProgress(), 50_000);
  });

  it('stops after the current step, starts nothing more and lets nobody wait', async () => {
    const { loop, state, delivery, deliveries } = driven({ poll: 1 });
    await loop.lookNow();
    const first = await delivery(0);
    const waiting = loop.sync({ force: true });
    const refused = assert.rejects(waiting, /the agent stops/);
    await settled();
    const stopped = loop.stop(NEVER);
    state.head = 'b';
    await loop.lookNow();
    first.end();
    await Promise.all([stopped, refused]);
    loop.again();
    await assert.rejects(loop.sync({ force: true }), /the agent stops/);
    assert.equal(deliveries.length, 1);
  });

  it('cancels a step that takes longer than the stop may', async () => {
    const { loop, delivery, failures } = driven();
    await loop.lookNow();
    await delivery(0);
    await loop.stop(5);
    assert.deepEqual(failures, []);
  });
});
