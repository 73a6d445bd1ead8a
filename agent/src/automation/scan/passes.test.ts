import assert from 'node:assert/strict';
import { beforeEach, describe, mock, test } from 'node:test';
import { createPasses, type Passes } from './passes.ts';

const MINUTE = 60_000;

describe('passes over images', { concurrency: false }, () => {
  let begun: (string[] | 'all')[];
  let end: (hasAsked: boolean) => void;
  let failures: unknown[];
  let passes: Passes;
  let stop: AbortController;

  beforeEach((context) => {
    mock.timers.enable({ apis: ['setTimeout', 'Date'] });
    if ('after' in context) context.after(() => mock.timers.reset());
    begun = [];
    failures = [];
    stop = new AbortController();
    passes = createPasses({
      pass(repositories) {
        begun.push(repositories === undefined ? 'all' : [...repositories]);
        const { promise, resolve } = Promise.withResolvers<boolean>();
        end = resolve;
        return promise;
      },
      onFailed: (error) => failures.push(error),
      interval: MINUTE,
      now: Date.now,
      signal: stop.signal,
    });
  });

  async function settle(hasAsked = true): Promise<void> {
    end(hasAsked);
    for (let turn = 0; turn < 8; turn += 1) await Promise.resolve();
  }

  test('one over everything comes once an interval', async () => {
    passes.runAll();
    await settle();
    mock.timers.tick(MINUTE - 1);
    assert.deepEqual(begun, ['all']);
    mock.timers.tick(1);
    assert.deepEqual(begun, ['all', 'all']);
  });

  test('what is named during a pass is asked once, half a second after it', async () => {
    passes.runAll();
    passes.runSome(['a/web']);
    passes.runSome(['a/web', 'a/db']);
    await settle();
    mock.timers.tick(499);
    assert.deepEqual(begun, ['all']);
    mock.timers.tick(1);
    assert.deepEqual(begun, ['all', ['a/web', 'a/db']]);
  });

  test('what is named while it is too early to ask is asked for until it can be', async () => {
    passes.runAll();
    await settle();
    passes.runSome(['a/web']);
    mock.timers.tick(500);
    await settle(false);
    passes.runSome(['a/db']);
    passes.runNow();
    await settle();
    mock.timers.tick(500);
    assert.deepEqual(begun, ['all', ['a/web'], ['a/web', 'a/db']]);
  });

  test('one over everything that came too early is the next one, not one an interval later', async () => {
    passes.runAll();
    await settle(false);
    mock.timers.tick(MINUTE - 1);
    assert.deepEqual(begun, ['all']);
    passes.runNow();
    await settle();
    passes.runNow();
    assert.deepEqual(begun, ['all', 'all', []]);
  });

  test('a stream of messages asks twice a second at most, and does not put off the pass over everything', async () => {
    passes.runAll();
    await settle();
    for (let elapsed = 0; elapsed < MINUTE; elapsed += 100) {
      passes.runSome(['a/web']);
      mock.timers.tick(100);
      await settle();
    }
    assert.ok(begun.length <= 2 + MINUTE / 500, `${begun.length} passes`);
    assert.equal(begun.filter((one) => one === 'all').length, 2);
  });

  test('one that is wanted meanwhile follows at once', async () => {
    passes.runAll();
    passes.runAll();
    await settle();
    assert.deepEqual(begun, ['all', 'all']);
  });

  test('one that asks for nothing in particular is not waited for', async () => {
    passes.runAll();
    await settle();
    passes.runNow();
    assert.deepEqual(begun, ['all', []]);
  });

  test('of what comes late all that comes within half a second is taken up by one, which asks for nothing', async () => {
    passes.runAll();
    await settle();
    for (let late = 0; late < 5; late += 1) passes.runSoon();
    mock.timers.tick(500);
    await settle();
    mock.timers.tick(MINUTE - 501);
    assert.deepEqual(begun, ['all', []]);
  });

  test('aborted, nothing more is begun', async () => {
    passes.runAll();
    stop.abort();
    passes.runSome(['a/web']);
    await settle();
    mock.timers.tick(MINUTE);
    assert.deepEqual([begun, failures], [['all'], []]);
  });
});
