import { asWeavefluxError, WeavefluxError } from '@weaveflux/shared';
import {
  type AgentConnection,
  agentFileDirectory,
  agentFilePath,
  connectToAgent,
  findAgents,
  loadClusterAccess,
  readAgentFile,
} from '@weaveflux/shared/node';
import type { CliContext } from './context.ts';

/** How a person says which agent is meant. */
export interface AgentChoice {
  readonly agentFile?: string | undefined;
  readonly environment?: string | undefined;
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
  readonly namespace?: string | undefined;
}

/** A connection that ends with the command. */
export type Reached = AgentConnection & Partial<AsyncDisposable>;

/**
 * Reaches the agent that is meant: of the file that is named, else the one that runs on this machine, else the one in the
 * cluster of the kubeconfig; a context, a namespace or a kubeconfig that is named means the cluster. Errors: NOT_FOUND
 * where there is none, INVALID_FLAG where several are, those of reaching a cluster.
 */
export async function connect(context: CliContext, choice: AgentChoice): Promise<Reached> {
  const environment = choice.environment ?? context.env.WEAVEFLUX_ENVIRONMENT;
  const path = choice.agentFile ?? context.env.WEAVEFLUX_AGENT_FILE;
  if (path !== undefined) return fromFile(path);
  if ([choice.kubeconfig, choice.context, choice.namespace].some((given) => given !== undefined))
    return inCluster(context, choice, environment);
  const directory = agentFileDirectory(context.env);
  const running = (await findAgents(directory)).map((agent) => agent.environment);
  const chosen = chooseLocal(running, environment);
  if (chosen !== undefined) return fromFile(agentFilePath(directory, chosen));
  return inCluster(context, choice, environment).catch((error) => {
    context.signal.throwIfAborted();
    throw nowhere(running, environment, asWeavefluxError(error));
  });
}

async function fromFile(path: string): Promise<Reached> {
  const file = await readAgentFile(path);
  // An agent that was started again has a new token in the same file.
  return { url: file.url, token: async () => (await readAgentFile(path).catch(() => file)).token };
}

async function inCluster(context: CliContext, choice: AgentChoice, environment: string | undefined): Promise<Reached> {
  const { kubeconfig, context: named, namespace } = choice;
  const access = await loadClusterAccess({ kubeconfig, context: named }, context.env);
  return connectToAgent(access, { namespace, environment, signal: context.signal });
}

/** The environment whose agent runs here and is meant, if one is. */
function chooseLocal(running: readonly string[], wanted: string | undefined): string | undefined {
  if (wanted !== undefined) return running.includes(wanted) ? wanted : undefined;
  if (running.length < 2) return running[0];
  const names = running.join(', ');
  throw new WeavefluxError('INVALID_FLAG', `Several agents run here: choose one with --environment (${names}).`);
}

/** One sentence about every place that was looked at. */
function nowhere(running: readonly string[], wanted: string | undefined, cluster: WeavefluxError): WeavefluxError {
  if (cluster.code === 'INVALID_FLAG') return cluster;
  const which = wanted === undefined ? 'No agent' : `No agent of the environment "${wanted}"`;
  const there =
    running.length === 0
      ? 'for you (start one with "weaveflux agent --git-url=<url>", or name its file with --agent-file)'
      : `(running are: ${running.join(', ')})`;
  const message = `${which} runs on this machine ${there}, and none is reached in a cluster: ${cluster.message}`;
  return new WeavefluxError(cluster.code === 'UNREADABLE_FILE' ? 'NOT_FOUND' : cluster.code, message, {
    cause: cluster,
  });
}
