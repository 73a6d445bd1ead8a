import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  type ApiServer,
  type ClosableReviews,
  createReviewAuthorizer,
  openReviews,
  startPeopleApi,
} from '@weaveflux/agent';
import { createMemoryService } from '@weaveflux/agent/testing';
import type { WeavefluxError } from '@weaveflux/shared';
import { type ApiClient, createApiClient, loadClusterAccess } from '@weaveflux/shared/node';
import { type ControlPlane, startControlPlane, waitFor } from '../rig/index.ts';
import { applyFile, ONE_FILE, signToken } from './access-support.ts';

const NAMESPACE = 'weaveflux';
const ADA = { name: 'Ada' };
const DELEGATOR = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/weaveflux-auth-delegator';

describe('people of a cluster, as its own API server knows them', () => {
  const service = createMemoryService();
  let cluster: ControlPlane;
  let reviews: ClosableReviews;
  let api: ApiServer;
  /** Milliseconds by which the agent's clock is ahead: what it keeps for seconds is over at once. */
  let ahead = 0;

  before(async () => {
    cluster = await startControlPlane({ controllers: false });
    await applyFile(cluster, ONE_FILE);
    const subject = { environment: 'default', namespace: NAMESPACE };
    const kubeconfig = await cluster.kubeconfigFor({ serviceAccount: 'weaveflux', namespace: NAMESPACE });
    reviews = openReviews(await loadClusterAccess({ kubeconfig }), subject);
    const now = () => new Date(Date.now() + ahead);
    const authorizer = createReviewAuthorizer(reviews, { ...subject, now });
    api = await startPeopleApi({ service, listen: '127.0.0.1:0', authorizer, version: '0.1.0', recheck: 50 });
    await waitFor({ what: 'the roles to be seen' }, async () => {
      ahead += 60_000;
      for (const account of ['weaveflux-viewer', 'weaveflux-operator']) await (await clientOf(account)).status();
      return true;
    });
  });
  after(async () => {
    await api?.close(0);
    await reviews?.close();
    await cluster?.stop();
  });

  function clientWith(token: string): ApiClient {
    return createApiClient({ url: api.url, token: async () => token });
  }

  async function clientOf(serviceAccount: string, audience = 'weaveflux', namespace = NAMESPACE): Promise<ApiClient> {
    return clientWith(await cluster.tokenFor({ serviceAccount, namespace, audience, seconds: 600 }));
  }

  function refused(code: WeavefluxError['code'], message: RegExp, token = 'a token') {
    return (error: WeavefluxError) => {
      assert.equal(error.code, code, error.message);
      assert.match(error.message, message);
      assert.ok(!error.message.includes(token));
      return true;
    };
  }

  test('a viewer reads and cannot act', async () => {
    const viewer = await clientOf('weaveflux-viewer');
    assert.equal((await viewer.status()).environment, 'default');
    await viewer.images();
    await viewer.plan({ revision: 'main' });
    const acts: [string, () => Promise<unknown>][] = [
      ['sync', () => viewer.sync({})],
      ['plan', () => viewer.plan({ documents: {} })],
      ['release', () => viewer.changes({ requestedBy: ADA, changes: [{ kind: 'release', workload: 'web' }] })],
      [
        'release',
        () => viewer.changes({ requestedBy: ADA, changes: [{ kind: 'approve', workload: 'web', tag: '2' }] }),
      ],
      ['policy', () => viewer.changes({ requestedBy: ADA, changes: [{ kind: 'pin', workload: 'web' }] })],
      ['suspend', () => viewer.suspend({ requestedBy: ADA, reason: 'rest' })],
    ];
    for (const [verb, act] of acts) {
      const sentence = new RegExp(
        `weaveflux-viewer may not ${verb} environments.weaveflux.dev "default" in namespace weaveflux: the role weaveflux-operate`,
      );
      await assert.rejects(act, refused('FORBIDDEN', sentence));
    }
  });

  test('an operator reads and acts', async () => {
    const operator = await clientOf('weaveflux-operator');
    await operator.status();
    assert.equal((await operator.sync({})).kind, 'sync');
    await operator.suspend({ requestedBy: ADA, reason: 'rest' });
    await operator.changes({ requestedBy: ADA, changes: [{ kind: 'release', workload: 'web' }] });
  });

  test('another service account is known and may nothing', async () => {
    await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
    for (const [name, namespace] of [
      ['default', NAMESPACE],
      ['cart', 'shop'],
    ] as const) {
      const client = await clientOf(name, 'weaveflux', namespace);
      await assert.rejects(client.status(), refused('FORBIDDEN', new RegExp(`${name} may not get .*weaveflux-view`)));
    }
  });

  test('a token for another audience, even of the operator, is no token', async () => {
    for (const audience of ['https://kubernetes.default.svc', 'weaveflux-other'])
      await assert.rejects(
        (await clientOf('weaveflux-operator', audience)).status(),
        refused('UNAUTHORIZED', /audience/),
      );
  });

  test('a token that has ended is refused, and one from the same hand that has not is taken', async () => {
    const claims = { audience: 'weaveflux', issuedAt: -700 };
    const sign = (expiresAt: number) => signToken(cluster, 'weaveflux-operator', NAMESPACE, { ...claims, expiresAt });
    await clientWith(await sign(60)).status();
    await assert.rejects(clientWith(await sign(-60)).status(), refused('UNAUTHORIZED', /has ended/));
  });

  test('a forged token is refused', async () => {
    const token = await cluster.tokenFor({
      serviceAccount: 'weaveflux-viewer',
      namespace: NAMESPACE,
      audience: 'weaveflux',
    });
    const [header = '', payload = '', signature = ''] = token.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const sub = claims.sub.replace('viewer', 'operator');
    const promoted = Buffer.from(JSON.stringify({ ...claims, sub })).toString('base64url');
    const unsigned = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
    await clientWith(token).status();
    for (const forged of [`${header}.${promoted}.${signature}`, `${unsigned}.${payload}.`, 'anything'])
      await assert.rejects(clientWith(forged).status(), refused('UNAUTHORIZED', /does not accept this token/, forged));
  });

  test('the token of an account that was deleted is refused within seconds', async () => {
    const client = await clientOf('short-lived');
    await assert.rejects(client.status(), { code: 'FORBIDDEN' });
    await cluster.delete(`/api/v1/namespaces/${NAMESPACE}/serviceaccounts/short-lived`);
    // The API server itself keeps its answers for ten seconds.
    await waitFor({ what: 'the token to be refused', deadline: 20_000, interval: 200 }, async () => {
      ahead += 60_000;
      await assert.rejects(client.status(), { code: 'UNAUTHORIZED' });
      return true;
    });
  });

  test('a stream ends when the right is taken away', async () => {
    const name = 'watcher';
    const binding = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name, namespace: NAMESPACE },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'weaveflux-viewer' },
      subjects: [{ kind: 'ServiceAccount', name, namespace: NAMESPACE }],
    };
    await cluster.apply(binding);
    const client = await clientOf(name);
    await waitFor({ what: 'the binding to be seen', deadline: 30_000 }, async () => {
      ahead += 60_000;
      return client.status();
    });
    const stop = new AbortController();
    const items = client.events({ signal: stop.signal });
    assert.deepEqual((await items.next()).value, { kind: 'reset' });
    await cluster.delete(`/apis/rbac.authorization.k8s.io/v1/namespaces/${NAMESPACE}/rolebindings/${name}`);
    const turning = setInterval(() => {
      ahead += 60_000;
    }, 20);
    // The stream is ended, tried again, and then refused.
    await assert.rejects(items.next(), refused('FORBIDDEN', /may not watch environments/));
    clearInterval(turning);
  });

  test('while the API server is away it is said so, and afterwards all goes on', async () => {
    const client = await clientOf('weaveflux-viewer');
    await cluster.stopApiServer();
    await assert.rejects(
      client.status(),
      refused('API_UNREACHABLE', /could not ask the cluster who you are.*cannot be reached/),
    );
    await cluster.startApiServer();
    assert.equal((await client.status()).environment, 'default');
  });

  test('without the binding to system:auth-delegator everyone hears of it', async () => {
    const binding = await cluster.get(DELEGATOR);
    await cluster.delete(DELEGATOR);
    const missing = refused(
      'FORBIDDEN',
      /bind its service account in namespace weaveflux to the ClusterRole system:auth-delegator/,
    );
    await waitFor({ what: 'the binding to be gone', deadline: 30_000 }, async () => {
      ahead += 60_000;
      const client = await clientOf('weaveflux-operator');
      await assert.rejects(client.status(), missing);
      return true;
    });
    const answer = await fetch(`${api.url}/api/v1/status`, { headers: { authorization: 'Bearer anything' } });
    assert.equal(answer.status, 503);
    const { metadata, roleRef, subjects } = binding;
    await cluster.apply({ ...binding, metadata: { name: metadata.name }, roleRef, subjects });
    await waitFor({ what: 'the binding to be back', deadline: 30_000 }, async () =>
      (await clientOf('weaveflux-viewer')).status(),
    );
  });
});
