import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inParallel } from './parallel.ts';

describe('work in parallel', () => {
  it('is done on every item, never on more at once than allowed', async () => {
    const done: number[] = [];
    let [running, most] = [0, 0];
    await inParallel([1, 2, 3, 4, 5], 2, async (item) => {
      most = Math.max(most, ++running);
      await Promise.resolve();
      running -= 1;
      done.push(item);
    });
    assert.deepEqual(done, [1, 2, 3, 4, 5]);
    assert.equal(most, 2);
  });

  it('fails with the first error, once nothing runs any more and without beginning more', async () => {
    const slow = Promise.withResolvers<void>();
    const begun: string[] = [];
    let ended = false;
    const all = inParallel(['slow', 'bad', 'never'], 2, async (item) => {
      begun.push(item);
      if (item === 'bad') {
        setImmediate(slow.resolve);
        throw new Error('bad');
      }
      await slow.promise;
      ended = true;
    });
    await assert.rejects(all, /^Error: bad$/);
    assert.equal(ended, true);
    assert.deepEqual(begun, ['slow', 'bad']);
  });
});
