import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOwnWrites } from './own-writes.ts';

const change = (resourceVersion: string) => ({ key: 'a', uid: 'u', resourceVersion, deleted: false });

test('an event that comes before the answer to our write waits for it', () => {
  const own = createOwnWrites();
  const told: string[] = [];
  const write = own.begin('a');
  own.unlessOwn(change('1'), () => told.push('1'));
  own.unlessOwn(change('2'), () => told.push('2'));
  own.unlessOwn({ ...change('3'), key: 'b' }, () => told.push('b'));
  assert.deepEqual(told, ['b'], 'other objects do not wait');
  write.wrote('2');
  write.end();
  assert.deepEqual(told, ['b', '1'], 'the change of another before ours is told');
});

test('each of several writes of ours is known, and a version only once', () => {
  const own = createOwnWrites();
  const told: string[] = [];
  const write = own.begin('a');
  write.wrote('1');
  write.wrote('2');
  write.end();
  for (const version of ['1', '2', '2']) own.unlessOwn(change(version), () => told.push(version));
  assert.deepEqual(told, ['2']);
});

test('a write that failed holds nothing back', () => {
  const own = createOwnWrites();
  const told: string[] = [];
  const [first, second] = [own.begin('a'), own.begin('a')];
  own.unlessOwn(change('1'), () => told.push('1'));
  first.end();
  assert.deepEqual(told, []);
  second.end();
  assert.deepEqual(told, ['1']);
});

test('our own deletion is told apart from that of another by uid', () => {
  const own = createOwnWrites();
  const told: string[] = [];
  own.deleted('u');
  own.unlessOwn({ ...change('9'), deleted: true }, () => told.push('ours'));
  own.unlessOwn({ ...change('10'), uid: 'v', deleted: true }, () => told.push('theirs'));
  assert.deepEqual(told, ['theirs']);
});
