import assert from 'node:assert/strict';
import { test } from 'node:test';
import { objectKey } from '@weaveflux/shared';
import { readEntries, writeEntries } from './inventory-data.ts';

test('entries are read as they were written, sorted, with the digests of Jobs', () => {
  const entries = [
    { id: { group: 'batch', kind: 'Job', namespace: 'shop', name: 'z' }, apiVersion: 'batch/v1', ran: 'abc' },
    { id: { group: '', kind: 'Namespace', namespace: '', name: 'shop' }, apiVersion: 'v1' },
  ];
  const data = writeEntries(new Map(entries.map((entry) => [objectKey(entry.id), entry])));
  assert.deepEqual(data, { objects: '/Namespace//shop v1\nbatch/Job/shop/z batch/v1 abc\n' });
  assert.deepEqual([...readEntries({ data }).values()], [...entries].reverse());
});

test('lines that are no entries are passed over', () => {
  assert.equal(readEntries({ data: { objects: 'nonsense\n\n/ConfigMap/a/b\n/ConfigMap/a/c v1\n' } }).size, 1);
  assert.equal(readEntries({}).size, 0);
});
