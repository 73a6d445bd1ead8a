import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ObjectId, objectKey } from '@weaveflux/shared';
import fc from 'fast-check';
import { ownObjects } from './own-objects.ts';
import { decidePrune, type PruneDecision, type PruneInput } from './prune.ts';
import type { LivePolicies } from './stance.ts';

const own = ownObjects('weaveflux');
const WAITING_KINDS = /^(\/(Namespace|PersistentVolume|PersistentVolumeClaim)|.*\/CustomResourceDefinition)\//;

const id: fc.Arbitrary<ObjectId> = fc.oneof(
  fc.record({
    group: fc.constantFrom('', 'apps', 'example.com'),
    kind: fc.constantFrom('ConfigMap', 'Deployment', 'PersistentVolumeClaim', 'Widget'),
    namespace: fc.constantFrom('shop', 'pay', 'weaveflux'),
    name: fc.constantFrom('a', 'b', 'c', 'd', 'weaveflux', 'weaveflux-inventory-default-0'),
  }),
  fc.record({
    group: fc.constant(''),
    kind: fc.constantFrom('Namespace', 'PersistentVolume'),
    namespace: fc.constant(''),
    name: fc.constantFrom('shop', 'pay', 'weaveflux'),
  }),
  fc.constant({
    group: 'apiextensions.k8s.io',
    kind: 'CustomResourceDefinition',
    namespace: '',
    name: 'widgets.example.com',
  }),
);

const policies: fc.Arbitrary<LivePolicies> = fc.record({
  ignore: fc.constantFrom(false as const, 'true' as const, 'sync_only' as const),
  pruneDisabled: fc.boolean(),
});

const input: fc.Arbitrary<PruneInput> = fc
  .record({
    stated: fc.uniqueArray(id, { selector: objectKey, maxLength: 12 }),
    inventory: fc.uniqueArray(id, { selector: objectKey, maxLength: 40 }),
    unsettled: fc.array(id, { maxLength: 2 }),
    live: fc.array(
      fc.oneof({ weight: 6, arbitrary: policies }, fc.constantFrom('absent' as const, 'unknown' as const)),
      {
        minLength: 1,
      },
    ),
    loaded: fc.record({
      readable: often(true),
      brokenFiles: fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, fc.constant(['web.yaml'])),
      discoveryComplete: often(true),
    }),
    rewritten: often(false),
    limit: fc.record({ objects: fc.nat(20), percent: fc.nat(100) }),
    garbageCollection: fc.constantFrom('on' as const, 'on' as const, 'on' as const, 'dry' as const, 'off' as const),
    confirmed: fc.option(
      fc.record({
        revision: fc.constantFrom('head', 'head', 'old'),
        objects: fc.array(id.map(objectKey), { maxLength: 20 }),
      }),
      { nil: undefined },
    ),
  })
  .map(({ stated, inventory, live, ...rest }) => {
    const keys = inventory.map(objectKey);
    return {
      ...rest,
      own,
      revision: 'head',
      desired: new Map(stated.map((each) => [objectKey(each), each])),
      inventory: new Map(inventory.map((each) => [objectKey(each), { id: each, apiVersion: 'v1' }])),
      live: (key: string) => live[Math.max(0, keys.indexOf(key)) % live.length] ?? 'unknown',
    };
  });

function often(value: boolean): fc.Arbitrary<boolean> {
  return fc.oneof({ weight: 4, arbitrary: fc.constant(value) }, fc.constant(!value));
}

function removedKeys(decision: PruneDecision): string[] {
  return decision.remove.map((entry) => objectKey(entry.id));
}

function always(name: string, holds: (input: PruneInput, decision: PruneDecision) => void): void {
  test(`prune, for every input: ${name}`, () => {
    fc.assert(
      fc.property(input, (given) => holds(given, decidePrune(given))),
      { numRuns: 300 },
    );
  });
}

always('nothing that the repository states is deleted, nor forgotten', ({ desired }, decision) => {
  const gone = [...decision.remove, ...decision.forget, ...decision.leftovers];
  for (const entry of gone) assert.ok(!desired.has(objectKey(entry.id)));
});

always('no namespace of a stated object is deleted', ({ desired }, decision) => {
  const namespaces = new Set([...desired.values()].map(({ namespace }) => namespace));
  for (const { id } of decision.remove) assert.ok(id.kind !== 'Namespace' || !namespaces.has(id.name));
});

always("nothing of the agent's own is deleted, nor waits to be", ({ inventory }, decision) => {
  const going = [...removedKeys(decision), ...(decision.wait?.objects ?? [])];
  for (const [key, entry] of inventory) assert.ok(!own(entry.id) || !going.includes(key));
});

always('in doubt, dry or off nothing is deleted', ({ loaded, garbageCollection }, decision) => {
  const doubt = !loaded.readable || loaded.brokenFiles.length > 0 || !loaded.discoveryComplete;
  if (doubt || garbageCollection !== 'on') assert.deepEqual([...decision.remove, ...decision.forget], []);
});

always('what a brake holds goes only when it is confirmed for the revision', (given, decision) => {
  const { confirmed, desired, inventory, rewritten, limit } = given;
  const allowed = new Set(confirmed?.revision === 'head' ? confirmed.objects : []);
  const unconfirmed = removedKeys(decision).filter((key) => !allowed.has(key));
  const most = Math.max(limit.objects, Math.floor((limit.percent * inventory.size) / 100));
  if (desired.size === 0 || rewritten) assert.deepEqual(unconfirmed, []);
  assert.ok(unconfirmed.length <= most);
  for (const key of unconfirmed) assert.doesNotMatch(key, WAITING_KINDS);
});

always('what its live object keeps is not deleted', ({ live }, decision) => {
  for (const key of removedKeys(decision)) {
    const policies = live(key);
    assert.ok(typeof policies === 'object' && !policies.pruneDisabled && policies.ignore === false);
  }
});

always(
  'every object that is not stated is accounted for once',
  ({ inventory, desired, loaded, garbageCollection }, decision) => {
    const doubt = !loaded.readable || loaded.brokenFiles.length > 0 || !loaded.discoveryComplete;
    if (doubt || garbageCollection !== 'on') return;
    const told = [
      ...removedKeys(decision),
      ...decision.forget.map(({ id }) => objectKey(id)),
      ...decision.keep.map(({ entry }) => objectKey(entry.id)),
      ...(decision.wait?.objects ?? []),
    ];
    assert.deepEqual(told.sort(), [...inventory.keys()].filter((key) => !desired.has(key)).sort());
  },
);

always('confirming what waits lets all of it go', (given, decision) => {
  if (decision.wait?.confirmable !== true) return;
  const objects = [...decision.wait.objects, ...(given.confirmed?.revision === 'head' ? given.confirmed.objects : [])];
  const next = decidePrune({ ...given, confirmed: { revision: 'head', objects } });
  assert.equal(next.wait, undefined);
  assert.ok(decision.wait.objects.every((key) => removedKeys(next).includes(key)));
});
