import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  type ApiServer,
  type ClosableReviews,
  createReviewAuthorizer,
  openReviews,
  startPeopleApi,
} from '@weaveflux/agent';
import { createMemoryService, type MemoryService } from '@weaveflux/agent/testing';
import type { Status } from '@weaveflux/shared';
import { loadClusterAccess } from '@weaveflux/shared/node';
import { type ControlPlane, freePort, startControlPlane, waitFor } from '../rig/index.ts';
import { type ForwardedPod, startForwardingNode } from '../support/forwarding-node.ts';
import { type Desk, type DeskSession, openSession } from '../support/session.ts';
import { applyFile, ONE_FILE } from './access-support.ts';

const NAMESPACE = 'weaveflux';
const URL = 'ssh://git@git.example/shop/environment.git';
/** Of every kubeconfig of the rig. */
const CONTEXT = 'rig';
const ANN = { name: 'Ann' };

/** An environment's agent as its pod would serve it. */
interface Served {
  readonly pod: ForwardedPod;
  readonly service: MemoryService;
  readonly api: ApiServer;
  restart(): Promise<void>;
}

/** What the editor's sessions make of agents in a cluster: real API server, RBAC, tokens, forwards; the agents' answers are fixed. */
describe('the editor and the agents of a cluster', { concurrency: false }, () => {
  let cluster: ControlPlane;
  let reviews: ClosableReviews;
  let live: Served;
  let staging: Served;
  let node: AsyncDisposable;
  const kubeconfigs: Record<string, string> = {};
  const opened: DeskSession[] = [];

  before(async () => {
    cluster = await startControlPlane({ controllers: false });
    await applyFile(cluster, ONE_FILE);
    await cluster.delete(`/apis/apps/v1/namespaces/${NAMESPACE}/deployments/weaveflux`);
    const account = await cluster.kubeconfigFor({ serviceAccount: 'weaveflux', namespace: NAMESPACE });
    reviews = openReviews(await loadClusterAccess({ kubeconfig: account }), {
      environment: 'live',
      namespace: NAMESPACE,
    });
    live = await serve('live', 'main');
    staging = await serve('staging', 'staging');
    node = await startForwardingNode(cluster, [live.pod, staging.pod]);
    for (const [user, role] of [
      ['viewer', 'weaveflux-view'],
      ['operator', 'weaveflux-operate'],
      ['stranger', undefined],
    ] as const) {
      kubeconfigs[user] = await cluster.kubeconfigFor({ user });
      if (role !== undefined) await bind(user, role);
    }
  });
  after(async () => {
    for (const session of opened) session[Symbol.dispose]();
    await node?.[Symbol.asyncDispose]();
    await Promise.all([live, staging].map((served) => served?.api.close(0)));
    await reviews?.close();
    await cluster?.stop();
  });

  async function serve(environment: string, branch: string): Promise<Served> {
    const to = await freePort();
    const memory = createMemoryService();
    const status = (): Status => {
      const example = memory.status();
      return { ...example, environment, repository: { ...example.repository, url: URL, branch } };
    };
    const service: MemoryService = { ...memory, status };
    const authorizer = createReviewAuthorizer(reviews, { environment, namespace: NAMESPACE, now: () => new Date() });
    const start = () => startPeopleApi({ service, listen: `127.0.0.1:${to}`, authorizer, version: '0.1.0' });
    const labels = { 'app.kubernetes.io/name': 'weaveflux', 'weaveflux.dev/agent-environment': environment };
    let api = await start();
    return {
      service,
      get api() {
        return api;
      },
      pod: { name: `weaveflux-${environment}`, namespace: NAMESPACE, labels, port: 3030, to },
      async restart() {
        await api.close(0);
        api = await start();
      },
    };
  }

  async function bind(user: string, role: string): Promise<void> {
    await cluster.apply({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: user, namespace: NAMESPACE },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: role },
      subjects: [{ kind: 'User', name: user, apiGroup: 'rbac.authorization.k8s.io' }],
    });
  }

  function desk(user: string, change: Partial<Desk> = {}): Desk {
    return {
      repository: { remotes: ['https://git.example/shop/environment'], branch: 'main' },
      settings: { agents: [], namespace: NAMESPACE, ...kubeconfigOf(user) },
      env: { HOME: cluster.dir, XDG_STATE_HOME: join(cluster.dir, 'state') },
      tokens: new Map(),
      ...change,
    };
  }

  function kubeconfigOf(user: string): { kubeconfig: string } {
    return { kubeconfig: user === 'admin' ? cluster.kubeconfig : (kubeconfigs[user] ?? '') };
  }

  function open(given: Desk): DeskSession {
    const session = openSession(given);
    opened.push(session);
    return session;
  }

  test('an administrator is led by remote and branch to the one of two agents, and may act', async () => {
    const session = open(desk('admin'));
    const state = await session.until('the rights', ({ rights, status }) => rights.kind !== 'unknown' && status);
    assert.deepEqual(
      [state.connection.kind, state.agent, state.status?.environment, state.rights.kind],
      ['connected', `live in namespace ${NAMESPACE} of context ${CONTEXT}`, 'live', 'allowed'],
    );
    const client = await session.session.client();
    await client.sync({ requestedBy: ANN });
    assert.deepEqual(
      live.service.controls.calls.map(({ name }) => name),
      ['sync'],
    );
  });

  test('a viewer sees everything and learns which role would let them act', async () => {
    const session = open(desk('viewer', { repository: { remotes: [URL], branch: 'staging' } }));
    const state = await session.until('the rights', ({ rights, status }) => rights.kind !== 'unknown' && status);
    assert.equal(state.status?.environment, 'staging');
    assert.ok(state.rights.kind === 'denied');
    assert.match(state.rights.reason, /ask for the role weaveflux-operate there/);
    const event = staging.service.controls.emit({ type: 'interference' });
    await session.until('the event', ({ events }) => events.some(({ id }) => id === event.id));
    await assert.rejects((await session.session.client()).sync({}), {
      code: 'FORBIDDEN',
      message: /weaveflux-operate/,
    });
  });

  test('a stranger is told which role to ask for; with it, the next look finds the agent', async () => {
    const session = open(desk('stranger'));
    const { connection } = await session.connection('no-permission');
    assert.deepEqual(connection, {
      kind: 'no-permission',
      message: `You may not list pods in namespace ${NAMESPACE}: ask for the role weaveflux-view there.`,
    });
    await bind('stranger', 'weaveflux-view');
    await waitFor({ what: 'the binding to be seen', deadline: 60_000, interval: 200 }, () => {
      const { kind } = session.state.connection;
      // Not while it looks: that would begin anew.
      if (kind === 'no-permission') session.session.again();
      return kind === 'connected';
    });
  });

  test('an agent whose node goes away is lost, its data stay, and in another pod it is found again', async () => {
    const session = open(desk('operator'));
    await session.until('the images', ({ images, rights }) => images.length > 0 && rights.kind === 'allowed');
    await node[Symbol.asyncDispose]();
    const lost = await session.connection('lost');
    assert.ok(lost.status !== undefined && lost.images.length > 0);
    await live.restart();
    node = await startForwardingNode(cluster, [{ ...live.pod, name: 'weaveflux-live-2' }, staging.pod]);
    // After a minute it looks elsewhere, too.
    await session.connection('connected', 120_000);
    const event = live.service.controls.emit({ type: 'suspended' });
    await session.until('the event', ({ events }) => events.some(({ id }) => id === event.id));
    assert.ok(!session.states.slice(session.states.indexOf(lost)).some(({ status }) => status === undefined));
  });

  test('another context is looked at only when it is chosen', async () => {
    const { contexts, clusters, ...rest } = JSON.parse(await readFile(cluster.kubeconfig, 'utf8'));
    const nowhere = {
      ...rest,
      'current-context': 'nowhere',
      contexts: [...contexts, { name: 'nowhere', context: { cluster: 'nowhere', user: 'nobody' } }],
      clusters: [...clusters, { name: 'nowhere', cluster: { server: 'https://127.0.0.1:9' } }],
    };
    const file = join(cluster.dir, 'two-contexts');
    await writeFile(file, JSON.stringify(nowhere));
    const given = desk('admin', { settings: { agents: [], namespace: NAMESPACE, kubeconfig: file } });
    const session = open(given);
    const { connection } = await session.connection('lost');
    assert.match(
      'message' in connection ? connection.message : '',
      /127\.0\.0\.1:9 cannot be reached \(ECONNREFUSED\)/,
    );
    given.context = CONTEXT;
    session.session.again();
    await session.connection('connected');
    assert.equal(await readFile(file, 'utf8'), JSON.stringify(nowhere));
  });

  test('an agent that does not answer hides no other, and is waited for where it may be the one', async () => {
    await staging.api.close(0);
    const sessions = ['main', 'staging'].map((branch) =>
      open(desk('viewer', { repository: { remotes: [URL], branch } })),
    );
    await sessions[0]?.connection('connected');
    const { connection } =
      (await sessions[1]?.until('an end', ({ connection: { kind } }) => !['idle', 'searching'].includes(kind))) ??
      assert.fail();
    assert.equal(connection.kind, 'lost');
    await staging.restart();
    sessions[1]?.session.again();
    await sessions[1]?.connection('connected');
  });

  test('a namespace without agents says where was looked', async () => {
    const session = open(desk('admin', { settings: { agents: [], namespace: 'default', ...kubeconfigOf('admin') } }));
    const { connection } = await session.connection('not-found');
    const message = `No agent of this repository and branch main was found on this machine, in namespace default of context ${CONTEXT}.`;
    assert.deepEqual(connection, { kind: 'not-found', message });
  });

  test('no token is in anything that is shown or logged', () => {
    const shown = JSON.stringify(opened.map(({ states, log }) => [states, log]));
    assert.doesNotMatch(shown, /eyJ[\w-]+\.[\w-]+\./);
    assert.ok(!shown.includes(cluster.token));
  });
});
