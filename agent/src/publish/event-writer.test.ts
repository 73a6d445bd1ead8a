import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type JsonObject, objectAt, stringAt, WeavefluxError } from '@weaveflux/shared';
import type { ApiRequest } from '../targets/kubernetes/client.ts';
import type { ClusterEvent } from './cluster-event.ts';
import { createEventWriter, type EventSubject } from './event-writer.ts';
import { fakeClient } from './testing.ts';

const WEB: EventSubject = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web', uid: 'u-1' };
const ROLE: EventSubject = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  namespace: '',
  name: 'system:web',
  uid: undefined,
};
const RELEASED: ClusterEvent = { object: undefined, type: 'Normal', reason: 'Released', message: '1 → 2.' };

function writer(answer: (request: ApiRequest) => JsonObject | number | WeavefluxError = () => ({})) {
  const { client, requests } = fakeClient(answer);
  const warnings: string[] = [];
  let now = Date.parse('2026-01-01T00:00:00Z');
  const write = createEventWriter({
    client,
    holder: 'pod-1',
    now: () => new Date(now),
    warn: (message) => void warnings.push(message),
    signal: new AbortController().signal,
  });
  const bodies = () => requests.map(({ body }) => (typeof body === 'object' ? body : {}));
  return {
    write,
    requests,
    bodies,
    warnings,
    pass(minutes: number) {
      now += minutes * 60_000;
    },
  };
}

test('an Event names the object so that kubectl finds it, and us as who reports', async () => {
  const { write, requests, bodies } = writer();
  await write(WEB, RELEASED, 1);
  const [body = {}] = bodies();
  assert.equal(requests[0]?.path, '/api/v1/namespaces/shop/events');
  assert.deepEqual(body.involvedObject, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    namespace: 'shop',
    name: 'web',
    uid: 'u-1',
  });
  assert.equal(body.reportingComponent, 'weaveflux');
  assert.equal(body.reportingInstance, 'pod-1');
  assert.equal(body.lastTimestamp, '2026-01-01T00:00:00Z');
  assert.match(stringAt(body, ['metadata', 'name']) ?? '', /^web-[0-9a-f]{16}$/);
});

test('the same again is counted on the first, for an hour', async () => {
  const { write, requests, bodies, pass } = writer();
  await write(WEB, RELEASED, 1);
  const name = stringAt(bodies()[0], ['metadata', 'name']);
  await write(WEB, RELEASED, 3);
  assert.equal(requests[1]?.method, 'PATCH');
  assert.equal(requests[1]?.path, `/api/v1/namespaces/shop/events/${name}`);
  assert.equal(bodies()[1]?.count, 4);
  await write(WEB, { ...RELEASED, message: '2 → 3.' }, 1);
  assert.equal(requests[2]?.method, 'POST', 'another message is another Event');
  pass(61);
  await write(WEB, RELEASED, 1);
  assert.equal(requests[3]?.method, 'POST');
  assert.notEqual(stringAt(bodies()[3], ['metadata', 'name']), name);
});

test('one that the API server has forgotten is made anew', async () => {
  const { write, requests } = writer(({ method }) => (method === 'PATCH' ? 404 : {}));
  await write(WEB, RELEASED, 1);
  await write(WEB, RELEASED, 1);
  assert.deepEqual(
    requests.map(({ method }) => method),
    ['POST', 'PATCH', 'POST'],
  );
});

test('Events of cluster-scoped objects are in the namespace default, under a name that the API takes', async () => {
  const { write, requests, bodies } = writer();
  await write(ROLE, RELEASED, 1);
  assert.equal(requests[0]?.path, '/api/v1/namespaces/default/events');
  assert.match(stringAt(bodies()[0], ['metadata', 'name']) ?? '', /^system-web-[0-9a-f]{16}$/);
  assert.equal('uid' in objectAt(bodies()[0], ['involvedObject']), false);
});

test('where the agent may not it says so once and leaves it for a while, elsewhere it goes on', async () => {
  const { write, requests, warnings, pass } = writer(({ path }) =>
    path.includes('/shop/') ? new WeavefluxError('FORBIDDEN', 'The agent may not create events in shop.') : {},
  );
  for (let each = 0; each < 3; each++) await write(WEB, RELEASED, 1);
  await write(ROLE, RELEASED, 1);
  assert.equal(requests.length, 2);
  pass(11);
  await write(WEB, RELEASED, 1);
  assert.equal(requests.length, 3);
  assert.equal(warnings.length, 1);
  assert.match(warnings[0] ?? '', /may not create events/);
});

test('a cluster that starts refuses for a moment only: soon it is tried again, and ever more seldom', async () => {
  let isRefused = true;
  const { write, requests, pass } = writer(() =>
    isRefused ? new WeavefluxError('FORBIDDEN', 'The agent may not create events in shop.') : {},
  );
  const SECOND = 1 / 60;
  const after = async (seconds: number): Promise<number> => {
    pass(seconds * SECOND);
    await write(WEB, RELEASED, 1);
    return requests.length;
  };
  assert.deepEqual([await after(0), await after(9), await after(2)], [1, 1, 2]);
  isRefused = false;
  assert.deepEqual([await after(18), await after(3), await after(0)], [2, 3, 4]);
});

test('what goes wrong otherwise is nobody’s trouble', async () => {
  const { write, warnings } = writer(() => new WeavefluxError('API_UNREACHABLE', 'away'));
  await write(WEB, RELEASED, 1);
  assert.deepEqual(warnings, []);
});
