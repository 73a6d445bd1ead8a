import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClusterAnswer, ClusterClient } from './cluster-client.ts';
import { createAccountTokens } from './service-account-token.ts';

const { signal } = new AbortController();
const VIEWER = 'weaveflux-viewer';
const OPERATOR = 'weaveflux-operator';

/** A cluster that gives tokens of ten minutes, or less, of the accounts that this person may have. */
function cluster(allowed: readonly string[], lifetime = 600) {
  const asked: string[] = [];
  let time = 0;
  const client: ClusterClient = {
    server: 'https://10.0.0.1',
    async request(_method, path, _signal, body) {
      const account = path.split('/').at(-2) ?? '';
      asked.push(account);
      assert.deepEqual(body?.spec, { audiences: ['weaveflux'], expirationSeconds: 600 });
      const isAllowed = allowed.includes(account);
      const claims = Buffer.from(JSON.stringify({ iat: 1_000, exp: 1_000 + lifetime })).toString('base64url');
      const answer: ClusterAnswer = {
        status: isAllowed ? 201 : 403,
        body: isAllowed ? { status: { token: `${account}-${asked.length}.${claims}.x` } } : {},
        time: new Date(0),
      };
      return answer;
    },
    upgrade: () => assert.fail('nothing is upgraded'),
    close: async () => {},
  };
  const tokens = createAccountTokens(client, 'weaveflux', () => time);
  const pass = (seconds: number) => {
    time += seconds * 1000;
  };
  const account = async (use: 'read' | 'act', refused?: boolean) =>
    (await tokens.token(use, signal, refused)).split('.')[0];
  return { asked, account, pass };
}

test('reading takes the token of the viewer, acting that of the operator', async () => {
  const { account } = cluster([VIEWER, OPERATOR]);
  assert.deepEqual([await account('read'), await account('act')], [`${VIEWER}-1`, `${OPERATOR}-2`]);
});

test('a token is used until a minute before its end, and a refused one never again', async () => {
  const { account, pass } = cluster([VIEWER]);
  assert.equal(await account('read'), `${VIEWER}-1`);
  pass(539);
  assert.equal(await account('read'), `${VIEWER}-1`);
  pass(1);
  assert.equal(await account('read'), `${VIEWER}-2`);
  assert.equal(await account('read', true), `${VIEWER}-3`);
  assert.equal(await account('read'), `${VIEWER}-3`);
});

test('a cluster that gives less is believed', async () => {
  const { account, pass } = cluster([VIEWER], 300);
  await account('read');
  pass(240);
  assert.equal(await account('read'), `${VIEWER}-2`);
});

test('calls at the same time share one request', async () => {
  const { account, asked } = cluster([VIEWER]);
  await Promise.all([account('read'), account('read'), account('read')]);
  assert.equal(asked.length, 1);
});

test('who may only have the operator reads with that', async () => {
  const { account } = cluster([OPERATOR]);
  assert.equal(await account('read'), `${OPERATOR}-2`);
});

test('what is missing is said with the role to ask for', async () => {
  const sentence = (name: string, role: string) =>
    `You may not create a token of ${name} in namespace weaveflux: ask for the role ${role} there.`;
  const viewer = cluster([VIEWER]);
  await assert.rejects(viewer.account('act'), { code: 'FORBIDDEN', message: sentence(OPERATOR, 'weaveflux-operate') });
  const stranger = cluster([]);
  await assert.rejects(stranger.account('read'), { code: 'FORBIDDEN', message: sentence(VIEWER, 'weaveflux-view') });
});
