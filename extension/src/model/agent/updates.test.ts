import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ImageStatus } from '@weaveflux/shared';
import { imageOf } from '../testing/environment.ts';
import { updateKindOf } from './updates.ts';

const chosen = { tag: '1.1.0' };
const both = [chosen, { tag: '1.0.0' }];
const image = (given: Partial<ImageStatus>) => imageOf('apps/Deployment/shop/cart', 'r.io/cart:1.0.0', given);

const CASES: readonly (readonly [string, Partial<ImageStatus>, ReturnType<typeof updateKindOf>])[] = [
  ['is current', { chosen: { tag: '1.0.0' } }, undefined],
  ['has an update', { state: 'update', chosen }, 'available'],
  ['waits for approval', { state: 'needs-approval', chosen }, 'approval'],
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
  ['has an older version than those that are shown', { state: 'not-automated', chosen, available: [chosen] }, 'manual'],
  [
    'is newer than the versions that are shown',
    { state: 'pinned', chosen: { tag: '0.9.0' }, available: [] },
    undefined,
  ],
  [
    'has a tag of which nothing is known',
    { state: 'not-automated', tag: 'main', chosen, available: [chosen] },
    undefined,
  ],
];

for (const [name, given, kind] of CASES) {
  test(`an image that ${name} is ${kind ?? 'no update'}`, () => assert.equal(updateKindOf(image(given)), kind));
}
