import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Suspension } from '@weaveflux/shared';
import type { NewEvent } from '../notify/event-log.ts';
import type { Environment } from './environment.ts';
import { createMemory } from './memory.ts';
import { refreshSuspensions } from './suspensions.ts';

const WHOLE: Suspension = { reason: 'a bad day', by: 'Ann', since: '2026-01-01T00:00:00Z' };
const ONE: Suspension = { ...WHOLE, object: 'apps/Deployment/shop/web', until: '2026-01-01T02:00:00Z' };
const SIGNAL = new AbortController().signal;

/** Reads these annotations one after the other; gives what each reading told. */
async function readings(lists: readonly (readonly Suspension[])[], now = '2026-01-01T01:00:00Z') {
  const events: NewEvent[] = [];
  let found: readonly Suspension[] = [];
  const env = {
    memory: createMemory(),
    suspensionStore: { read: async () => found },
    now: () => new Date(now),
    emit: (event: NewEvent) => void events.push(event),
  } as unknown as Environment;
  const told: { ended: boolean; events: string[] }[] = [];
  for (const list of lists) {
    found = list;
    events.length = 0;
    const ended = await refreshSuspensions(env, SIGNAL);
    told.push({ ended, events: events.map(({ type, message }) => `${type}: ${message}`) });
  }
  return { told, left: env.memory.suspensions };
}

test('what was put there is told once, and so is what was taken away', async () => {
  const { told, left } = await readings([[WHOLE, ONE], [WHOLE, ONE], [WHOLE]]);
  assert.deepEqual(told[0], {
    ended: false,
    events: [
      'suspended: The environment is suspended by Ann: a bad day',
      'suspended: shop:deployment/web is suspended by Ann until 2026-01-01T02:00:00Z: a bad day',
    ],
  });
  assert.deepEqual(told[1], { ended: false, events: [] });
  assert.deepEqual(told[2], { ended: true, events: ['resumed: shop:deployment/web is no longer suspended.'] });
  assert.deepEqual(left, [WHOLE]);
});

test('one that is over by its time counts as none, though it is still written there', async () => {
  const { told, left } = await readings([[ONE]], '2026-01-01T03:00:00Z');
  assert.deepEqual([told, left], [[{ ended: false, events: [] }], []]);
});

test('one that is prolonged is told again and has not ended', async () => {
  const { told } = await readings([[ONE], [{ ...ONE, until: '2026-01-01T05:00:00Z' }]]);
  assert.equal(told[1]?.ended, false);
  assert.match(told[1]?.events.join() ?? '', /until 2026-01-01T05:00:00Z/);
});

test('what a person suspends while it is read is not taken for resumed', async () => {
  const lists: (readonly Suspension[])[] = [[], [WHOLE]];
  const events: NewEvent[] = [];
  const memory = createMemory();
  const read = async () => {
    if (lists.length === 2) memory.suspensions = [WHOLE];
    return lists.shift() ?? [];
  };
  const env = {
    memory,
    suspensionStore: { read },
    now: () => new Date('2026-01-01T01:00:00Z'),
    emit: (event: NewEvent) => void events.push(event),
  } as unknown as Environment;
  assert.equal(await refreshSuspensions(env, SIGNAL), false);
  assert.deepEqual([memory.suspensions, events], [[WHOLE], []]);
});
