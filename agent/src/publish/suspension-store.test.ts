import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type JsonObject, objectAt, type Suspension, WeavefluxError } from '@weaveflux/shared';
import { createOwnEnvironment } from './own-environment.ts';
import { createSuspensionStore, mergeSuspensions } from './suspension-store.ts';
import { fakeClient } from './testing.ts';

const never = new AbortController().signal;
const WHOLE: Suspension = { reason: 'a fire', by: 'Ann', since: '2026-01-01T00:00:00Z' };
const ONE: Suspension = { ...WHOLE, object: 'apps/Deployment/shop/web' };
const until = (suspension: Suspension, end: string): Suspension => ({ ...suspension, until: end });

const MERGES: readonly [string, readonly Suspension[], Suspension | undefined, readonly Suspension[]][] = [
  ['neither', [], undefined, []],
  ['the annotation alone', [WHOLE, ONE], undefined, [WHOLE, ONE]],
  ['the spec alone', [], WHOLE, [WHOLE]],
  ['both, of different things', [ONE], WHOLE, [WHOLE, ONE]],
  ['both of everything: the one that never ends', [WHOLE, ONE], until(WHOLE, '2026-01-02T00:00:00Z'), [WHOLE, ONE]],
  [
    'both of everything: the one that ends later',
    [until(WHOLE, '2026-01-02T00:00:00Z')],
    until(WHOLE, '2026-01-03T00:00:00Z'),
    [until(WHOLE, '2026-01-03T00:00:00Z')],
  ],
];

for (const [name, annotated, environment, merged] of MERGES) {
  test(`suspensions merged: ${name}`, () => assert.deepEqual(mergeSuspensions(annotated, environment), merged));
}

/** A cluster with one inventory and, unless told otherwise, one Environment. */
function cluster(kind: 'there' | 'missing' | 'unserved' = 'there') {
  const state = {
    kind: kind as string,
    suspend: undefined as JsonObject | null | undefined,
    annotated: [] as readonly Suspension[],
    error: undefined as WeavefluxError | undefined,
    version: 1,
    warnings: [] as string[],
    annotations: 0,
  };
  const { client, requests } = fakeClient(({ method, body }) => {
    if (state.error !== undefined) return state.error;
    if (state.kind === 'unserved') return new WeavefluxError('UNKNOWN_KIND', 'not served.');
    if (method === 'POST') state.kind = 'there';
    if (state.kind === 'missing') return new WeavefluxError('NOT_FOUND', 'not there.');
    if (method === 'PATCH') {
      state.version += 1;
      const patch = objectAt(typeof body === 'object' ? body : {}, ['spec']).suspend;
      state.suspend = patch === null ? undefined : without(patch as JsonObject);
    }
    const managedFields = [{ manager: 'm', time: '2026-05-05T00:00:00Z', fieldsV1: { 'f:spec': { 'f:suspend': {} } } }];
    const metadata = { uid: 'u', resourceVersion: String(state.version), managedFields };
    return { metadata, spec: { suspend: state.suspend } };
  });
  const inventory = {
    load: async () => new Map(),
    suspensions: async () => state.annotated,
    async suspend(list: readonly Suspension[]) {
      state.annotations += 1;
      state.annotated = list;
    },
  };
  const own = createOwnEnvironment(client, 'weaveflux', 'shop');
  const store = createSuspensionStore(inventory, own, (message) => void state.warnings.push(message));
  return { state, store, requests, own };
}

function without(patch: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== null));
}

test('the whole environment stands in the spec, single workloads beside the inventory; both are read as written', async () => {
  const { state, store } = cluster();
  const written = await store.write([ONE, until(WHOLE, '2027-01-01T00:00:00Z')], never);
  assert.deepEqual(state.suspend, { reason: 'a fire', until: '2027-01-01T00:00:00Z', requestedBy: 'Ann' });
  assert.deepEqual(state.annotated, [ONE]);
  assert.deepEqual(await store.read(never), written);
  await store.write([WHOLE, ONE], never);
  assert.deepEqual(state.suspend, { reason: 'a fire', requestedBy: 'Ann' }, 'an end of before is gone');
  assert.deepEqual(await store.write([ONE], never), [ONE]);
  assert.equal(state.suspend, undefined);
});

test('what is already there is not written again', async () => {
  const { state, store, requests } = cluster();
  const written = await store.write([WHOLE], never);
  const patches = () => requests.filter(({ method }) => method === 'PATCH').length;
  const before = patches();
  await store.write([...written, ONE], never);
  assert.equal(patches(), before);
  assert.equal(state.annotations, 1);
});

test('an Environment that is missing is made for it', async () => {
  const { state, store } = cluster('missing');
  await store.write([WHOLE], never);
  assert.equal(objectAt(state.suspend ?? {}, []).reason, 'a fire');
});

for (const [name, error] of [
  ['without the kind', new WeavefluxError('UNKNOWN_KIND', 'not served.')],
  ['where the agent may not', new WeavefluxError('FORBIDDEN', 'no.')],
] as const) {
  test(`${name} everything is the annotation`, async () => {
    const { state, store } = cluster();
    state.error = error;
    assert.deepEqual(await store.write([WHOLE, ONE], never), [WHOLE, ONE]);
    assert.deepEqual(state.annotated, [WHOLE, ONE]);
    assert.deepEqual(await store.read(never), [WHOLE, ONE]);
    assert.ok(state.warnings.length <= 1, 'said once');
    await store.write([], never);
    assert.deepEqual(await store.read(never), []);
  });
}

test('what cannot be read resumes nothing, and where nothing was ever read nothing is assumed', async () => {
  const away = new WeavefluxError('API_UNREACHABLE', 'away.');
  const fresh = cluster();
  fresh.state.error = away;
  await assert.rejects(fresh.store.read(never), /away/);

  const { state, store } = cluster();
  const [suspended] = await store.write([WHOLE], never);
  for (const error of [away, new WeavefluxError('FORBIDDEN', 'no.'), new WeavefluxError('UNKNOWN_KIND', 'gone.')]) {
    state.error = error;
    assert.deepEqual(await store.read(never), [suspended], error.message);
  }
  state.error = away;
  await assert.rejects(store.write([], never), /away/, 'a resume that did not happen is told');
  state.error = undefined;
  state.suspend = undefined;
  state.version += 1;
  assert.deepEqual(await store.read(never), []);
});

test('that a suspension in an Environment that may not be read holds nothing is said, once', async () => {
  const { state, store } = cluster();
  state.suspend = { reason: 'nobody sees it' };
  state.error = new WeavefluxError('FORBIDDEN', 'You may not get it.');
  assert.deepEqual(await store.read(never), []);
  assert.deepEqual(await store.read(never), []);
  assert.equal(state.warnings.length, 1);
  assert.match(state.warnings[0] ?? '', /^You may not get it\. .*a suspension that stands in it is not seen/);
});

test('a read does not tell half of a write', async () => {
  const { store } = cluster();
  const [written, read] = await Promise.all([store.write([WHOLE, ONE], never), store.read(never)]);
  assert.deepEqual(read, written);
});
