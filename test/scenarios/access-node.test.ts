import assert from 'node:assert/strict';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { type ClusterAgentConnection, connectToAgent, loadClusterAccess } from '@weaveflux/shared/node';
import { type ApiObject, type RigNode, startNode, waitFor } from '../rig/index.ts';
import { applyFile, ONE_FILE } from './access-support.ts';

const NAMESPACE = 'weaveflux';
const PODS = `/api/v1/namespaces/${NAMESPACE}/pods`;
const LEASE = {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name: 'weaveflux-default', namespace: NAMESPACE },
};
const { signal } = new AbortController();

describe('the way to an agent on a real node', () => {
  let node: RigNode;
  let image: string;

  before(async () => {
    node = await startNode();
    image = await node.pushApp('weaveflux/stand-in', '1');
    await applyFile(node, ONE_FILE);
    // Its image is in no registry here: what stands in for it is labelled as it is.
    await node.delete(`/apis/apps/v1/namespaces/${NAMESPACE}/deployments/weaveflux`);
    await node.createPullSecret(NAMESPACE);
  });
  after(() => node?.stop());

  /** A pod that answers every request with its name; it is ready when it does. */
  async function startAgentPod(name: string, listens = true): Promise<void> {
    const args = listens ? [] : ['pause'];
    await node.apply({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name,
        namespace: NAMESPACE,
        labels: { 'app.kubernetes.io/name': 'weaveflux', 'weaveflux.dev/agent-environment': 'default' },
      },
      spec: {
        terminationGracePeriodSeconds: 1,
        imagePullSecrets: [{ name: 'registry' }],
        securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          {
            name: 'agent',
            image,
            args,
            ports: [{ name: 'api', containerPort: 8080 }],
            ...(listens ? { readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 } } : {}),
            securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
          },
        ],
      },
    });
    const isReady = ({ status }: ApiObject) =>
      status?.conditions?.some((each: ApiObject) => each.type === 'Ready' && each.status === 'True');
    await node.until(`${PODS}/${name}`, `${name} to be ready`, isReady, { deadline: 120_000 });
  }

  async function removePod(name: string): Promise<void> {
    await node.delete(`${PODS}/${name}`);
    await node.untilGone(`${PODS}/${name}`, { deadline: 60_000 });
  }

  async function connect(subject: Parameters<RigNode['kubeconfigFor']>[0]): Promise<ClusterAgentConnection> {
    const access = await loadClusterAccess({ kubeconfig: await node.kubeconfigFor(subject) });
    return connectToAgent(access, { signal });
  }

  /** A connection that was kept may have been cut meanwhile; who asks again gets a new one. */
  async function ask(connection: ClusterAgentConnection, tries = 2): Promise<string> {
    const { url, connections } = connection;
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    request(url, { ...(connections === undefined ? {} : { agent: connections }) }, resolve)
      .on('error', reject)
      .end();
    try {
      const answer = await promise;
      return `${answer.statusCode} ${(await text(answer)).trim()}`;
    } catch (error) {
      if (tries > 1 && error instanceof Error && 'code' in error && error.code === 'ECONNRESET')
        return ask(connection, tries - 1);
      throw error;
    }
  }

  async function bind(user: string, role: string): Promise<void> {
    await node.kubectl(['-n', NAMESPACE, 'create', 'rolebinding', user, `--role=${role}`, `--user=${user}`]);
  }

  test('who holds weaveflux-view gets through, many at once, and reads but cannot act', async () => {
    await startAgentPod('first');
    await bind('ann', 'weaveflux-view');
    await using ann = await waitFor({ what: 'the binding to be seen', deadline: 30_000 }, () =>
      connect({ user: 'ann' }),
    );
    assert.equal(ann.environment, 'default');
    assert.equal(await ask(ann), '200 weaveflux/stand-in:1');
    const many = await Promise.all(Array.from({ length: 20 }, () => ask(ann)));
    assert.deepEqual(new Set(many), new Set(['200 weaveflux/stand-in:1']));
    const token = await ann.token(signal, 'read', false);
    assert.equal(await ann.token(signal, 'read', false), token);
    assert.notEqual(await ann.token(signal, 'read', true), token);
    await assert.rejects(ann.token(signal, 'act', false), {
      code: 'FORBIDDEN',
      message:
        'You may not create a token of weaveflux-operator in namespace weaveflux: ask for the role weaveflux-operate there.',
    });
  });

  test('who holds weaveflux-operate may act', async () => {
    await bind('bob', 'weaveflux-operate');
    await using bob = await waitFor({ what: 'the binding to be seen', deadline: 30_000 }, () =>
      connect({ user: 'bob' }),
    );
    assert.equal(await ask(bob), '200 weaveflux/stand-in:1');
    await bob.token(signal, 'act', false);
    await bob.token(signal, 'read', false);
  });

  test('each right that is missing is named', async () => {
    const rules: [RegExp, object][] = [
      [/^You may not list pods in namespace weaveflux: ask for the role weaveflux-view there\.$/, {}],
      [/^You may not get leases in namespace weaveflux/, { apiGroups: [''], resources: ['pods'], verbs: ['list'] }],
      [
        /^You may not forward ports of pods \(.*pods\/portforward\) in namespace weaveflux/,
        { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get'] },
      ],
      [
        /^You may not create a token of weaveflux-viewer in namespace weaveflux: ask for the role weaveflux-view there/,
        { apiGroups: [''], resources: ['pods/portforward'], verbs: ['get', 'create'] },
      ],
    ];
    const held: object[] = [];
    for (const [message, rule] of rules) {
      if (Object.keys(rule).length > 0) held.push(rule);
      await node.apply({
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'Role',
        metadata: { name: 'some', namespace: NAMESPACE },
        rules: held,
      });
      if (held.length === 0) await bind('eve', 'some');
      await waitFor({ what: `the refusal ${message}`, deadline: 30_000 }, async () => {
        await assert.rejects(
          async () => {
            await using eve = await connect({ user: 'eve' });
            await ask(eve);
            await eve.token(signal, 'read', false);
          },
          { code: 'FORBIDDEN', message },
        );
        return true;
      });
    }
  });

  test('a pod that went away is looked for again, and one that listens nowhere is said so', async () => {
    await using connection = await connect({ user: 'bob' });
    await ask(connection);
    await removePod('first');
    await assert.rejects(ask(connection), {
      code: 'API_UNREACHABLE',
      message: /No pod of the agent of environment default/,
    });
    await startAgentPod('deaf', false);
    await assert.rejects(ask(connection), {
      code: 'API_UNREACHABLE',
      message: /^Port 8080 of pod deaf in namespace weaveflux cannot be reached: nothing listens there\.$/,
    });
    await removePod('deaf');
    await startAgentPod('second');
    assert.equal(await ask(connection), '200 weaveflux/stand-in:1');
  });

  test('of two pods the one that holds the Lease is spoken to', async () => {
    await startAgentPod('standby', false);
    await using connection = await connect({ user: 'bob' });
    await assert.rejects(ask(connection), { message: /2 pods are the agent .* none holds its Lease/ });
    const hold = (holderIdentity: string, renewTime: Date) =>
      node.apply({
        ...LEASE,
        spec: { holderIdentity, leaseDurationSeconds: 30, renewTime: renewTime.toISOString().replace('Z', '000Z') },
      });
    await hold('second', new Date());
    assert.equal(await ask(connection), '200 weaveflux/stand-in:1');
    // The clock of the node may be behind: a holder that is there is asked all the same.
    await hold('second', new Date(Date.now() - 60_000));
    await using other = await connect({ user: 'bob' });
    assert.equal(await ask(other), '200 weaveflux/stand-in:1');
    await hold('gone', new Date(Date.now() - 60_000));
    await using third = await connect({ user: 'bob' });
    await assert.rejects(ask(third), { message: /none holds its Lease/ });
    await hold('gone', new Date());
    await assert.rejects(ask(third), { message: /Pod gone, .* none has taken over yet/ });
  });
});
