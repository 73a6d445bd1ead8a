import * as l10n from '@vscode/l10n';
import { asWeavefluxError, WeavefluxError } from '@weaveflux/shared';
import {
  type ClusterAccess,
  type ClusterAgent,
  connectToAgent,
  inClusterAccess,
  listClusterAgents,
  loadClusterAccess,
  readContexts,
} from '@weaveflux/shared/node';
import type { Obstacle } from '../../model/agent/conclusion.ts';
import type { AgentLink, Found, FoundAgent, Place } from './places.ts';
import { createRest } from './rest.ts';

/** Which cluster is looked at. */
export interface ClusterChoice {
  /** Absent = `KUBECONFIG`, else `~/.kube/config`. */
  readonly kubeconfig: string | undefined;
  /** Absent = the current one at the time of the search. */
  readonly context: string | undefined;
  readonly namespace: string;
}

type Env = Readonly<Record<string, string | undefined>>;

/** A cluster, and how people know it. */
interface Cluster {
  readonly access: ClusterAccess;
  /** Empty = the one that this machine is a pod of. */
  readonly context: string;
}

/** Milliseconds: for so long a lost agent is awaited where it was; then also the kubeconfig may tell of another way. */
const PATIENCE = 60_000;

/**
 * The agents in a namespace of the cluster that the kubeconfig's context names; without any kubeconfig, of the cluster that
 * this machine is a pod of. The kubeconfig is read at each search and never written.
 */
export function inCluster(choice: ClusterChoice, env: Env): Place {
  return {
    kind: 'cluster',
    async search(signal) {
      const cluster = await clusterOf(choice, env).catch(asWeavefluxError);
      if (cluster instanceof WeavefluxError)
        return obstructed({ kind: 'no-kubeconfig', message: sayUnusable(cluster) });
      try {
        const agents = await listClusterAgents(cluster.access, { namespace: choice.namespace, signal });
        return foundIn(cluster, choice.namespace, agents);
      } catch (error) {
        signal.throwIfAborted();
        return { ...obstructed(standing(asWeavefluxError(error))), looked: placeName(cluster, choice.namespace) };
      }
    },
  };
}

/** A kubeconfig goes before the pod's own account, which in a pod that people develop in is rarely theirs. */
async function clusterOf({ kubeconfig, context }: ClusterChoice, env: Env): Promise<Cluster> {
  let missing: WeavefluxError | undefined;
  try {
    const contexts = await readContexts(kubeconfig, env);
    const chosen = context ?? contexts.current;
    if (chosen !== undefined || contexts.names.length > 0 || kubeconfig !== undefined)
      return { access: await loadClusterAccess({ kubeconfig, context: chosen }, env), context: chosen ?? '' };
  } catch (error) {
    missing = asWeavefluxError(error);
    if (kubeconfig !== undefined || context !== undefined || !isMissing(missing)) throw missing;
  }
  const access = await inClusterAccess(env);
  if (access !== undefined) return { access, context: '' };
  throw (
    missing ??
    new WeavefluxError('NOT_FOUND', l10n.t('The kubeconfig has no context; name another one in the settings.'))
  );
}

function isMissing({ cause }: WeavefluxError): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
}

/** Why a kubeconfig cannot be used, and what to do about it in an editor. */
export function sayUnusable({ code, message, about }: WeavefluxError): string {
  if (code !== 'UNREADABLE_FILE' || about.file === undefined) return message;
  return l10n.t(
    'The kubeconfig {0} cannot be read; name another one in the setting weaveflux.kubernetes.kubeconfig.',
    about.file,
  );
}

function foundIn(cluster: Cluster, namespace: string, agents: readonly ClusterAgent[]): Found {
  return {
    agents: agents.flatMap((agent) => (agent.repository === undefined ? [] : [agentOf(cluster, agent)])),
    obstacles: agents.flatMap((agent) =>
      agent.repository === undefined
        ? [{ place: 'cluster' as const, isAgent: true as const, connection: standing(agent.problem) }]
        : [],
    ),
    looked: placeName(cluster, namespace),
  };
}

function placeName({ context }: Cluster, namespace: string): string {
  return context === ''
    ? l10n.t('in namespace {0} of this cluster', namespace)
    : l10n.t('in namespace {0} of context {1}', namespace, context);
}

function obstructed(connection: Obstacle['connection']): Found {
  return { agents: [], obstacles: [{ place: 'cluster', connection }] };
}

/** A login that is not accepted is not tried again by itself: its program may open a browser each time. */
function standing({ code, message }: WeavefluxError): Obstacle['connection'] {
  return { kind: code === 'FORBIDDEN' || code === 'UNAUTHORIZED' ? 'no-permission' : 'lost', message };
}

function agentOf(
  cluster: Cluster,
  { environment, namespace, repository }: Extract<ClusterAgent, { repository: object }>,
): FoundAgent {
  return {
    id: `cluster:${cluster.context}/${namespace}/${environment}`,
    name: `${environment} ${placeName(cluster, namespace)}`,
    environment,
    repository,
    connect: (signal) => link(cluster, namespace, environment, signal),
  };
}

async function link(cluster: Cluster, namespace: string, environment: string, signal: AbortSignal): Promise<AgentLink> {
  const connection = await connectToAgent(cluster.access, { namespace, environment, signal }).catch((error) => {
    if (!(error instanceof WeavefluxError) || error.code !== 'NOT_FOUND') throw error;
    const message = l10n.t('No agent of environment {0} runs {1} now.', environment, placeName(cluster, namespace));
    throw new WeavefluxError('NOT_FOUND', message, { cause: error });
  });
  return {
    connection,
    async rights(asking) {
      try {
        await connection.token(asking, 'act', false);
        return { kind: 'allowed' };
      } catch (error) {
        const { code, message } = asWeavefluxError(error);
        return code === 'FORBIDDEN' ? { kind: 'denied', reason: message } : { kind: 'unknown' };
      }
    },
    // A pod that is gone is looked for by the connection itself.
    moved: (losing) => createRest().wait(PATIENCE, losing),
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  };
}
