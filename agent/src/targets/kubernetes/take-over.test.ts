import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '@weaveflux/shared';
import { takeOver } from './take-over.ts';

interface Entry {
  readonly manager: string;
  readonly operation?: string;
  readonly apiVersion?: string;
  readonly time?: string;
  readonly subresource?: string;
  readonly fields: readonly string[];
}

function live(...entries: Entry[]): JsonObject {
  const managedFields = entries.map(
    ({ operation = 'Update', apiVersion = 'v1', time = '2026-01-01T00:00:00Z', ...entry }) => ({
      manager: entry.manager,
      operation,
      apiVersion,
      time,
      ...(entry.subresource === undefined ? {} : { subresource: entry.subresource }),
      fieldsV1: { 'f:data': Object.fromEntries(entry.fields.map((name) => [`f:${name}`, {}])) },
    }),
  );
  return { metadata: { managedFields } };
}

const ours = { manager: 'weaveflux', operation: 'Apply', time: '2026-01-02T00:00:00Z', fields: ['a'] };

const cases: { name: string; others: Entry[]; olderOnly?: boolean; left: Record<string, string[]> | undefined }[] = [
  { name: 'nobody else', others: [], left: undefined },
  {
    name: 'kubectl apply',
    others: [{ manager: 'kubectl-client-side-apply', fields: ['b'] }],
    left: { weaveflux: ['a', 'b'] },
  },
  {
    name: 'another GitOps tool beside a controller',
    others: [
      { manager: 'kustomize-controller', operation: 'Apply', fields: ['b'] },
      { manager: 'some-operator', fields: ['c'] },
    ],
    left: { weaveflux: ['a', 'b'], 'some-operator': ['c'] },
  },
  { name: 'who changes single fields', others: [{ manager: 'kubectl-rollout', fields: ['b'] }], left: undefined },
  { name: 'a subresource', others: [{ manager: 'kubectl', subresource: 'scale', fields: ['b'] }], left: undefined },
  { name: 'another version', others: [{ manager: 'kubectl', apiVersion: 'v1beta1', fields: ['b'] }], left: undefined },
  {
    name: 'later than ours, where only older counts',
    others: [{ manager: 'kubectl', time: '2026-01-03T00:00:00Z', fields: ['b'] }],
    olderOnly: true,
    left: undefined,
  },
  {
    name: 'older than ours, where only older counts',
    others: [{ manager: 'kubectl', fields: ['b'] }],
    olderOnly: true,
    left: { weaveflux: ['a', 'b'] },
  },
];

for (const { name, others, olderOnly = false, left } of cases) {
  test(`taking over: ${name}`, () => {
    const result = takeOver(live(...others, ours), 'weaveflux', olderOnly);
    const fields = result?.map((entry) => {
      const data = (entry.fieldsV1 as JsonObject)['f:data'] as JsonObject;
      return [
        entry.manager,
        Object.keys(data)
          .map((key) => key.slice(2))
          .sort(),
      ];
    });
    assert.deepEqual(fields === undefined ? undefined : Object.fromEntries(fields), left);
  });
}
