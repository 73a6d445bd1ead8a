import * as z from 'zod';
import { WeavefluxError } from '../src/errors.ts';
import type { ClusterAnswer, ClusterClient } from './cluster-client.ts';
import { lacking } from './permissions.ts';

/** A pod that carries an agent's labels and has not ended. */
export interface AgentPod {
  readonly name: string;
  readonly environment: string;
  readonly ready: boolean;
  /** Of its API for people. */
  readonly port: number;
}

/** Who holds the Lease; `undefined` where it was given back. */
export interface AgentLease {
  readonly holder: string | undefined;
  /** Whether its time is not over, by the holder's clock and the API server's, which may differ. */
  readonly isFresh: boolean;
}

/** Where an agent of this namespace runs. */
export interface AgentPlace {
  readonly namespace: string;
  /** In words: `the cluster at https://…`. */
  readonly cluster: string;
}

const PORT = 3030;
const ENVIRONMENT_LABEL = 'weaveflux.dev/agent-environment';
const SELECTOR = `app.kubernetes.io/name=weaveflux,${ENVIRONMENT_LABEL}`;

const podSchema = z.object({
  metadata: z.object({
    name: z.string(),
    labels: z.record(z.string(), z.string()),
    deletionTimestamp: z.string().optional(),
  }),
  spec: z.object({
    containers: z.array(
      z.object({ ports: z.array(z.object({ name: z.string().optional(), containerPort: z.number() })).optional() }),
    ),
  }),
  status: z.object({
    phase: z.string().optional(),
    conditions: z.array(z.object({ type: z.string(), status: z.string() })).optional(),
  }),
});
const podListSchema = z.object({ items: z.array(podSchema) });
const leaseSchema = z.object({
  spec: z.object({
    holderIdentity: z.string().optional(),
    renewTime: z.string().optional(),
    leaseDurationSeconds: z.number().optional(),
  }),
});

/** The pods of every agent in a namespace. Errors: FORBIDDEN with the role to ask for, those of the client. */
export async function listAgentPods(
  client: ClusterClient,
  namespace: string,
  signal: AbortSignal,
): Promise<AgentPod[]> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods?labelSelector=${encodeURIComponent(SELECTOR)}`;
  const answer = await client.request('GET', path, signal);
  if (answer.status === 403) throw lacking('list pods', 'view', namespace);
  const list = podListSchema.safeParse(answer.body);
  if (!list.success) throw unusable('pods', namespace, answer);
  return list.data.items.filter(isThere).map(agentPod);
}

/** Who works for the environment, or `undefined` where it has no Lease. Errors: as of `listAgentPods`. */
export async function readAgentLease(
  client: ClusterClient,
  namespace: string,
  environment: string,
  signal: AbortSignal,
): Promise<AgentLease | undefined> {
  const name = encodeURIComponent(`weaveflux-${environment}`);
  const path = `/apis/coordination.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/leases/${name}`;
  const answer = await client.request('GET', path, signal);
  if (answer.status === 404) return undefined;
  if (answer.status === 403) throw lacking('get leases', 'view', namespace);
  const lease = leaseSchema.safeParse(answer.body);
  if (!lease.success) throw unusable('leases', namespace, answer);
  const { holderIdentity, renewTime, leaseDurationSeconds = 0 } = lease.data.spec;
  const end = Date.parse(renewTime ?? '') + leaseDurationSeconds * 1000;
  return { holder: holderIdentity || undefined, isFresh: end > answer.time.getTime() };
}

/** The environment that is meant. Errors: NOT_FOUND where it is not there, INVALID_FLAG where several are. */
export function chooseEnvironment(pods: readonly AgentPod[], wanted: string | undefined, place: AgentPlace): string {
  const names = [...new Set(pods.map(({ environment }) => environment))].sort();
  const where = `namespace ${place.namespace} of ${place.cluster}`;
  const [first, ...others] = names;
  if (first === undefined)
    throw new WeavefluxError('NOT_FOUND', `No agent runs in ${where}; name another namespace with --namespace.`);
  if (wanted !== undefined) {
    if (names.includes(wanted)) return wanted;
    throw new WeavefluxError(
      'NOT_FOUND',
      `No agent of the environment "${wanted}" runs in ${where}; there are: ${names.join(', ')}.`,
    );
  }
  if (others.length === 0) return first;
  throw new WeavefluxError(
    'INVALID_FLAG',
    `Several agents run in ${where}: choose one with --environment (${names.join(', ')}).`,
  );
}

/**
 * The pod to speak to: the one that holds the Lease, else the only one that is ready, else the only one. A holder that
 * is there is asked whatever the clocks say: a wrong guess costs one refused connection. Errors: API_UNREACHABLE where
 * none works yet or any might.
 */
export function choosePod(
  pods: readonly AgentPod[],
  lease: AgentLease | undefined,
  environment: string,
  namespace: string,
): AgentPod {
  const mine = pods.filter((pod) => pod.environment === environment);
  const who = `the agent of environment ${environment} in namespace ${namespace}`;
  const found = mine.find(({ name }) => name === lease?.holder);
  if (found !== undefined) return found;
  if (lease?.holder !== undefined && lease.isFresh && mine.length > 0)
    throw away(`Pod ${lease.holder}, ${who}, is gone and none has taken over yet; try again in a moment.`);
  const ready = mine.filter((pod) => pod.ready);
  const [first, second] = ready.length > 0 ? ready : mine;
  if (first === undefined) throw away(`No pod of ${who} runs now; try again in a moment.`);
  if (second === undefined) return first;
  throw away(`${mine.length} pods are ${who} and none holds its Lease; try again in a moment.`);
}

function away(message: string): WeavefluxError {
  return new WeavefluxError('API_UNREACHABLE', message);
}

function isThere({ metadata, status }: z.infer<typeof podSchema>): boolean {
  return metadata.deletionTimestamp === undefined && status.phase !== 'Succeeded' && status.phase !== 'Failed';
}

function agentPod({ metadata, spec, status }: z.infer<typeof podSchema>): AgentPod {
  const ports = spec.containers.flatMap((container) => container.ports ?? []);
  return {
    name: metadata.name,
    environment: metadata.labels[ENVIRONMENT_LABEL] ?? '',
    ready: status.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ?? false,
    port: ports.find(({ name }) => name === 'api')?.containerPort ?? PORT,
  };
}

function unusable(what: string, namespace: string, { status, body }: ClusterAnswer): WeavefluxError {
  const said = typeof body.message === 'string' ? `: ${body.message.slice(0, 300)}` : '';
  return away(
    `The cluster did not tell of ${what} in namespace ${namespace} (HTTP ${status}${said}); try again in a moment.`,
  );
}
