import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { debounced } from './debounce.ts';

const timers = {
  set: (run: () => void, milliseconds: number) => setTimeout(run, milliseconds),
  clear: (handle: NodeJS.Timeout) => clearTimeout(handle),
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
