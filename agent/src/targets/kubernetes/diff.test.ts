import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '@weaveflux/shared';
import { compareObjects } from './diff.ts';

const containers = (...images: [string, string][]) => ({
  spec: { containers: images.map(([name, image]) => ({ name, image })) },
});

const cases: { name: string; applied: JsonObject; live: JsonObject; paths: [string, string?, string?][] }[] = [
  { name: 'equal, in another order of keys', applied: { a: { b: 1, c: 2 } }, live: { a: { c: 2, b: 1 } }, paths: [] },
  {
    name: 'bookkeeping of the API server',
    applied: { metadata: { resourceVersion: '1', generation: 2 }, status: { a: 1 } },
    live: { metadata: { resourceVersion: '2', generation: 3, managedFields: [] }, status: {} },
    paths: [],
  },
  {
    name: 'a status inside the spec',
    applied: { spec: { status: 1 } },
    live: { spec: { status: 2 } },
    paths: [['/spec/status', '1', '2']],
  },
  {
    name: 'a field that is missing',
    applied: { data: { 'a/b': 'x' } },
    live: { data: {} },
    paths: [['/data/a~1b', '"x"']],
  },
  { name: 'null is not absent', applied: { a: null }, live: {}, paths: [['/a', 'null']] },
  {
    name: 'items by name, wherever they stand',
    applied: containers(['a', '1'], ['b', '1']),
    live: containers(['b', '2'], ['a', '1']),
    paths: [['/spec/containers/0/image', '"1"', '"2"']],
  },
  {
    name: 'an item that is missing',
    applied: containers(['a', '1'], ['b', '1']),
    live: containers(['a', '1']),
    paths: [['/spec/containers/1', '{"name":"b","image":"1"}']],
  },
  {
    name: 'lists without names, of another length',
    applied: { args: ['a', 'b'] },
    live: { args: ['a'] },
    paths: [['/args', '["a","b"]', '["a"]']],
  },
];

for (const { name, applied, live, paths } of cases) {
  test(`comparing: ${name}`, () => {
    const found = compareObjects(applied, live, false).map(({ path, desired, live: value }) =>
      [path, desired, value].filter((each, index) => each !== undefined || index < 1),
    );
    assert.deepEqual(found, paths);
  });
}

test('a long value is cut, a secret one is not shown, and the newest owner of the field is named', () => {
  const live = {
    data: { key: 'y'.repeat(500) },
    metadata: {
      managedFields: [
        {
          manager: 'weaveflux',
          operation: 'Apply',
          time: '2026-02-01T00:00:00Z',
          fieldsV1: { 'f:data': { 'f:key': {} } },
        },
        { manager: 'old', operation: 'Update', time: '2026-01-01T00:00:00Z', fieldsV1: { 'f:data': { 'f:key': {} } } },
        { manager: 'new', operation: 'Update', time: '2026-01-02T00:00:00Z', fieldsV1: { 'f:data': { 'f:key': {} } } },
        { manager: 'other', operation: 'Update', time: '2026-01-03T00:00:00Z', fieldsV1: { 'f:data': { 'f:x': {} } } },
      ],
    },
  };
  const applied = { ...live, data: { key: 'x' } };
  const [shown] = compareObjects(applied, live, false);
  assert.equal(shown?.live?.length, 200);
  assert.deepEqual([shown.manager, shown.time], ['new', '2026-01-02T00:00:00Z']);
  const [masked] = compareObjects(applied, live, true);
  assert.deepEqual([masked?.desired, masked?.live], ['differs', 'differs']);
});
