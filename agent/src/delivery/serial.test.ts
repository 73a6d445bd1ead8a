import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSerial } from './serial.ts';

test('one task a key at a time; of those that wait only the last runs; other keys do not wait', async () => {
  const serial = createSerial(() => assert.fail('no error'));
  const done: string[] = [];
  const gate = Promise.withResolvers<void>();
  serial.run('a', async () => {
    await gate.promise;
    done.push('a1');
  });
  for (const name of ['a2', 'a3']) serial.run('a', async () => void done.push(name));
  serial.run('b', async () => void done.push('b'));
  assert.deepEqual(done, ['b']);
  gate.resolve();
  await serial.idle();
  assert.deepEqual(done, ['b', 'a1', 'a3']);
});

test('a task that fails is told and stops nothing; idle waits for what tasks add', async () => {
  const errors: string[] = [];
  const done: string[] = [];
  const serial = createSerial((key, error) => void errors.push(`${key}: ${String(error)}`));
  serial.run('a', async () => {
    serial.run('a', async () => void done.push('next'));
    throw new Error('boom');
  });
  await serial.idle();
  assert.deepEqual([errors, done], [['a: Error: boom'], ['next']]);
});
