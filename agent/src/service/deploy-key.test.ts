import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Status } from '@weaveflux/shared';
import { createDeployKey } from './deploy-key.ts';

const refused = {
  repository: { problem: { severity: 'error', code: 'GIT_AUTH', message: 'No.' } },
} as unknown as Status;
const open = { repository: {} } as unknown as Status;

test('the key is shown while nobody is let in, and never waited for', async () => {
  let asked = 0;
  let told = 0;
  let key = 'ssh-ed25519 AAAA weaveflux\n';
  const withKey = createDeployKey(
    async () => {
      asked += 1;
      return key;
    },
    () => {
      told += 1;
    },
  );
  assert.equal(withKey(open), open);
  assert.equal(asked, 0, 'a key that works is nobody’s business');
  assert.equal(withKey(refused).repository.deployKey, undefined);
  await Promise.resolve();
  assert.equal(withKey(refused).repository.deployKey, 'ssh-ed25519 AAAA weaveflux');
  await Promise.resolve();
  assert.deepEqual([asked, told], [2, 1], 'the same key is no news');
  assert.equal(withKey(open).repository.deployKey, undefined);

  key = 'ssh-ed25519 BBBB weaveflux';
  withKey(refused);
  await Promise.resolve();
  assert.equal(told, 2);
  assert.equal(withKey(refused).repository.deployKey, key, 'another one takes its place at once');
});

test('a key that cannot be read is no error of the status', async () => {
  const withKey = createDeployKey(() => Promise.reject(new Error('no Secret')));
  withKey(refused);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(withKey(refused).repository.deployKey, undefined);
});
