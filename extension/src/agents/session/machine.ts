import { type AgentFile, findAgents } from '@weaveflux/shared/node';
import { isLoopback } from '../../model/agent/agent-url.ts';
import type { AgentLink, FoundAgent, Place } from './places.ts';
import { createRest } from './rest.ts';

/** Milliseconds between two looks for an agent that was lost: at first, and at most. */
const FIRST_LOOK = 500;
const LONGEST_LOOK = 5_000;

/** The agents of this user that run on this machine; each leaves a file in `directory`. */
export function thisMachine(directory: string): Place {
  return {
    kind: 'machine',
    async search() {
      const files = await localAgents(directory);
      return { agents: files.map((file) => agentOf(directory, file)), obstacles: [], looked: 'on this machine' };
    },
  };
}

/** The token in a file goes to this machine only, whatever address stands beside it. */
async function localAgents(directory: string): Promise<AgentFile[]> {
  return (await findAgents(directory)).filter(({ url }) => isLoopback(new URL(url).hostname));
}

function agentOf(directory: string, file: AgentFile): FoundAgent {
  const { environment, repository, branch } = file;
  return {
    id: `machine:${environment}`,
    name: `${environment} on this machine`,
    environment,
    repository: { url: repository, branch },
    connect: async () => linkTo(directory, file),
  };
}

function linkTo(directory: string, file: AgentFile): AgentLink {
  const isIt = ({ environment, repository }: AgentFile) =>
    environment === file.environment && repository === file.repository;
  return {
    connection: { url: file.url, name: `the agent of environment ${file.environment}`, token: async () => file.token },
    // Who may read the file may do everything.
    rights: async () => ({ kind: 'allowed' }),
    /** An agent that was started again listens elsewhere, with another token. */
    async moved(signal) {
      const rest = createRest();
      for (let pause = FIRST_LOOK; !signal.aborted; pause = Math.min(pause * 1.5, LONGEST_LOOK)) {
        const now = (await localAgents(directory)).find(isIt);
        if (now !== undefined && (now.url !== file.url || now.token !== file.token)) return;
        await rest.wait(pause, signal);
      }
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}
