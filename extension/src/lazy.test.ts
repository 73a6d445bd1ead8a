import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lazily } from './lazy.ts';

interface Part {
  readonly number: number;
  dispose(): void;
}

/** Parts that are numbered as they are made, and the numbers of those that have ended. */
function numbered() {
  const ended: number[] = [];
  let made = 0;
  const make = (): Part => {
    const number = ++made;
    return { number, dispose: () => ended.push(number) };
  };
  return { make, ended, count: () => made };
}

test('a part is made when it is first needed, once for all who need it', async () => {
  const parts = numbered();
  const part = lazily(async () => parts.make());
  assert.equal(parts.count(), 0);
  const numbers = await Promise.all([part.load(), part.load(), part.use((it) => it)]);
  assert.deepEqual(
    numbers.map(({ number }) => number),
    [1, 1, 1],
  );
});

test('a part that is there answers at once', async () => {
  const part = lazily(async () => numbered().make());
  const first = part.use(({ number }) => number);
  assert.ok(first instanceof Promise);
  assert.equal(await first, 1);
  assert.equal(
    part.use(({ number }) => number),
    1,
  );
});

test('who asks hears why a part cannot be loaded, and the next one has it tried again', async () => {
  const parts = numbered();
  const results = [() => Promise.reject(new Error('the file is gone')), async () => parts.make()];
  const part = lazily<Part>(async () => (results.shift() as () => Promise<Part>)());
  await assert.rejects(part.load(), /the file is gone/);
  assert.equal((await part.load()).number, 1);
});

test('a part ends with its owner, also one that comes later', async () => {
  const there = numbered();
  const loaded = lazily(async () => there.make());
  await loaded.load();
  loaded.dispose();
  assert.deepEqual(there.ended, [1]);

  const late = numbered();
  const coming = lazily(async () => late.make());
  const loading = coming.load();
  coming.dispose();
  await loading;
  assert.deepEqual(late.ended, [1]);
});

test('a part that nobody needed is not made to be ended', () => {
  const parts = numbered();
  lazily(async () => parts.make()).dispose();
  assert.equal(parts.count(), 0);
});
