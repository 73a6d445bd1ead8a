import * as l10n from '@vscode/l10n';
import { type AgentConnection, type AgentFile, createApiClient, findAgents } from '@weaveflux/shared/node';
import { isLoopback } from '../../model/agent/agent-url.ts';
import type { AgentLink, FoundAgent, Place } from './places.ts';
import { createRest } from './rest.ts';

/** Milliseconds between two looks for an agent that was lost: at first, and at most. */
const FIRST_LOOK = 500;
const LONGEST_LOOK = 5_000;
/** Milliseconds that an agent may take to tell its branch. */
const PATIENCE = 5_000;

/** The agents of this user that run on this machine; each leaves a file in `directory`. */
export function thisMachine(directory: string): Place {
  return {
    kind: 'machine',
    async search(signal) {
      const files = await localAgents(directory);
      const agents = await Promise.all(
        files.map(async (file) => agentOf(directory, file, await branchOf(file, signal))),
      );
      return { agents, obstacles: [], looked: l10n.t('on this machine') };
    },
  };
}

/** The token in a file goes to this machine only, whatever address stands beside it. */
async function localAgents(directory: string): Promise<AgentFile[]> {
  return (await findAgents(directory)).filter(({ url }) => isLoopback(new URL(url).hostname));
}

/** The branch that an agent follows; empty where it does not know that yet, or does not answer. */
async function branchOf(file: AgentFile, signal: AbortSignal): Promise<string> {
  if (file.branch !== '') return file.branch;
  try {
    const status = await createApiClient(connectionTo(file)).status(
      AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]),
    );
    return status.repository.branch;
  } catch {
    // It is just starting, or ending: that is found out by following it.
    signal.throwIfAborted();
    return '';
  }
}

function connectionTo({ url, environment, token }: AgentFile): AgentConnection {
  return { url, name: l10n.t('the agent of environment {0}', environment), token: async () => token };
}

function agentOf(directory: string, file: AgentFile, branch: string): FoundAgent {
  const { environment, repository } = file;
  return {
    id: `machine:${environment}`,
    name: l10n.t('{0} on this machine', environment),
    environment,
    repository: { url: repository, branch },
    connect: async () => linkTo(directory, file),
  };
}

function linkTo(directory: string, file: AgentFile): AgentLink {
  const isIt = ({ environment, repository }: AgentFile) =>
    environment === file.environment && repository === file.repository;
  return {
    connection: connectionTo(file),
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
