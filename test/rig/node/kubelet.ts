import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient, ApiObject } from '../kubernetes/client.ts';
import { freePort } from '../ports.ts';
import { type RigProcess, startProcess } from '../processes.ts';
import { findTool } from '../tools/find.ts';
import { waitFor } from '../wait.ts';
import type { NodeCertificates } from './certificates.ts';
import type { Place } from './place.ts';

export interface KubeletOptions {
  readonly place: Place;
  readonly name: string;
  readonly address: string;
  /** Of the user `system:node:<name>`. */
  readonly kubeconfig: string;
  readonly certificates: NodeCertificates;
  readonly endpoint: string;
  readonly cgroup: string;
}

/** A kubelet that can be started again; `process` is undefined while it is away. */
export interface Kubelet {
  readonly process: RigProcess | undefined;
  /** Starts it and resolves when the node has told the API server anew that it is ready, and its pods can be asked. */
  start(): Promise<void>;
  stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

/** Writes the kubelet's configuration; it is not running yet. */
export async function createKubelet(options: KubeletOptions, client: Omit<ApiClient, 'close'>): Promise<Kubelet> {
  const { name, address, kubeconfig } = options;
  const { dir } = options.place;
  const file = join(dir, 'kubelet.json');
  const names = join(dir, 'resolv.conf');
  await mkdir(join(dir, 'kubelet'));
  await writeFile(names, '');
  await writeFile(file, JSON.stringify(configuration(options, names, await freePort()), null, 2));
  const node = `/api/v1/nodes/${name}`;
  let process: RigProcess | undefined;

  return {
    get process() {
      return process;
    },
    async start() {
      const before = heartbeat(await client.find(node));
      await nextSecond(before);
      const started = await startProcess({
        name: 'kubelet',
        command: await findTool('kubelet'),
        args: [
          `--config=${file}`,
          `--kubeconfig=${kubeconfig}`,
          `--root-dir=${join(dir, 'kubelet')}`,
          `--cert-dir=${join(dir, 'kubelet', 'pki')}`,
          `--hostname-override=${name}`,
          `--node-ip=${address}`,
        ],
        env: { PATH: `${globalThis.process.env.PATH}:/usr/sbin:/sbin` },
        grace: 0,
      });
      process = started;
      await started.ready({ what: 'the node to be ready', deadline: 60_000 }, async () => {
        const live = await client.find(node);
        if (live && isReady(live) && heartbeat(live) !== before) return true;
        throw new Error(JSON.stringify(live?.status?.conditions ?? 'no node'));
      });
      await started.ready({ what: 'the kubelet to know the pods of its node' }, () => knowsItsPods(client, name));
    },
    async stop(signal) {
      const ending = process;
      process = undefined;
      ending?.signal(signal);
      // Looked at, because nothing but a look keeps a program alive that has only this left to wait for.
      await waitFor({ what: 'the kubelet to end', interval: 20 }, () => !ending?.running);
    },
  };
}

/** A kubelet that was started again is ready before it has read which pods are its own: until then exec finds none. */
async function knowsItsPods(client: Omit<ApiClient, 'close'>, name: string): Promise<boolean> {
  const bound = await client.get(`/api/v1/pods?fieldSelector=spec.nodeName%3D${name}`);
  const known = await client.get(`/api/v1/nodes/${name}/proxy/pods`);
  const uids = ({ items }: ApiObject): string[] =>
    (items ?? []).map(({ metadata }: { metadata: { uid: string } }) => metadata.uid);
  return uids(bound).every((uid) => uids(known).includes(uid));
}

/** A heartbeat is told in whole seconds: two in one could not be told apart. */
async function nextSecond(time: string | undefined): Promise<void> {
  if (time !== undefined) await sleep(Math.max(0, Date.parse(time) + 1000 - Date.now()));
}

function heartbeat(node: ApiObject | undefined): string | undefined {
  return ready(node)?.lastHeartbeatTime;
}

/** Ready, and without the taint that is taken away a moment later. */
function isReady(node: ApiObject): boolean {
  return ready(node)?.status === 'True' && !node.spec.taints;
}

function ready(node: ApiObject | undefined): { status: string; lastHeartbeatTime: string } | undefined {
  return node?.status?.conditions?.find(({ type }: { type: string }) => type === 'Ready');
}

function configuration(options: KubeletOptions, resolvConf: string, port: number): object {
  const { dir } = options.place;
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: options.address,
    port,
    readOnlyPort: 0,
    healthzPort: 0,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: options.certificates.ca },
    },
    authorization: { mode: 'Webhook' },
    tlsCertFile: options.certificates.kubelet.cert,
    tlsPrivateKeyFile: options.certificates.kubelet.key,
    containerRuntimeEndpoint: options.endpoint,
    cgroupDriver: 'cgroupfs',
    cgroupRoot: options.cgroup,
    enforceNodeAllocatable: [],
    failCgroupV1: false,
    failSwapOn: false,
    localStorageCapacityIsolation: false,
    oomScoreAdj: 0,
    resolvConf,
    // How often a pod's Secrets are brought up to date; a minute is the default.
    syncFrequency: '10s',
    podLogsDir: join(dir, 'logs'),
    volumePluginDir: join(dir, 'plugins'),
    // A full disk of the machine is nothing that its pods could help.
    evictionHard: { 'memory.available': '50Mi', 'nodefs.available': '0%', 'imagefs.available': '0%' },
    imageGCHighThresholdPercent: 100,
    registryPullQPS: 0,
    serializeImagePulls: false,
    kubeAPIQPS: 100,
    kubeAPIBurst: 200,
  };
}
