import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_PRUNE_LIMIT, type ObjectId, objectKey, parseObjectKey } from '@weaveflux/shared';
import type { InventoryEntry } from '../targets/kubernetes/types.ts';
import { ownObjects } from './own-objects.ts';
import { decidePrune, type PruneInput } from './prune.ts';
import type { LivePolicies } from './stance.ts';

const PLAIN: LivePolicies = { ignore: false, pruneDisabled: false };
const READ = { readable: true, brokenFiles: [], discoveryComplete: true };

function idOfKey(key: string): ObjectId {
  const id = parseObjectKey(key);
  assert.ok(id, key);
  return id;
}

function inventory(keys: readonly string[]): Map<string, InventoryEntry> {
  return new Map(keys.map((key) => [key, { id: idOfKey(key), apiVersion: 'v1' }]));
}

function ids(keys: readonly string[]): Map<string, ObjectId> {
  return new Map(keys.map((key) => [key, idOfKey(key)]));
}

function maps(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, index) => `/ConfigMap/shop/map-${from + index}`);
}

interface Case extends Partial<PruneInput> {
  readonly name: string;
  readonly stated: readonly string[];
  readonly gone: readonly string[];
  /** Keys that are deleted, in order; default none. */
  readonly removes?: readonly string[];
  /** Keys that wait; default none. */
  readonly waits?: readonly string[];
  readonly because?: RegExp;
  readonly confirmable?: boolean;
  readonly keeps?: Readonly<Record<string, RegExp>>;
  readonly forgets?: readonly string[];
  readonly leaves?: readonly string[];
}

const TEN = maps(10);
const GONE = '/ConfigMap/shop/old';
const MANY = maps(6, 100);
const NAMESPACE = '/Namespace//old';
const CLAIM = '/PersistentVolumeClaim/shop/data';
const VOLUME = '/PersistentVolume//disk';
const CRD = 'apiextensions.k8s.io/CustomResourceDefinition//widgets.example.com';

const CASES: readonly Case[] = [
  { name: 'what is no longer stated goes', stated: TEN, gone: [GONE], removes: [GONE] },
  { name: 'nothing to prune, nothing waits', stated: TEN, gone: [], rewritten: true },
  { name: 'as many as the limit go', stated: TEN, gone: maps(5, 100), removes: maps(5, 100) },
  {
    name: 'one more than the limit stops all',
    stated: TEN,
    gone: MANY,
    waits: MANY,
    because: /^6 of 16 objects would be deleted and the limit is 5$/,
  },
  { name: 'a fifth of a large inventory goes', stated: maps(80), gone: maps(20, 100), removes: maps(20, 100) },
  {
    name: 'more than a fifth stops',
    stated: maps(80),
    gone: maps(21, 100),
    waits: maps(21, 100),
    because: /limit is 20/,
  },
  {
    name: 'the limit in force counts',
    stated: TEN,
    gone: MANY,
    limit: { objects: 6, percent: 0 },
    removes: MANY,
  },
  { name: 'limit zero lets nothing go', stated: TEN, gone: [GONE], limit: { objects: 0, percent: 0 }, waits: [GONE] },
  { name: 'an empty set stops', stated: [], gone: [GONE], waits: [GONE], because: /no object at all/ },
  { name: 'rewritten history stops', stated: TEN, gone: [GONE], rewritten: true, waits: [GONE], because: /rewritten/ },
  {
    name: 'an unreadable repository stops',
    stated: TEN,
    gone: [GONE],
    loaded: { ...READ, readable: false },
    waits: [GONE],
    confirmable: false,
  },
  {
    name: 'a broken file stops and is named',
    stated: TEN,
    gone: [GONE],
    loaded: { ...READ, brokenFiles: ['a/web.yaml', 'b.yaml'] },
    waits: [GONE],
    because: /^a\/web\.yaml and 1 more could not be read/,
    confirmable: false,
  },
  {
    name: 'incomplete discovery stops',
    stated: TEN,
    gone: [GONE],
    loaded: { ...READ, discoveryComplete: false },
    waits: [GONE],
    because: /API group/,
    confirmable: false,
  },
  {
    name: 'a confirmation does not help against a broken file',
    stated: TEN,
    gone: [GONE],
    loaded: { ...READ, brokenFiles: ['web.yaml'] },
    confirmed: { revision: 'head', objects: [GONE] },
    waits: [GONE],
    confirmable: false,
  },
  {
    name: 'kinds that carry others wait alone',
    stated: TEN,
    gone: [NAMESPACE, CLAIM, CRD, VOLUME, GONE],
    removes: [GONE],
    waits: [CLAIM, VOLUME, CRD, NAMESPACE],
    because: /Namespaces, CRDs, PVCs and PVs/,
  },
  {
    name: 'they count for the limit',
    stated: TEN,
    gone: [NAMESPACE, ...maps(5, 100)],
    waits: [...maps(5, 100), NAMESPACE],
    because: /limit/,
  },
  {
    name: 'what was listed and confirmed goes',
    stated: TEN,
    gone: [NAMESPACE, ...MANY],
    confirmed: { revision: 'head', objects: [NAMESPACE, ...MANY] },
    removes: [...MANY, NAMESPACE],
  },
  {
    name: 'a confirmation is of its revision only',
    stated: TEN,
    gone: MANY,
    confirmed: { revision: 'before', objects: MANY },
    waits: MANY,
  },
  {
    name: 'what was not listed still waits',
    stated: TEN,
    gone: [NAMESPACE, CLAIM],
    confirmed: { revision: 'head', objects: [CLAIM] },
    removes: [CLAIM],
    waits: [NAMESPACE],
  },
  {
    name: 'an empty set may be confirmed',
    stated: [],
    gone: [GONE],
    confirmed: { revision: 'head', objects: [GONE] },
    removes: [GONE],
  },
  {
    name: 'a confirmation cannot name a stated object',
    stated: TEN,
    gone: [],
    confirmed: { revision: 'head', objects: TEN },
  },
  {
    name: 'a namespace of stated objects is kept',
    stated: TEN,
    gone: ['/Namespace//shop'],
    confirmed: { revision: 'head', objects: ['/Namespace//shop'] },
    keeps: { '/Namespace//shop': /shop:configmap\/map-0 of the repository would go with it/ },
  },
  {
    name: 'the CRD of stated objects is kept',
    stated: [...TEN, 'example.com/Widget/shop/a'],
    gone: [CRD],
    keeps: { [CRD]: /would go with it/ },
  },
  {
    name: 'live policies keep',
    stated: TEN,
    gone: [GONE, ...maps(2, 50)],
    live: (key) => {
      if (key === GONE) return { ...PLAIN, pruneDisabled: true };
      return key.endsWith('50') ? { ...PLAIN, ignore: 'sync_only' } : { ...PLAIN, ignore: 'true' };
    },
    keeps: {
      [GONE]: /prune: disabled/,
      '/ConfigMap/shop/map-50': /ignore: sync_only/,
      '/ConfigMap/shop/map-51': /ignore: true/,
    },
  },
  {
    name: 'what is kept does not count for the limit',
    stated: TEN,
    gone: [GONE, ...MANY],
    live: (key) => ({ ...PLAIN, pruneDisabled: key !== GONE }),
    removes: [GONE],
    keeps: Object.fromEntries(MANY.map((key) => [key, /disabled/])),
  },
  {
    name: 'what the cluster does not answer for is kept',
    stated: TEN,
    gone: [GONE],
    live: () => 'unknown',
    keeps: { [GONE]: /did not say/ },
  },
  { name: 'what is gone is forgotten', stated: TEN, gone: MANY, live: () => 'absent', forgets: MANY },
  {
    name: 'nothing is forgotten in doubt',
    stated: TEN,
    gone: [GONE],
    live: () => 'absent',
    loaded: { ...READ, discoveryComplete: false },
  },
  {
    name: 'a suspended object is kept',
    stated: TEN,
    gone: [GONE],
    left: (key) => (key === GONE ? 'it is suspended by ada' : undefined),
    keeps: { [GONE]: /suspended by ada/ },
  },
  {
    name: 'a manifest that could not be settled keeps its object',
    stated: TEN,
    gone: ['example.com/Widget/shop/a', 'example.com/Widget/shop/b'],
    unsettled: [{ group: 'example.com', kind: 'Widget', namespace: '', name: 'a' }],
    removes: ['example.com/Widget/shop/b'],
    keeps: { 'example.com/Widget/shop/a': /not applied now/ },
  },
  {
    name: 'a namespace that a manifest not applied now names is kept',
    stated: TEN,
    gone: [NAMESPACE],
    unsettled: [{ group: 'example.com', kind: 'Widget', namespace: 'old', name: 'a' }],
    keeps: { [NAMESPACE]: /would go with it/ },
  },
  {
    name: "the agent's own objects are kept",
    stated: TEN,
    gone: [
      'apps/Deployment/weaveflux/weaveflux',
      '/Namespace//weaveflux',
      '/ConfigMap/weaveflux/weaveflux-inventory-a-0',
    ],
    keeps: {
      'apps/Deployment/weaveflux/weaveflux': /part of the agent/,
      '/Namespace//weaveflux': /part of the agent/,
      '/ConfigMap/weaveflux/weaveflux-inventory-a-0': /part of the agent/,
    },
  },
  {
    name: 'an object of our name elsewhere is not ours',
    stated: TEN,
    gone: ['apps/Deployment/shop/weaveflux'],
    removes: ['apps/Deployment/shop/weaveflux'],
  },
  { name: 'off: leftovers are shown', stated: TEN, gone: MANY, garbageCollection: 'off', leaves: MANY },
  { name: 'dry: leftovers are shown', stated: TEN, gone: [CLAIM], garbageCollection: 'dry', leaves: [CLAIM] },
  {
    name: 'off: in doubt nothing is called a leftover',
    stated: TEN,
    gone: [GONE],
    garbageCollection: 'off',
    loaded: { ...READ, brokenFiles: ['web.yaml'] },
  },
  {
    name: 'deletes go the other way round',
    stated: TEN,
    gone: ['/ServiceAccount/shop/web', '/Service/shop/web', 'apps/Deployment/shop/web', 'example.com/Widget/shop/a'],
    removes: ['example.com/Widget/shop/a', 'apps/Deployment/shop/web', '/Service/shop/web', '/ServiceAccount/shop/web'],
  },
];

for (const { name, stated, gone, removes, waits, because, confirmable, keeps, forgets, leaves, ...given } of CASES) {
  test(`prune: ${name}`, () => {
    const decision = decidePrune({
      revision: 'head',
      inventory: inventory([...gone, ...stated]),
      desired: ids(stated),
      unsettled: [],
      loaded: READ,
      live: () => PLAIN,
      own: ownObjects('weaveflux'),
      rewritten: false,
      limit: DEFAULT_PRUNE_LIMIT,
      garbageCollection: 'on',
      ...given,
    });
    assert.deepEqual(keysOf(decision.remove), removes ?? []);
    assert.deepEqual(decision.wait?.objects ?? [], waits ?? []);
    assert.deepEqual(keysOf(decision.forget), forgets ?? []);
    assert.deepEqual(keysOf(decision.leftovers), leaves ?? []);
    if (waits !== undefined) {
      assert.equal(decision.wait?.revision, 'head');
      assert.equal(decision.wait?.confirmable, confirmable ?? true);
    }
    if (because !== undefined) assert.match(decision.wait?.reason ?? '', because);
    assert.deepEqual(decision.keep.map(({ entry }) => objectKey(entry.id)).sort(), Object.keys(keeps ?? {}).sort());
    for (const { entry, reason } of decision.keep) assert.match(reason, keeps?.[objectKey(entry.id)] ?? /^never$/);
  });
}

function keysOf(entries: readonly InventoryEntry[]): string[] {
  return entries.map(({ id }) => objectKey(id));
}
