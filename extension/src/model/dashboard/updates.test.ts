import assert from 'node:assert/strict';
import { test } from 'node:test';
import { image } from './testing.ts';
import { updatesOf } from './updates.ts';

const chosen = { tag: '1.1.0' };
const both = [chosen, { tag: '1.0.0' }];

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
