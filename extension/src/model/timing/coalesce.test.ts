import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coalesced } from './coalesce.ts';

function world() {
  let now = 0;
  let waiting: { readonly at: number; readonly then: () => void } | undefined;
  return {
    timers: {
      now: () => now,
      wait(milliseconds: number, then: () => void) {
        waiting = { at: now + milliseconds, then };
        return () => {
          waiting = undefined;
        };
      },
    },
    pass(milliseconds: number) {
      now += milliseconds;
      if (waiting === undefined || waiting.at > now) return;
      const { then } = waiting;
      waiting = undefined;
      then();
    },
  };
}

test('the first wish is fulfilled at once, many within the pause once when that is over', () => {
  const { timers, pass } = world();
  let done = 0;
  const often = coalesced(() => (done += 1), 500, timers);
  often.ask();
  assert.equal(done, 1);
  for (let i = 0; i < 10; i += 1) often.ask();
  assert.equal(done, 1);
  pass(499);
  assert.equal(done, 1);
  pass(1);
  assert.equal(done, 2);
  pass(1000);
  assert.equal(done, 2);
  often.ask();
  assert.equal(done, 3);
});

test('nothing is done after the end', () => {
  const { timers, pass } = world();
  let done = 0;
  const often = coalesced(() => (done += 1), 500, timers);
  often.ask();
  often.ask();
  often.dispose();
  pass(1000);
  assert.equal(done, 1);
});
