import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ImageStatus } from '@weaveflux/shared';
import { updateKindOf } from '../agent/updates.ts';
import { image } from './testing.ts';
import { updatesOf } from './updates.ts';

const chosen = { tag: '1.1.0' };
const both = [chosen, { tag: '1.0.0' }];

const CASES: readonly (readonly [string, Partial<ImageStatus>, ReturnType<typeof updateKindOf>])[] = [
  ['is current', { chosen: { tag: '1.0.0' } }, undefined],
  ['has an update', { state: 'update', chosen }, 'available'],
  ['needs a release', { state: 'needs-release', chosen }, 'needs-release'],
  ['cannot be ordered at all', { state: 'needs-release' }, undefined],
  ['is held', { state: 'held', chosen, held: ['1.1.0'] }, 'held'],
  ['is held by its digest', { state: 'held', chosen: { tag: '1.0.0' } }, 'held'],
  ['waits for its age', { state: 'held', chosen }, 'waiting'],
  ['is pinned, with something newer', { state: 'pinned', chosen, available: both }, 'pinned'],
  ['is pinned at what is newest', { state: 'pinned', chosen: { tag: '1.0.0' }, available: both }, undefined],
  ['is not automated', { state: 'not-automated', chosen, available: both }, 'manual'],
  [
    'is newer than what the policy chooses',
    { state: 'not-automated', chosen, available: both.toReversed() },
    undefined,
  ],
  ['has a tag of which nothing is known', { state: 'not-automated', chosen, available: [chosen] }, undefined],
];

for (const [name, given, kind] of CASES) {
  test(`an image that ${name} is ${kind ?? 'no update'}`, () => assert.equal(updateKindOf(image('cart', given)), kind));
}

test('what can be released stands first, and each update has its command', () => {
  const updates = updatesOf([
    image('pinned', { state: 'pinned', chosen, available: both }),
    image('held', { state: 'held', chosen, held: ['1.1.0'] }),
    image('ready', { state: 'update', chosen: { ...chosen, created: '2026-03-01T00:00:00Z' } }),
  ]);
  const target = { workload: 'apps/Deployment/shop/ready', container: 'ready', file: 'shop/ready.yaml', line: 20 };
  assert.deepEqual(
    updates.map(({ actions }) => actions[0]?.command),
    ['release', 'releaseHeld', 'unpin'],
  );
  assert.deepEqual(updates[0]?.actions[0]?.target, { ...target, tag: '1.1.0' });
  assert.equal(updates[0]?.built, Date.parse('2026-03-01T00:00:00Z'));
  assert.equal(updates[2]?.actions[0]?.target.tag, undefined);
});
