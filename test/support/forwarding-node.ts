import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { type ApiObject, type ControlPlane, createAuthority, findTool, freePort, startProcess } from '../rig/index.ts';

/** A pod that runs nothing; its port leads to one of this machine. */
export interface ForwardedPod {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Inside the pod. */
  readonly port: number;
  /** On this machine. */
  readonly to: number;
}

const NODE = 'forwarding';

/** Starts kwok as a node whose kubelet forwards the ports of these pods, and the pods; all are ready when it resolves. At its end they are gone. */
export async function startForwardingNode(
  cluster: ControlPlane,
  pods: readonly ForwardedPod[],
): Promise<AsyncDisposable> {
  const { cert, key } = createAuthority('kubelet').issue({ commonName: NODE, addresses: ['127.0.0.1'] });
  const file = (name: string) => join(cluster.dir, `${NODE}-${name}`);
  const port = await freePort();
  await Promise.all([
    writeFile(file('cert'), cert),
    writeFile(file('key'), key),
    writeFile(
      file('config.yaml'),
      [...stages(port), ...pods.map(forwardOf)].map((each) => JSON.stringify(each)).join('\n---\n'),
    ),
  ]);
  const kwok = await startProcess({
    name: 'kwok',
    command: await findTool('kwok'),
    args: [
      `--kubeconfig=${cluster.kubeconfig}`,
      `--config=${file('config.yaml')}`,
      `--manage-single-node=${NODE}`,
      '--node-ip=127.0.0.1',
      `--node-port=${port}`,
      `--server-address=127.0.0.1:${port}`,
      `--tls-cert-file=${file('cert')}`,
      `--tls-private-key-file=${file('key')}`,
    ],
    grace: 0,
  });
  await cluster.apply({ apiVersion: 'v1', kind: 'Node', metadata: { name: NODE } });
  for (const pod of pods) await cluster.apply(podOf(pod));
  const paths = [`/api/v1/nodes/${NODE}`, ...pods.map(({ name, namespace }) => pathOf(name, namespace))];
  for (const path of paths)
    await kwok.ready({ what: `${path} to be ready` }, async () => isReady(await cluster.get(path)));
  await kwok.ready({ what: `${NODE} to listen` }, () => listens(port));
  return {
    async [Symbol.asyncDispose]() {
      await kwok.stop();
      for (const path of paths) await cluster.request('DELETE', path, { gracePeriodSeconds: 0 });
    },
  };
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** What kwok makes of the node and its pods: both are ready at once. */
function stages(port: number): readonly ApiObject[] {
  return [
    stage('Node', [
      'addresses: [{ type: InternalIP, address: 127.0.0.1 }]',
      `daemonEndpoints: { kubeletEndpoint: { Port: ${port} } }`,
      'conditions: [{ type: Ready, status: "True", reason: KubeletReady, message: "" }]',
    ]),
    stage('Pod', ['phase: Running', 'conditions: [{ type: Ready, status: "True" }]']),
  ];
}

function stage(kind: string, lines: readonly string[]): ApiObject {
  const isReady = '.status.conditions.[] | select( .type == "Ready" ) | .status';
  return {
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: 'Stage',
    metadata: { name: `${kind.toLowerCase()}-ready` },
    spec: {
      resourceRef: { apiGroup: 'v1', kind },
      selector: { matchExpressions: [{ key: isReady, operator: 'NotIn', values: ['True'] }] },
      next: { statusTemplate: lines.join('\n') },
    },
  };
}

function forwardOf({ name, namespace, port, to }: ForwardedPod): ApiObject {
  return {
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: 'PortForward',
    metadata: { name, namespace },
    spec: { forwards: [{ ports: [port], target: { address: '127.0.0.1', port: to } }] },
  };
}

function podOf({ name, namespace, labels, port }: ForwardedPod): ApiObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels },
    spec: {
      nodeName: NODE,
      securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: 'agent',
          image: 'registry.example/agent:1',
          ports: [{ name: 'api', containerPort: port }],
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        },
      ],
    },
  };
}

function pathOf(name: string, namespace: string): string {
  return `/api/v1/namespaces/${namespace}/pods/${name}`;
}

function isReady({ status }: ApiObject): boolean {
  const conditions: { readonly type: string; readonly status: string }[] = status?.conditions ?? [];
  return conditions.some((condition) => condition.type === 'Ready' && condition.status === 'True');
}
