import * as l10n from '@vscode/l10n';
import { asWeavefluxError, type WeavefluxError } from '@weaveflux/shared';
import { type AgentConnection, createApiClient } from '@weaveflux/shared/node';
import { readAgentUrl } from '../../model/agent/agent-url.ts';
import type { Obstacle } from '../../model/agent/conclusion.ts';
import type { AgentLink, Found, FoundAgent, Place } from './places.ts';

/** Tokens of agents at addresses, by the address's origin. */
export interface TokenStore {
  get(origin: string): Promise<string | undefined>;
}

/** Milliseconds that one agent may take to say what it keeps. */
const PATIENCE = 10_000;

/** The agents at the addresses of the setting `weaveflux.agents`. */
export function atAddresses(addresses: readonly string[], tokens: TokenStore): Place {
  return {
    kind: 'address',
    async search(signal) {
      const found = await Promise.all(addresses.map((address) => ask(address, tokens, signal)));
      return {
        agents: found.flatMap(({ agents }) => agents),
        obstacles: found.flatMap(({ obstacles }) => obstacles),
        ...(addresses.length === 0 ? {} : { looked: l10n.t('at the addresses in the settings') }),
      };
    },
  };
}

async function ask(address: string, tokens: TokenStore, signal: AbortSignal): Promise<Found> {
  const read = readAgentUrl(address);
  if (read.kind === 'refused') {
    const connection = { kind: 'not-found', message: read.message } as const;
    return { agents: [], obstacles: [{ place: 'address', connection }] };
  }
  const { url, origin } = read;
  const token = await tokens.get(origin);
  if (token === undefined) {
    const message = l10n.t(
      'The agent at {0} asks for a token; set it with the command "Weaveflux: Set Token of an Agent".',
      origin,
    );
    return without({ kind: 'not-found', message, needsToken: origin });
  }
  const connection: AgentConnection = { url, token: async () => token };
  try {
    const status = await createApiClient(connection).status(AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]));
    return { agents: [agentAt(origin, connection, status.environment, status.repository)], obstacles: [] };
  } catch (error) {
    signal.throwIfAborted();
    return without(standing(asWeavefluxError(error), origin));
  }
}

function without(connection: Obstacle['connection']): Found {
  return { agents: [], obstacles: [{ place: 'address', isAgent: true, connection }] };
}

function standing({ code, message }: WeavefluxError, origin: string): Obstacle['connection'] {
  if (code === 'UNAUTHORIZED') return { kind: 'no-permission', message, needsToken: origin };
  if (code === 'FORBIDDEN') return { kind: 'no-permission', message };
  const late = l10n.t('The agent at {0} did not answer within {1} s.', origin, PATIENCE / 1000);
  return { kind: 'lost', message: code === 'TIMEOUT' ? late : message };
}

function agentAt(
  origin: string,
  connection: AgentConnection,
  environment: string,
  { url, branch }: FoundAgent['repository'],
): FoundAgent {
  const link: AgentLink = {
    connection,
    // Nothing tells what a token is good for but the agent's refusal.
    rights: async () => ({ kind: 'allowed' }),
    moved: (signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true })),
    [Symbol.asyncDispose]: async () => undefined,
  };
  return {
    id: `address:${origin}`,
    name: l10n.t('{0} at {1}', environment, origin),
    environment,
    repository: { url, branch },
    connect: async () => link,
  };
}
