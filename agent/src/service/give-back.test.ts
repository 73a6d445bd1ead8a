import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { createGiveBack } from './give-back.ts';

test('memory is given back once after what is large, in a quiet moment', () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  let held = 100e6;
  let collections = 0;
  const giveBack = createGiveBack(
    () => held,
    () => {
      collections += 1;
      held = 80e6;
    },
  );
  giveBack.soon();
  mock.timers.tick(2_000);
  giveBack.soon();
  mock.timers.tick(2_000);
  assert.equal(collections, 0, 'more followed');
  mock.timers.tick(2_000);
  assert.equal(collections, 1);

  giveBack.soon();
  mock.timers.tick(5_000);
  assert.equal(collections, 1, 'nothing has grown since');

  held = 120e6;
  giveBack.soon();
  mock.timers.tick(5_000);
  assert.equal(collections, 2);

  held = 120e6;
  giveBack.soon();
  giveBack.stop();
  mock.timers.tick(5_000);
  assert.equal(collections, 2, 'it was stopped');
  mock.timers.reset();
});
