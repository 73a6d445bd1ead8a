import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { objectKey } from '@weaveflux/shared';
import { createMemory } from '../delivery/memory.ts';
import { leaving, type Stated } from './leaving.ts';

const NAMES = Array.from({ length: 12 }, (_, index) => `c${index}`);
const NOTHING_WRONG: Stated = {
  manifests: [],
  withheld: [],
  problems: [],
  brokenFiles: [],
  limit: { objects: 5, percent: 20 },
};

/** What becomes of twelve ConfigMaps when a revision states all but `gone`. */
function decide(
  gone: number,
  change: Partial<Stated> = {},
  garbageCollection: 'on' | 'dry' | 'off' = 'on',
  suspended?: string,
) {
  const ids = NAMES.map((name) => ({ group: '', kind: 'ConfigMap', namespace: 'shop', name }));
  const memory = createMemory();
  memory.inventory = new Map(ids.map((id) => [objectKey(id), { id, apiVersion: 'v1' }]));
  const desired = ids.slice(gone).map((id) => {
    const manifest = { id, apiVersion: 'v1', value: {}, file: 'a.yaml', line: 1, document: 0, at: [] };
    return { key: objectKey(id), id, manifest, body: {}, hash: '' };
  });
  const known = { memory, config: { garbageCollection }, agentNamespace: 'weaveflux', now: () => new Date() };
  if (suspended !== undefined)
    memory.suspensions = [{ object: suspended, by: 'ada', reason: 'repair', since: '2026-05-04T09:00:00Z' }];
  return leaving(known, { ...NOTHING_WRONG, ...change }, { desired: desired as never, complete: true });
}

describe('what a plan says of objects that left the repository', () => {
  test('a few are deleted', () => {
    assert.deepEqual(
      decide(2).map(({ name, action }) => [name, action]),
      [
        ['shop:configmap/c0', 'deleted'],
        ['shop:configmap/c1', 'deleted'],
      ],
    );
  });

  const kept: [string, ReturnType<typeof decide>, RegExp][] = [
    ['a file is broken', decide(1, { brokenFiles: ['b.yaml'] }), /b\.yaml could not be read/],
    ['more go than the limit allows', decide(6), /6 of 12 objects would be deleted and the limit is 5/],
    ['nothing is left', decide(12), /states no object at all/],
    ['garbage collection is off', decide(1, {}, 'off'), /garbage collection is off/],
    ['garbage collection is dry', decide(1, {}, 'dry'), /would be deleted, but garbage collection is dry/],
    ['it is suspended', decide(1, {}, 'on', '/ConfigMap/shop/c0'), /suspended by ada/],
  ];
  for (const [when, objects, reason] of kept) {
    test(`they stay when ${when}, and the plan says so`, () => {
      assert.ok(objects.length > 0);
      for (const { action, problem } of objects) {
        assert.equal(action, 'skipped');
        assert.match(problem?.message ?? '', reason);
      }
    });
  }
});
