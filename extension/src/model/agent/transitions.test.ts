import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event } from '@weaveflux/shared';
import { connected, imageStatus } from '../testing/source.ts';
import { UNKNOWN_STATE } from './state.ts';
import { changeOf, withEvents, withParts } from './transitions.ts';

function event(number: number): Event {
  const common = { time: '2030-01-01T00:00:00Z', type: 'healthy', environment: 'e', severity: 'info' } as const;
  return { ...common, id: `b-${number}`, message: `${number}` };
}

test('what says the same as before is no change, and stays the same value', () => {
  const before = connected({ images: [imageStatus()] });
  const after = withParts(before, { images: [imageStatus()], connection: { kind: 'connected' } });
  assert.equal(after, before);
  const other = withParts(before, { images: [imageStatus({ tag: '2' })], connection: { kind: 'connected' } });
  assert.deepEqual([...changeOf(before, other)], ['images']);
  assert.equal(other.status, before.status);
});

test('another agent is another connection', () => {
  assert.deepEqual([...changeOf(UNKNOWN_STATE, withParts(UNKNOWN_STATE, { agent: 'live' }))], ['connection']);
});

test('that images cannot be read is another word about them, until they can be', () => {
  const before = connected({ images: [imageStatus()] });
  const unread = withParts(before, { imagesProblem: 'No answer.' });
  assert.deepEqual([...changeOf(before, unread)], ['images']);
  const again = withParts(unread, { images: [imageStatus()], imagesProblem: undefined });
  assert.deepEqual([...changeOf(unread, again)], ['images']);
  assert.equal(again.images, before.images);
});

test('events stay in order, each once, and the oldest go', () => {
  const many = Array.from({ length: 1_000 }, (_, number) => event(number));
  assert.equal(withEvents(many, [event(3), event(4)]), many);
  const after = withEvents(many, [event(999), event(1_000)]);
  assert.deepEqual([after.length, after[0]?.id, after.at(-1)?.id], [1_000, 'b-1', 'b-1000']);
});
