import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Event, eventSchema } from '@weaveflux/shared';
import { createEventLog, type EventLog, type EventLogOptions, type NewEvent } from './event-log.ts';

const NOW = new Date('2026-11-23T12:00:00Z');

function log(options: Partial<EventLogOptions> = {}): EventLog {
  return createEventLog({ environment: 'default', boot: 'b1', now: () => NOW, ...options });
}

function event(message: string): NewEvent {
  return { type: 'warning', severity: 'warning', message };
}

test('events: each gets its number, time and environment, and satisfies the schema', () => {
  const events = log();
  events.emit(event('one'));
  const second = events.emit({ ...event('two'), object: '/ConfigMap/shop/a', file: 'a.yaml', line: 3 });
  assert.deepEqual(eventSchema.parse(second), second);
  assert.equal(second.id, 'b1-2');
  assert.equal(second.time, '2026-11-23T12:00:00.000Z');
  assert.deepEqual(
    events.recent().map(({ id }) => id),
    ['b1-1', 'b1-2'],
  );
});

test('events: the oldest go when the log is full', () => {
  const events = log({ size: 3 });
  for (const message of ['a', 'b', 'c', 'd', 'e']) events.emit(event(message));
  assert.deepEqual(
    events.recent().map(({ message }) => message),
    ['c', 'd', 'e'],
  );
});

test('events: what was read does not change afterwards', () => {
  const events = log();
  events.emit(event('a'));
  const read = events.recent();
  events.emit(event('b'));
  assert.equal(read.length, 1);
});

test('events: a listener hears until it unsubscribes, each subscription for itself', () => {
  const events = log();
  const heard: string[] = [];
  const listener = ({ message }: Event): void => void heard.push(message);
  const first = events.subscribe(listener);
  const second = events.subscribe(listener);
  events.emit(event('a'));
  first();
  first();
  events.emit(event('b'));
  second();
  events.emit(event('c'));
  assert.deepEqual(heard, ['a', 'a', 'b']);
});

test('events: a listener that throws stops neither the others nor the agent', () => {
  const errors: unknown[] = [];
  const heard: string[] = [];
  const events = log({ onListenerError: (error) => errors.push(error) });
  events.subscribe(() => {
    throw new Error('broken');
  });
  events.subscribe(({ message }) => void heard.push(message));
  events.emit(event('a'));
  events.emit(event('b'));
  assert.deepEqual(heard, ['a', 'b']);
  assert.equal(errors.length, 2);
});

test('events: what a listener emits is heard by all in the same order', () => {
  const events = log();
  const heard: string[] = [];
  events.subscribe(({ message }) => void (message === 'a' && events.emit(event('because of a'))));
  events.subscribe(({ message }) => void heard.push(message));
  events.emit(event('a'));
  assert.deepEqual(heard, ['a', 'because of a']);
});

test('events: a message is one line without control characters', () => {
  assert.equal(
    log().emit(event('fix\r\nts=1 level=info\u001b[31m \u202eevil')).message,
    'fix ts=1 level=info [31m evil',
  );
});
