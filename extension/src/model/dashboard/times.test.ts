import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event } from '@weaveflux/shared';
import { eventLog, HOUR, MINUTE, SECOND, START } from './testing.ts';
import { median, timesOf } from './times.ts';

type Make = ReturnType<typeof eventLog>;

/** A push of a commit that is healthy `took` milliseconds after it was seen. */
function push(event: Make, revision: string, after: number, took: number): Event[] {
  return [
    event(after, 'revision-fetched', { revision }),
    event(after + SECOND, 'sync-started', { revision }),
    event(after + 2 * SECOND, 'sync-applied', { revision }),
    event(after + took, 'healthy', { revision }),
  ];
}

const object = 'apps/Deployment/shop/cart';

test('a commit counts from when it was seen, a release from when its image was found', () => {
  const event = eventLog();
  const { arrivals } = timesOf([
    ...push(event, 'a', 0, 30 * SECOND),
    event(HOUR, 'image-found', { object }),
    event(HOUR + 2 * SECOND, 'released', { object, revision: 'b' }),
    ...push(event, 'b', HOUR + 3 * SECOND, 40 * SECOND),
  ]);
  assert.deepEqual(
    arrivals.map(({ revision, cause, took }) => [revision, cause, took / SECOND]),
    [
      ['a', 'commit', 30],
      ['b', 'image', 43],
    ],
  );
});

test('a release whose commit is seen before it is told counts from its image all the same', () => {
  const event = eventLog();
  const [fetched, ...others] = push(event, 'b', 2 * SECOND, 30 * SECOND);
  assert.ok(fetched);
  const found = event(0, 'image-found', { object });
  const released = event(2500, 'released', { object, revision: 'b' });
  assert.deepEqual(
    timesOf([found, fetched, released, ...others]).arrivals.map(({ cause, took }) => [cause, took / SECOND]),
    [['image', 32]],
  );
});

test('a person who releases by the agent names no object, and counts from then', () => {
  const event = eventLog();
  const { arrivals } = timesOf([event(0, 'released', { revision: 'b' }), ...push(event, 'b', SECOND, 20 * SECOND)]);
  assert.deepEqual([arrivals[0]?.cause, arrivals[0]?.took], ['image', 21 * SECOND]);
});

test('a push overtaken by another one arrives with that', () => {
  const event = eventLog();
  const first = push(event, 'a', 0, 0).slice(0, 2);
  const { arrivals } = timesOf([...first, ...push(event, 'b', 10 * SECOND, 20 * SECOND)]);
  assert.deepEqual(
    arrivals.map(({ revision, took }) => [revision, took / SECOND]),
    [
      ['a', 30],
      ['b', 20],
    ],
  );
});

test('a push that failed on the way counts until it was healthy, and says so', () => {
  const event = eventLog();
  const events = push(event, 'a', 0, 10 * MINUTE);
  events.splice(3, 0, event(MINUTE, 'unhealthy', { revision: 'a' }));
  assert.deepEqual(timesOf(events).arrivals[0]?.failed, true);
});

test('what is no push does not count', () => {
  const event = eventLog();
  const changesNothing = [event(0, 'revision-fetched', { revision: 'r' }), event(1, 'healthy', { revision: 'r' })];
  const found = [event(HOUR, 'agent-started'), ...push(event, 'a', HOUR + SECOND, MINUTE)];
  const suspended = push(event, 'b', 2 * HOUR, HOUR);
  suspended.splice(2, 0, event(2 * HOUR + MINUTE, 'suspended'), event(2 * HOUR + 2 * MINUTE, 'resumed'));
  assert.deepEqual(timesOf([...changesNothing, ...found, ...suspended]).arrivals, []);
});

test('a workload that is suspended does not keep the others from counting', () => {
  const event = eventLog();
  const events = push(event, 'a', 0, MINUTE);
  events.splice(2, 0, event(5 * SECOND, 'suspended', { object }));
  assert.equal(timesOf(events).arrivals.length, 1);
});

test('the first push after a start counts, what was there does not', () => {
  const event = eventLog();
  const events = [
    event(0, 'agent-started'),
    ...push(event, 'there', SECOND, MINUTE),
    ...push(event, 'pushed', HOUR, 30 * SECOND),
  ];
  assert.deepEqual(
    timesOf(events).arrivals.map(({ revision }) => revision),
    ['pushed'],
  );
});

test('the median is of the last twenty, and not told of fewer than three', () => {
  const event = eventLog();
  const pushes = Array.from({ length: 25 }, (_, index) =>
    push(event, `r${index}`, index * HOUR, (index + 1) * SECOND * 5),
  );
  assert.equal(timesOf(pushes.slice(0, 2).flat()).median, undefined);
  assert.equal(timesOf(pushes.slice(0, 3).flat()).median, 10 * SECOND);
  const { arrivals, median: middle } = timesOf(pushes.flat());
  assert.equal(arrivals.length, 20);
  assert.equal(middle, 15.5 * 5 * SECOND);
});

test('what is on its way is told from when it was seen', () => {
  const event = eventLog();
  const { underway, arrivals } = timesOf(push(event, 'a', 0, MINUTE).slice(0, 3));
  assert.deepEqual(arrivals, []);
  assert.equal(underway?.from, START);
});

test('the median of an odd and of an even count', () => {
  assert.equal(median([5, 1, 3]), 3);
  assert.equal(median([4, 1, 3, 2]), 2.5);
  assert.equal(median([7]), 7);
});
