import { join } from 'node:path';
import { freePort } from '../ports.ts';
import { type RigProcess, startProcess } from '../processes.ts';
import { findTool } from '../tools/find.ts';
import type { ApiClient } from './client.ts';
import { type Credentials, SERVICES } from './credentials.ts';

/** Requests at once that the API server takes: more than any suite sends, so that its brakes do not measure us. */
const INFLIGHT = ['--max-requests-inflight=2000', '--max-mutating-requests-inflight=1000'];

/** The stores of a control plane are thrown away with it: nothing is worth a gentle end. */
const AT_ONCE = 0;

/** Starts etcd and resolves when it serves clients; gives its address. */
export async function startEtcd(directory: string): Promise<{ process: RigProcess; url: string }> {
  const [program, client, peer] = await Promise.all([findTool('etcd'), freePort(), freePort()]);
  const url = `http://127.0.0.1:${client}`;
  const process = await startProcess({
    name: 'etcd',
    command: program,
    args: [
      `--data-dir=${join(directory, 'etcd')}`,
      `--listen-client-urls=${url}`,
      `--advertise-client-urls=${url}`,
      `--listen-peer-urls=http://127.0.0.1:${peer}`,
      `--initial-advertise-peer-urls=http://127.0.0.1:${peer}`,
      `--initial-cluster=default=http://127.0.0.1:${peer}`,
      '--unsafe-no-fsync',
      '--log-level=warn',
      '--snapshot-count=50000',
    ],
    grace: AT_ONCE,
  });
  await process.ready(
    { what: 'etcd to be healthy', deadline: 60_000, interval: 20 },
    async () => (await fetch(`${url}/health`)).ok,
  );
  return { process, url };
}

/** What the API server is started with. */
export interface ApiServerOptions {
  readonly directory: string;
  readonly address: string;
  readonly port: number;
  readonly etcd: string;
  readonly credentials: Credentials;
  /** Off where no controller manager makes service accounts. */
  readonly serviceAccounts: boolean;
  /** Flags added at the end. */
  readonly flags: readonly string[];
}

/** Starts kube-apiserver and resolves when it is ready and has made the namespace `default`, which it does by itself. */
export async function startApiServer(options: ApiServerOptions, client: ApiClient): Promise<RigProcess> {
  const { files } = options.credentials;
  const process = await startProcess({
    name: 'kube-apiserver',
    command: await findTool('kube-apiserver'),
    args: [
      `--etcd-servers=${options.etcd}`,
      `--bind-address=${options.address}`,
      `--advertise-address=${options.address}`,
      `--secure-port=${options.port}`,
      `--tls-cert-file=${files.serverCert}`,
      `--tls-private-key-file=${files.serverKey}`,
      `--client-ca-file=${files.ca}`,
      `--token-auth-file=${files.tokens}`,
      '--authorization-mode=Node,RBAC',
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${files.serviceAccountPublicKey}`,
      `--service-account-signing-key-file=${files.serviceAccountKey}`,
      `--service-cluster-ip-range=${SERVICES.range}`,
      // Kubernetes refuses a loopback address as the endpoint of its own Service.
      ...(options.address.startsWith('127.') ? ['--endpoint-reconciler-type=none'] : []),
      '--allow-privileged=true',
      ...(options.serviceAccounts ? [] : ['--disable-admission-plugins=ServiceAccount']),
      ...INFLIGHT,
      ...options.flags,
    ],
    cwd: options.directory,
    grace: AT_ONCE,
  });
  await process.ready({ what: 'kube-apiserver to be ready', deadline: 90_000 }, async () => {
    const answer = await client.request('GET', '/readyz');
    if (answer.status !== 200) throw new Error(String(answer.body.message));
    return client.get('/api/v1/namespaces/default');
  });
  return process;
}

/** Starts kube-controller-manager; it is ready when it serves, its controllers come a moment later. */
export async function startControllerManager(kubeconfig: string, credentials: Credentials): Promise<RigProcess> {
  return startController('kube-controller-manager', kubeconfig, [
    `--service-account-private-key-file=${credentials.files.serviceAccountKey}`,
    `--root-ca-file=${credentials.files.ca}`,
    '--use-service-account-credentials=true',
    // The fake node's kubelet sends its heartbeat rarely; nothing of ours depends on a node that dies.
    '--node-monitor-grace-period=10m',
    '--concurrent-deployment-syncs=10',
    '--concurrent-replicaset-syncs=10',
    '--concurrent-gc-syncs=10',
  ]);
}

/** Starts kube-scheduler. */
export async function startScheduler(kubeconfig: string): Promise<RigProcess> {
  return startController('kube-scheduler', kubeconfig, []);
}

async function startController(
  name: 'kube-controller-manager' | 'kube-scheduler',
  kubeconfig: string,
  flags: readonly string[],
): Promise<RigProcess> {
  const program = await findTool(name);
  return startProcess({
    name,
    command: program,
    args: [
      `--kubeconfig=${kubeconfig}`,
      `--authentication-kubeconfig=${kubeconfig}`,
      `--authorization-kubeconfig=${kubeconfig}`,
      '--leader-elect=false',
      '--kube-api-qps=500',
      '--kube-api-burst=1000',
      // Nothing asks them anything: they need no port.
      '--secure-port=0',
      ...flags,
    ],
    grace: AT_ONCE,
  });
}
