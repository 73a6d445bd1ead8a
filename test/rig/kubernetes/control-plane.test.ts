import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { Agent, request } from 'undici';
import { BEHAVIOUR, BEHAVIOUR_DELAY, type Behaviour, type ControlPlane, startControlPlane, waitFor } from '../index.ts';

const NAMESPACE = '/namespaces/default';

describe('a control plane with controllers and a fake node', () => {
  let cluster: ControlPlane;
  before(async () => {
    cluster = await startControlPlane();
  });
  after(() => cluster?.stop());

  test('is the Kubernetes that we say we test on', async () => {
    const version = await cluster.get('/version');
    assert.equal(version.gitVersion, 'v1.34.2');
  });

  test('a Deployment rolls out within seconds, and again with another image', async () => {
    const path = `/apis/apps/v1${NAMESPACE}/deployments/web`;
    for (const image of ['team/web:1', 'team/web:2']) {
      const { metadata } = await cluster.apply(deployment('web', image));
      await cluster.until(path, `web to run ${image}`, (live) => rolledOut(live, metadata.generation), {
        deadline: 60_000,
      });
    }
    const pods = await cluster.get(`/api/v1${NAMESPACE}/pods?labelSelector=app%3Dweb`);
    assert.ok(
      pods.items.some(
        (pod: { spec: { containers: { image: string }[] } }) => pod.spec.containers[0]?.image === 'team/web:2',
      ),
    );
  });

  test('a StatefulSet rolls out, one pod after the other', async () => {
    const { spec, metadata } = deployment('store', 'team/store:1');
    await cluster.apply({
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata,
      spec: { ...spec, serviceName: 'store' },
    });
    const path = `/apis/apps/v1${NAMESPACE}/statefulsets/store`;
    await cluster.until(path, 'store to be ready', (live) => live.status?.readyReplicas === 2, { deadline: 60_000 });
  });

  const troubles: [Behaviour, string][] = [
    ['fail', 'ImagePullBackOff'],
    ['crash', 'CrashLoopBackOff'],
  ];
  for (const [behaviour, reason] of troubles) {
    test(`a Deployment whose pods ${behaviour} misses its deadline, its pods say ${reason}`, async () => {
      await cluster.apply(deployment(behaviour, 'team/app:1', { [BEHAVIOUR]: behaviour }));
      const path = `/apis/apps/v1${NAMESPACE}/deployments/${behaviour}`;
      const live = await cluster.until(
        path,
        'its deadline to pass',
        (object) => condition(object, 'Progressing') === 'False',
        { deadline: 60_000 },
      );
      assert.equal(live.status.readyReplicas, undefined);
      const pods = `/api/v1${NAMESPACE}/pods?labelSelector=app%3D${behaviour}`;
      await cluster.until(
        pods,
        `a pod to say ${reason}`,
        ({ items }) => items[0]?.status.containerStatuses?.[0]?.state.waiting?.reason === reason,
      );
    });
  }

  test('a pod that dawdles is ready after its delay, and not before', async () => {
    const start = Date.now();
    await cluster.apply(deployment('slow', 'team/app:1', { [BEHAVIOUR]: 'dawdle', [BEHAVIOUR_DELAY]: '2s' }));
    const path = `/apis/apps/v1${NAMESPACE}/deployments/slow`;
    await cluster.until(path, 'slow to be ready', (live) => live.status?.readyReplicas === 2, { deadline: 60_000 });
    assert.ok(Date.now() - start >= 2000);
  });

  const jobs: [string, Behaviour | undefined, string][] = [
    ['good', undefined, 'Complete'],
    ['bad', 'fail', 'Failed'],
  ];
  for (const [name, behaviour, end] of jobs) {
    test(`a ${name} Job ends as ${end}`, async () => {
      await cluster.apply(job(name, behaviour));
      const path = `/apis/batch/v1${NAMESPACE}/jobs/${name}`;
      await cluster.until(path, `${name} to end`, (live) => condition(live, end) === 'True', { deadline: 60_000 });
    });
  }

  test('a deleted Deployment takes its pods along', async () => {
    await cluster.apply(deployment('gone', 'team/app:1'));
    const path = `/apis/apps/v1${NAMESPACE}/deployments/gone`;
    await cluster.until(path, 'gone to be ready', (live) => live.status?.readyReplicas === 2);
    await cluster.delete(path);
    await cluster.untilGone(path);
    const pods = `/api/v1${NAMESPACE}/pods?labelSelector=app%3Dgone`;
    await cluster.until(pods, 'its pods to be gone', (list) => list.items.length === 0);
  });

  test('RBAC is on: a user may do what a role says, and nothing else', async () => {
    const kubeconfig = await cluster.kubeconfigFor({ user: 'jane', groups: ['readers'] });
    const jane = await clientOf(kubeconfig);
    assert.equal(await jane(`/api/v1${NAMESPACE}/configmaps`), 403);
    await cluster.apply({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'readers', namespace: 'default' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'readers' }],
    });
    const allowed = async () => (await jane(`/api/v1${NAMESPACE}/configmaps`)) === 200;
    await waitFor({ what: 'the binding to be seen', deadline: 30_000 }, allowed);
    assert.equal(await jane('/api/v1/namespaces/kube-system/configmaps'), 403);
  });

  test('a service account gets a token, made when it is missing', async () => {
    const kubeconfig = await cluster.kubeconfigFor({ serviceAccount: 'agent', namespace: 'default' });
    const agent = await clientOf(kubeconfig);
    assert.equal(await agent(`/api/v1${NAMESPACE}/pods`), 403);
    assert.equal(await agent('/version'), 200);
  });
});

describe('a control plane without controllers', () => {
  test('two run side by side and know nothing of each other', async () => {
    await using first = await startControlPlane({ controllers: false });
    await using second = await startControlPlane({ controllers: false });
    await first.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
    assert.ok(await first.find('/api/v1/namespaces/shop'));
    assert.equal(await second.find('/api/v1/namespaces/shop'), undefined);
  });

  test('the API server goes away and comes back where it was, with what it knew', async () => {
    const cluster = await startControlPlane({ controllers: false });
    await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
    await cluster.stopApiServer();
    await assert.rejects(cluster.get('/api/v1/namespaces/shop'), /ECONNREFUSED|other side closed|socket/i);
    await cluster.startApiServer();
    assert.ok(await cluster.find('/api/v1/namespaces/shop'));
    cluster.pauseApiServer();
    let answered = false;
    const late = cluster.get('/api/v1/namespaces/shop').then(() => {
      answered = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(answered, false);
    cluster.resumeApiServer();
    await late;
    await cluster.stop();
    assert.equal(existsSync(cluster.dir), false);
  });
});

function deployment(name: string, image: string, annotations: Record<string, string> = {}) {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'default' },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      ...(Object.keys(annotations).length > 0 ? { progressDeadlineSeconds: 2 } : {}),
      template: { metadata: { labels, annotations }, spec: { containers: [{ name: 'app', image }] } },
    },
  };
}

function job(name: string, behaviour: Behaviour | undefined) {
  const annotations = behaviour ? { [BEHAVIOUR]: behaviour } : {};
  const spec = { restartPolicy: 'Never', containers: [{ name: 'app', image: 'team/job:1' }] };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace: 'default' },
    spec: { backoffLimit: 0, template: { metadata: { annotations }, spec } },
  };
}

// biome-ignore lint/suspicious/noExplicitAny: the live object as the API server answers it.
function rolledOut({ status = {} }: any, generation: number): boolean {
  return status.observedGeneration === generation && status.updatedReplicas === 2 && status.availableReplicas === 2;
}

// biome-ignore lint/suspicious/noExplicitAny: the live object as the API server answers it.
function condition(object: any, type: string): string | undefined {
  return object.status?.conditions?.find((each: { type: string }) => each.type === type)?.status;
}

/** Asks as whoever the kubeconfig names, and gives the status of the answer. */
async function clientOf(kubeconfig: string): Promise<(path: string) => Promise<number>> {
  const config = JSON.parse(await readFile(kubeconfig, 'utf8'));
  const { server, 'certificate-authority-data': ca } = config.clusters[0].cluster;
  const { token, 'client-certificate-data': cert, 'client-key-data': key } = config.users[0].user;
  const decode = (text: string) => Buffer.from(text, 'base64').toString();
  return async (path) => {
    const connect = { ca: decode(ca), ...(cert ? { cert: decode(cert), key: decode(key) } : {}) };
    const dispatcher = new Agent({ connect });
    const headers = token ? { authorization: `Bearer ${token}` } : {};
    const { statusCode, body } = await request(server + path, { dispatcher, headers });
    await body.dump();
    await dispatcher.close();
    return statusCode;
  };
}
