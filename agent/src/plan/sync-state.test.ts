import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Action, failure, type HealthState, type SyncState, warning } from '@weaveflux/shared';
import { type SyncInput, syncStateOf } from './sync-state.ts';

interface Case extends Partial<Omit<SyncInput, 'health' | 'outcomes'>> {
  readonly name: string;
  readonly is: SyncState;
  readonly objects?: Readonly<Record<string, readonly [Action, HealthState?]>>;
  readonly unhealthy?: readonly string[];
  readonly waiting?: readonly string[];
  readonly failed?: readonly string[];
}

const CASES: readonly Case[] = [
  { name: 'not begun', is: 'pending', started: false, finished: false },
  { name: 'under way', is: 'applying', finished: false, objects: { a: ['created', 'healthy'] } },
  { name: 'all healthy', is: 'healthy', objects: { a: ['created', 'healthy'], b: ['unchanged', 'healthy'] } },
  { name: 'an empty revision', is: 'healthy' },
  { name: 'one progressing', is: 'applied', objects: { a: ['created', 'progressing'] }, waiting: ['a'] },
  { name: 'one not known', is: 'applied', objects: { a: ['created'] }, waiting: ['a'] },
  { name: 'one gone', is: 'applied', objects: { a: ['unchanged', 'missing'] }, waiting: ['a'] },
  { name: 'suspended by its spec', is: 'healthy', objects: { a: ['configured', 'suspended'] } },
  {
    name: 'one will not become healthy',
    is: 'failed',
    objects: { a: ['created', 'healthy'], b: ['unchanged', 'failed'], c: ['created', 'progressing'] },
    unhealthy: ['b'],
    waiting: ['c'],
  },
  {
    name: 'an object failed',
    is: 'failed',
    objects: { a: ['failed', 'healthy'], b: ['created', 'healthy'] },
    failed: ['a'],
  },
  { name: 'a file is broken', is: 'failed', problems: [failure('INVALID_YAML', 'web.yaml is broken')] },
  { name: 'a warning', is: 'healthy', problems: [warning('UNKNOWN_KEY', 'unknown key')] },
  {
    name: 'skipped and deleted ones have no say',
    is: 'healthy',
    objects: { a: ['skipped', 'failed'], b: ['deleted'] },
  },
];

for (const { name, is, objects = {}, unhealthy = [], waiting = [], failed = [], ...given } of CASES) {
  test(`sync state: ${name} → ${is}`, () => {
    const entries = Object.entries(objects);
    const health = new Map(entries.flatMap(([key, [, state]]) => (state === undefined ? [] : [[key, state] as const])));
    const summary = syncStateOf({
      started: true,
      finished: true,
      problems: [],
      outcomes: new Map(entries.map(([key, [action]]) => [key, { action }])),
      health(key) {
        const state = health.get(key);
        return state === undefined ? undefined : { state, message: '' };
      },
      ...given,
    });
    assert.equal(summary.state, is);
    assert.deepEqual([summary.unhealthy, summary.waiting, summary.failed], [unhealthy, waiting, failed]);
    const counted = Object.values(summary.counts).reduce((sum, count) => sum + count, 0);
    assert.equal(counted, entries.length);
  });
}
