import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type ApiObject, findTool, freePort, type RigNode, startNode, startProcess, waitFor } from '../index.ts';

const NAMESPACE = 'shop';
const PODS = `/api/v1/namespaces/${NAMESPACE}/pods`;

describe('a real node', () => {
  let node: RigNode;
  before(async () => {
    node = await startNode();
    await node.apply({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: NAMESPACE, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
    });
    await node.createPullSecret(NAMESPACE);
  });
  after(() => node?.stop());

  test('a restricted pod runs from the registry, with its imagePullSecret', async () => {
    await node.apply(pod('cart', await node.pushApp('shop/cart', '1.4.1')));
    const live = await running('cart');
    assert.match(live.status.podIP, /^10\./);
    assert.match(live.status.containerStatuses[0].imageID, /shop\/cart@sha256:/);
    assert.equal(await answerOf(live.status.podIP), 'shop/cart:1.4.1\n');
  });

  const refused: [string, object][] = [
    ['no secret', { imagePullSecrets: [] }],
    ['a secret that is not there', { imagePullSecrets: [{ name: 'other' }] }],
  ];
  for (const [what, spec] of refused) {
    test(`with ${what} nothing is pulled`, async () => {
      const name = `refused-${refused.findIndex(([each]) => each === what)}`;
      await node.apply(pod(name, await node.pushApp(`shop/${name}`, '1'), spec));
      const said = ({ status }: ApiObject) => status?.containerStatuses?.[0]?.state.waiting?.reason ?? '';
      const isRefused = (live: ApiObject) => /ErrImagePull|BackOff/.test(said(live));
      await node.until(`${PODS}/${name}`, 'the pull to fail', isRefused, { deadline: 60_000 });
    });
  }

  test('a pod that may become root is not let in', async () => {
    const spec = { securityContext: {} };
    await assert.rejects(node.apply(pod('root', 'any/image:1', spec)), /violates PodSecurity "restricted/);
  });

  test('a pod reaches the API server at its Service, as its service account and with full verification', async () => {
    assert.match(await inCart('api', `${PODS}/cart`), /^403 .*system:serviceaccount:shop:default/);
    await node.kubectl([
      '-n',
      NAMESPACE,
      'create',
      'rolebinding',
      'view',
      '--clusterrole=view',
      '--serviceaccount=shop:default',
    ]);
    const allowed = async () => (await inCart('api', `${PODS}/cart`)).startsWith('200 ');
    await waitFor({ what: 'the binding to be seen', deadline: 30_000 }, allowed);
  });

  test('a Service leads to its pod, also from that pod itself', async () => {
    const { metadata } = await node.get(`${PODS}/cart`);
    await node.apply({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'cart', namespace: NAMESPACE },
      spec: { selector: metadata.labels, ports: [{ port: 80, targetPort: 8080 }] },
    });
    const { spec } = await node.get(`/api/v1/namespaces/${NAMESPACE}/services/cart`);
    // A try before the rules are written is answered by nobody, and waits ten seconds for that.
    const answers = async () => (await inCart('get', `http://${spec.clusterIP}/`)) === '200 shop/cart:1.4.1\n\n';
    await waitFor({ what: 'the Service to lead to its pod', deadline: 60_000 }, answers);
  });

  test('logs and exec, with what was written and the exit code', async () => {
    assert.match(await node.kubectl(['-n', NAMESPACE, 'logs', 'cart']), /^listening on 8080 as shop\/cart:1\.4\.1$/m);
    assert.equal(await inCart('print', 'good', 'day'), 'good day\n');
    await assert.rejects(inCart('exit', '3'), /exit code 3/);
  });

  test('a port of a pod is forwarded', async () => {
    const port = await freePort();
    const ways = ['port-forward', 'pod/cart', `${port}:8080`];
    await using forward = await startProcess({
      command: await findTool('kubectl'),
      args: [`--kubeconfig=${node.kubeconfig}`, '-n', NAMESPACE, ...ways],
    });
    await forward.line(/^Forwarding from 127\.0\.0\.1/);
    const answer = await fetch(`http://127.0.0.1:${port}/`);
    assert.equal(await answer.text(), 'shop/cart:1.4.1\n');
  });

  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    test(`the kubelet gets ${signal} and comes back; the container has not noticed`, async () => {
      const earlier = (await node.get(`${PODS}/cart`)).status;
      await node.stopKubelet(signal);
      assert.equal((await fetch(`http://${earlier.podIP}:8080/`)).status, 200);
      await node.startKubelet();
      const { status } = await node.get(`${PODS}/cart`);
      assert.deepEqual(
        [status.podIP, status.containerStatuses[0].containerID, status.containerStatuses[0].restartCount],
        [earlier.podIP, earlier.containerStatuses[0].containerID, 0],
      );
      assert.match(await inCart('print', 'still here'), /still here/);
    });
  }

  test('a container whose process is killed is started again', async () => {
    await node.killContainer(NAMESPACE, 'cart');
    const live = await node.until(
      `${PODS}/cart`,
      'the container to be started again',
      ({ status }) => status.containerStatuses[0].restartCount === 1 && status.containerStatuses[0].ready,
      { deadline: 60_000 },
    );
    assert.equal(live.status.containerStatuses[0].lastState.terminated.exitCode, 137);
  });

  test('the API server goes away and comes back; pods go on, and new ones start', async () => {
    const { podIP } = (await node.get(`${PODS}/cart`)).status;
    await answerOf(podIP);
    await node.stopApiServer();
    assert.equal((await fetch(`http://${podIP}:8080/`)).status, 200);
    await node.startApiServer();
    await node.apply(pod('later', await node.pushApp('shop/cart', '1.4.1')));
    await running('later');
  });

  test('the image of the agent runs in a restricted pod, and has what git over ssh needs', async () => {
    const { reference, layers } = await node.pushAgentImage('1');
    assert.deepEqual(
      layers.map(({ name }) => name),
      ['base', 'node', 'agent'],
    );
    const repository = await node.git.createRepository('environment', { 'a.yaml': 'a: 1\n' });
    await node.apply({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'ssh', namespace: NAMESPACE },
      stringData: { identity: node.git.key.privateKey, known_hosts: node.git.knownHosts },
    });
    await node.apply(agentPod('agent', reference));
    await running('agent');
    const inAgent = (script: string) => node.kubectl(['-n', NAMESPACE, 'exec', 'agent', '--', 'sh', '-c', script]);
    assert.match(await inAgent('weaveflux --version && id -u'), /^\d+\.\d+\.\d+\n65532$/m);
    const ssh = 'ssh -i /ssh/identity -o UserKnownHostsFile=/ssh/known_hosts -o IdentitiesOnly=yes';
    await inAgent(`GIT_SSH_COMMAND='${ssh}' git clone -q ${repository.url} /tmp/copy`);
    assert.equal(await inAgent('cd /tmp/copy && git submodule && cat a.yaml'), 'a: 1\n');
  });

  async function running(name: string): Promise<ApiObject> {
    const path = `${PODS}/${name}`;
    return node.until(path, `${name} to run`, ({ status }) => status?.phase === 'Running', { deadline: 120_000 });
  }
  /** What a pod without a probe answers: it counts as running a moment before it listens. */
  function answerOf(podIP: string): Promise<string> {
    return waitFor({ what: `an answer of ${podIP}`, interval: 100 }, async () =>
      (await fetch(`http://${podIP}:8080/`)).text(),
    );
  }
  function inCart(...words: string[]): Promise<string> {
    return node.kubectl(['-n', NAMESPACE, 'exec', 'cart', '--', '/app', ...words]);
  }
});

test('a node whose process is killed leaves nothing, and the next one starts', async () => {
  const program = fileURLToPath(new URL('../testdata/leaves-node.ts', import.meta.url));
  const parent = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(createInterface({ input: parent.stdout }), 'line');
  const { directory, address }: { directory: string; address: string } = JSON.parse(line);
  assert.ok(existsSync(directory));
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  await using next = await startNode();
  assert.equal(next.address, address);
  assert.equal(existsSync(directory), false);
  const mounts = await readFile('/proc/mounts', 'utf8');
  assert.ok(!mounts.includes(directory));
  assert.deepEqual(await commandsNaming(`${directory}/`), []);
});

async function commandsNaming(text: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const commands = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return commands.filter((command) => command.includes(text));
}

function pod(name: string, image: string, spec: object = {}): ApiObject {
  const container = {
    name: 'app',
    image,
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
    },
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: NAMESPACE, labels: { app: name } },
    spec: {
      imagePullSecrets: [{ name: 'registry' }],
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 65532,
        fsGroup: 65532,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [container],
      ...spec,
    },
  };
}

/** The agent's image, asleep, with the ssh key of a deploy key's secret. */
function agentPod(name: string, image: string): ApiObject {
  const plain = pod(name, image);
  const [container] = plain.spec.containers;
  const volumeMounts = [
    { name: 'ssh', mountPath: '/ssh' },
    { name: 'tmp', mountPath: '/tmp' },
  ];
  const volumes = [
    { name: 'ssh', secret: { secretName: 'ssh', defaultMode: 0o400 } },
    { name: 'tmp', emptyDir: {} },
  ];
  const asleep = { ...container, command: ['sleep', '600'], volumeMounts };
  return { ...plain, spec: { ...plain.spec, containers: [asleep], volumes } };
}
