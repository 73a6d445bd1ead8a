import { WeavefluxError } from '@weaveflux/shared';
import {
  type ApiClient,
  agentFileDirectory,
  agentFilePath,
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
  const path = choice.agentFile ?? context.env.WEAVEFLUX_AGENT_FILE ?? (await choosePath(context, choice));
  const file = await readAgentFile(path);
  // An agent that was started again has a new token in the same file.
  const token = async () => (await readAgentFile(path).catch(() => file)).token;
  return createApiClient({ url: file.url, token });
}

async function choosePath(context: CliContext, choice: AgentChoice): Promise<string> {
  const directory = agentFileDirectory(context.env);
  const running = (await findAgents(directory)).map((agent) => agent.environment);
  return agentFilePath(directory, chooseEnvironment(running, choice.environment ?? context.env.WEAVEFLUX_ENVIRONMENT));
}

function chooseEnvironment(running: readonly string[], wanted: string | undefined): string {
  const [first, ...others] = running;
  const names = running.join(', ');
  if (wanted !== undefined) {
    if (running.includes(wanted)) return wanted;
    const there = first === undefined ? 'none is running' : `running are: ${names}`;
    throw new WeavefluxError('NOT_FOUND', `No agent of the environment "${wanted}" runs on this machine; ${there}.`);
  }
  if (first === undefined) {
    const help = 'start one with "weaveflux agent --git-url=<url>", or name its file with --agent-file';
    throw new WeavefluxError('NOT_FOUND', `No agent runs on this machine for you: ${help}.`);
  }
  if (others.length === 0) return first;
  throw new WeavefluxError('INVALID_FLAG', `Several agents run here: choose one with --environment (${names}).`);
}
