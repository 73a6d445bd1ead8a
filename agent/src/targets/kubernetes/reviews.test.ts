import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type JsonObject, valueAt } from '@weaveflux/shared';
import type { ApiRequest, KubernetesClient } from './client.ts';
import { createReviews } from './reviews.ts';

const { signal } = new AbortController();
const USER = { username: 'viewer', uid: '1', groups: ['people'], extra: { 'example.org/team': ['shop'] } };

/** A cluster that answers every review with this status, and what it was asked. */
function answering(status: JsonObject) {
  const asked: ApiRequest[] = [];
  const client: KubernetesClient = {
    async request(request) {
      asked.push(request);
      return { status: 201, body: { status }, etag: undefined };
    },
    watch: async () => {},
    close: async () => {},
  };
  return { asked, reviews: createReviews(client, { environment: 'shop', namespace: 'home' }) };
}

const cases: [string, JsonObject, boolean][] = [
  ['accepted for us', { authenticated: true, user: USER, audiences: ['other', 'weaveflux'] }, true],
  ['accepted for others', { authenticated: true, user: USER, audiences: ['other'] }, false],
  ['accepted by a check that knows no audiences', { authenticated: true, user: USER }, false],
  ['not accepted', { error: 'no', audiences: ['weaveflux'], user: USER }, false],
  ['accepted for nobody', { authenticated: true, audiences: ['weaveflux'], user: {} }, false],
];
for (const [name, status, isKnown] of cases) {
  test(`a token ${name} is ${isKnown ? 'good' : 'not good'}`, async () => {
    const { reviews } = answering(status);
    const who = await reviews.bearer('t', 'weaveflux', signal);
    const expected = { user: 'viewer', uid: '1', groups: ['people'], extra: USER.extra };
    assert.deepEqual(who, isKnown ? expected : undefined);
  });
}

test('everything that a right may hang on is asked with', async () => {
  const { reviews, asked } = answering({ allowed: true });
  const who = { user: 'viewer', uid: '1', groups: ['people'], extra: USER.extra };
  assert.equal(await reviews.mayDo(who, 'sync', signal), true);
  assert.deepEqual(valueAt(asked[0]?.body as JsonObject, ['spec']), {
    ...who,
    resourceAttributes: {
      group: 'weaveflux.dev',
      resource: 'environments',
      name: 'shop',
      namespace: 'home',
      verb: 'sync',
    },
  });
});

test('what is not said to be allowed is not', async () => {
  const who = { user: 'viewer', uid: undefined, groups: [], extra: {} };
  for (const status of [{}, { allowed: false }, { allowed: 'yes' }, { allowed: true, denied: true }])
    assert.equal(await answering(status).reviews.mayDo(who, 'get', signal), false);
});
