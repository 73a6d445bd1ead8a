import { WeavefluxError } from '@weaveflux/shared';
import {
  type AgentFile,
  type ApiClient,
  agentFileDirectory,
  createApiClient,
  findAgents,
  readAgentFile,
} from '@weaveflux/shared/node';
import type { CliContext } from './context.ts';

/** How a person says which agent is meant. */
export interface AgentChoice {
  readonly agentFile?: string | undefined;
  readonly environment?: string | undefined;
}

/** The client of the agent that is meant. Errors: NOT_FOUND where there is none, INVALID_FLAG where several are. */
export async function connect(context: CliContext, choice: AgentChoice): Promise<ApiClient> {
  const file = await chooseAgent(context, choice);
  return createApiClient({ url: file.url, token: async () => file.token });
}

async function chooseAgent(context: CliContext, choice: AgentChoice): Promise<AgentFile> {
  const path = choice.agentFile ?? context.env.WEAVEFLUX_AGENT_FILE;
  if (path !== undefined) return readAgentFile(path);
  const agents = await findAgents(agentFileDirectory(context.env));
  const environments = agents.map((agent) => agent.environment).join(', ');
  const wanted = choice.environment ?? context.env.WEAVEFLUX_ENVIRONMENT;
  if (wanted !== undefined) {
    const agent = agents.find((candidate) => candidate.environment === wanted);
    if (agent !== undefined) return agent;
    const others = agents.length === 0 ? 'none is running' : `running are: ${environments}`;
    throw new WeavefluxError('NOT_FOUND', `No agent of the environment "${wanted}" runs on this machine; ${others}.`);
  }
  const [agent, ...others] = agents;
  if (agent === undefined) {
    const help = 'start one with "weaveflux agent --git-url=<url>", or name its file with --agent-file';
    throw new WeavefluxError('NOT_FOUND', `No agent runs on this machine for you: ${help}.`);
  }
  if (others.length === 0) return agent;
  throw new WeavefluxError('INVALID_FLAG', `Several agents run here: choose one with --environment (${environments}).`);
}
