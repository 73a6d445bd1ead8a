import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { debounced } from './debounce.ts';

const timers = {
  wait(milliseconds: number, then: () => void) {
    const timer = setTimeout(then, milliseconds);
    return () => clearTimeout(timer);
  },
};

test('it runs once, after it has been quiet; not when it is cancelled', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const run = mock.fn();
  const wish = debounced(run, 150, timers);
  wish.ask();
  context.mock.timers.tick(100);
  wish.ask();
  context.mock.timers.tick(149);
  assert.equal(run.mock.callCount(), 0);
  context.mock.timers.tick(1);
  assert.equal(run.mock.callCount(), 1);
  wish.ask();
  wish.cancel();
  context.mock.timers.tick(1000);
  assert.equal(run.mock.callCount(), 1);
});
