import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WeavefluxError } from '@weaveflux/shared';
import type { ApiClient } from '@weaveflux/shared/node';
import type { Rights } from '../../model/agent/state.ts';
import { tellingRights } from './acting.ts';

test('the agent’s answer to an act tells whether one may act, and nothing else does', async () => {
  const told: Rights[] = [];
  let refusal: WeavefluxError | undefined;
  const answer = async () => {
    if (refusal !== undefined) throw refusal;
    return {} as never;
  };
  const client = tellingRights(
    { status: answer, sync: answer, suspend: answer, plan: answer } as unknown as ApiClient,
    (rights) => told.push(rights),
  );
  await client.sync({});
  assert.deepEqual(told.splice(0), [{ kind: 'allowed' }]);
  refusal = new WeavefluxError('FORBIDDEN', 'Ask for the role weaveflux-operate.');
  await assert.rejects(client.suspend({ requestedBy: { name: 'Ann' }, reason: 'rest' }), refusal);
  assert.deepEqual(told.splice(0), [{ kind: 'denied', reason: refusal.message }]);
  await assert.rejects(client.status(), refusal);
  await assert.rejects(client.plan({ revision: 'main' }), refusal);
  refusal = new WeavefluxError('API_UNREACHABLE', 'Away.');
  await assert.rejects(client.sync({}), refusal);
  assert.deepEqual(told, []);
});
