import { join } from 'node:path';
import { startSshGit } from '../git/ssh.ts';
import { type ControlPlane, startControlPlane } from '../kubernetes/control-plane.ts';
import { type RigRegistry, startRegistry } from '../registry/registry.ts';
import { findTool } from '../tools/find.ts';
import { run } from '../tools/run.ts';
import { waitFor } from '../wait.ts';
import { createBridge, writeNetwork } from './bridge.ts';
import { createNodeCertificates } from './certificates.ts';
import { createCgroup } from './cgroup.ts';
import { type Containerd, startContainerd } from './containerd.ts';
import { agentImage } from './images/agent.ts';
import { appImage } from './images/app.ts';
import { createKubelet } from './kubelet.ts';
import { takePlace } from './place.ts';
import { startProxy } from './proxy.ts';
import type { NodeOptions, RigNode } from './types.ts';

/**
 * Starts a Kubernetes with a real node; needs root on Debian. One at a time on a machine: a second call, of any
 * process, waits for the end of the first.
 */
export async function startNode(options: NodeOptions = {}): Promise<RigNode> {
  const parts = new AsyncDisposableStack();
  try {
    return await start(options, parts);
  } catch (error) {
    await parts.disposeAsync();
    throw error;
  }
}

async function start(options: NodeOptions, parts: AsyncDisposableStack): Promise<RigNode> {
  const kubectl = await findTool('kubectl');
  const place = parts.use(await takePlace());
  const name = `node-${place.id}`;
  const bridge = await createBridge(place);
  const { address } = bridge;
  const [certificates, networks, cgroup] = await Promise.all([
    createNodeCertificates(place, address),
    writeNetwork(place, bridge),
    createCgroup(place),
  ]);
  const apiServerFlags = [
    '--enable-admission-plugins=NodeRestriction',
    ...certificates.apiServerFlags,
    ...(options.apiServerFlags ?? []),
  ];
  const [cluster, registry, git, containerd] = await all(
    startControlPlane({ address, kwok: false, apiServerFlags }).then((it) => parts.use(it)),
    startRegistry({ ...options.registry, address }).then((it) => parts.use(it)),
    startSshGit({ address }).then((it) => parts.use(it)),
    startContainerd(place, networks).then((it) => parts.use(it)),
  );
  await containerd.trust(registry);
  const kubelet = await createKubelet(
    {
      place,
      name,
      address,
      kubeconfig: await cluster.kubeconfigFor({ user: `system:node:${name}`, groups: ['system:nodes'] }),
      certificates,
      endpoint: containerd.endpoint,
      cgroup,
    },
    cluster,
  );
  parts.defer(() => kubelet.stop('SIGKILL'));
  const [proxy] = await all(
    startProxy(name, await cluster.kubeconfigFor({ user: 'system:kube-proxy' }), bridge).then((it) => parts.use(it)),
    kubelet.start(),
  );

  const stop = () => parts.disposeAsync();
  return {
    ...cluster,
    ...imagesOf(registry),
    address,
    name,
    registry,
    git,
    kubectl: (args, input) =>
      run(kubectl, [`--kubeconfig=${cluster.kubeconfig}`, `--cache-dir=${join(cluster.dir, 'kubectl')}`, ...args], {
        ...(input === undefined ? {} : { input }),
      }),
    createPullSecret: (namespace, secret) => createPullSecret(cluster, registry, namespace, secret),
    killContainer: (...which) => killContainer(cluster, containerd, ...which),
    stopKubelet: (signal = 'SIGTERM') => kubelet.stop(signal),
    startKubelet: kubelet.start,
    logs: () =>
      [
        cluster.logs(),
        ...[containerd.process, proxy, kubelet.process].map((it) => (it ? `--- ${it.name}\n${it.tail(60)}` : '')),
      ].join('\n'),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Like Promise.all, but when one fails the others are waited for, so that whoever cleans up finds them. */
async function all<T extends readonly unknown[]>(...promises: { [K in keyof T]: Promise<T[K]> }): Promise<T> {
  await Promise.allSettled(promises);
  return (await Promise.all(promises)) as unknown as T;
}

function imagesOf(registry: RigRegistry): Pick<RigNode, 'pushApp' | 'pushAgentImage'> {
  return {
    async pushApp(repository, tag) {
      await registry.pushImage(repository, { tag, ...(await appImage()) });
      return `${registry.host}/${repository}:${tag}`;
    },
    async pushAgentImage(tag) {
      const { image, sizes } = await agentImage();
      const digest = await registry.pushImage('weaveflux/agent', { tag, ...image });
      return { reference: `${registry.host}/weaveflux/agent:${tag}`, digest, layers: sizes };
    },
  };
}

async function createPullSecret(
  cluster: ControlPlane,
  registry: RigRegistry,
  namespace: string,
  name = 'registry',
): Promise<void> {
  await cluster.apply({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace },
    type: 'kubernetes.io/dockerconfigjson',
    stringData: { '.dockerconfigjson': registry.dockerConfig() },
  });
}

async function killContainer(
  cluster: ControlPlane,
  containerd: Containerd,
  namespace: string,
  pod: string,
  container?: string,
): Promise<void> {
  const live = await cluster.get(`/api/v1/namespaces/${namespace}/pods/${pod}`);
  const statuses: { name: string; containerID?: string }[] = live.status.containerStatuses ?? [];
  const wanted = container ?? live.spec.containers[0].name;
  const id = statuses.find((status) => status.name === wanted)?.containerID?.replace('containerd://', '');
  if (!id) throw new Error(`${namespace}/${pod} has no running container ${wanted}`);
  const pid = await containerd.pidOf(id);
  process.kill(pid, 'SIGKILL');
  await waitFor({ what: `container ${wanted} to be gone`, interval: 10 }, () => !isRunning(pid));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
