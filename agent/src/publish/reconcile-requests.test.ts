import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OwnObject } from './own-object.ts';
import { createReconcileRequests } from './reconcile-requests.ts';
import { settled } from './testing.ts';

function asked(requestedAt: string | undefined, handled?: string): OwnObject {
  const status = handled === undefined ? undefined : { lastHandledReconcileAt: handled };
  return { uid: 'u', resourceVersion: '1', generation: 1, requestedAt, suspension: undefined, status };
}

function requestsOf() {
  const syncs: PromiseWithResolvers<void>[] = [];
  let told = 0;
  const closing = new AbortController();
  const requests = createReconcileRequests(
    () => {
      const sync = Promise.withResolvers<void>();
      syncs.push(sync);
      return sync.promise;
    },
    () => {
      told += 1;
    },
    closing.signal,
  );
  return { requests, syncs, told: () => told, closing };
}

test('each new value asks once, and is handled when the sync has ended, however it ended', async () => {
  const { requests, syncs, told } = requestsOf();
  requests.see(asked(undefined));
  requests.see(asked('one', 'one'));
  assert.equal(syncs.length, 0, 'nothing is asked, or it was handled by the agent before');
  requests.see(asked('two', 'one'));
  requests.see(asked('two', 'one'));
  assert.equal(syncs.length, 1);
  assert.equal(requests.handled(asked('two', 'one')), 'one', 'not before it is done');
  syncs[0]?.reject(new Error('it failed'));
  await settled();
  assert.equal(requests.handled(asked('two', 'one')), 'two');
  assert.equal(told(), 1);
  requests.see(asked('two', 'one'));
  assert.equal(syncs.length, 1);
});

test('a value that comes while a sync is under way asks for another', async () => {
  const { requests, syncs } = requestsOf();
  requests.see(asked('one'));
  requests.see(asked('two'));
  requests.see(asked('three'));
  syncs[0]?.resolve();
  await settled();
  assert.equal(syncs.length, 2);
  syncs[1]?.resolve();
  await settled();
  assert.equal(requests.handled(asked('three')), 'three');
});

test('what an agent that stops could not do is left to the next', async () => {
  const { requests, syncs, told, closing } = requestsOf();
  requests.see(asked('one'));
  closing.abort();
  syncs[0]?.reject(new Error('the agent stops'));
  await settled();
  assert.equal(told(), 0);
  assert.equal(requests.handled(asked('one')), undefined);
});
