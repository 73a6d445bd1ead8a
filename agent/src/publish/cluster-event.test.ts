import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EVENT_TYPES, type Event, type EventType } from '@weaveflux/shared';
import { createClusterEvents, EVENT_RULES } from './cluster-event.ts';

const WEB = 'apps/Deployment/shop/web';

function event(type: EventType, message = 'It is so.', object?: string): Event {
  const about = object === undefined ? {} : { object };
  return { id: 'b-1', time: '2026-01-01T00:00:00Z', environment: 'shop', type, severity: 'info', message, ...about };
}

test('few of our events become Events of Kubernetes, with reasons as Kubernetes spells them', () => {
  assert.ok(Object.keys(EVENT_RULES).length <= 15, 'few');
  for (const type of EVENT_TYPES) {
    const made = createClusterEvents()(event(type, 'It is so.', WEB));
    assert.equal(made === undefined, EVENT_RULES[type] === undefined, type);
    if (made !== undefined) assert.match(made.reason, /^[A-Z][A-Za-z]+$/);
  }
});

const ABOUT: readonly [string, Event, string | undefined | 'nothing'][] = [
  ['a revision is the environment', event('healthy', 'x'), undefined],
  ['also where an object is named', event('sync-failed', 'x', WEB), undefined],
  ['a suspension of everything', event('suspended', 'x'), undefined],
  ['a suspension of one workload is told there', event('suspended', 'x', WEB), WEB],
  ['a release is the workload', event('released', 'x', WEB), WEB],
  [
    'a release in a file is the environment',
    event('released', 'x', 'files.weaveflux.dev/File//values.yaml'),
    undefined,
  ],
  ['without its object it is nothing', event('released', 'x'), 'nothing'],
];
for (const [name, given, object] of ABOUT) {
  test(`what an Event is about: ${name}`, () => {
    const made = createClusterEvents()(given);
    assert.equal(made === undefined ? 'nothing' : made.object, object);
  });
}

test('who changed what and that it was corrected is one Event, the same each time it happens', () => {
  const make = createClusterEvents();
  const twice = ['2026-01-01T00:00:00Z', '2026-01-01T00:05:00Z'].map((time) => {
    const change = `shop:deployment/web was changed: /spec/replicas 2 → 5 by kubectl-edit at ${time}.`;
    assert.equal(make(event('interference', change, WEB)), undefined);
    return make(event('corrected', 'shop:deployment/web is again as abc1234 says (configured).', WEB));
  });
  assert.equal(
    twice[0]?.message,
    'shop:deployment/web was changed: /spec/replicas 2 → 5 by kubectl-edit. It is again as the repository says.',
  );
  assert.deepEqual(twice[0], twice[1]);
  const other = make(event('corrected', 'It is again so.', WEB));
  assert.equal(other?.message, 'It is again so.', 'a change is told once');
});

test('messages are cut to what the API takes', () => {
  assert.ok((createClusterEvents()(event('unhealthy', 'x'.repeat(9000)))?.message.length ?? 0) <= 1024);
});
