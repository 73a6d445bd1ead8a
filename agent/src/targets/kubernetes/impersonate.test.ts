import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClusterAccess } from '@weaveflux/shared/node';
import { impersonated } from './impersonate.ts';

test('a service account is impersonated alone, without whom a kubeconfig impersonates', async () => {
  const headers = {
    authorization: 'Bearer t',
    'impersonate-user': 'root',
    'impersonate-group': 'system:masters',
    'impersonate-uid': '1',
  };
  const access: ClusterAccess = {
    server: 'https://127.0.0.1:1',
    ca: undefined,
    serverName: undefined,
    insecure: false,
    namespace: undefined,
    credentials: async () => ({ headers }),
  };
  assert.deepEqual((await impersonated(access, 'shop/deployer').credentials()).headers, {
    authorization: 'Bearer t',
    'impersonate-user': 'system:serviceaccount:shop:deployer',
  });
});
