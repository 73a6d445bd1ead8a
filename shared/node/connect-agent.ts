import type { Duplex } from 'node:stream';
import { asWeavefluxError } from '../src/errors.ts';
import type { AgentConnection } from './api-client.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { type ClusterClient, createClusterClient } from './cluster-client.ts';
import { type AgentPod, chooseEnvironment, choosePod, listAgentPods, readAgentLease } from './find-agent.ts';
import { HttpConnections } from './http-connections.ts';
import { openForward } from './port-forward.ts';
import { createAccountTokens } from './service-account-token.ts';

/** Which agent of a cluster is meant. */
export interface ClusterAgentChoice {
  /** `weaveflux` unless told. */
  readonly namespace?: string | undefined;
  /** The only one unless told. */
  readonly environment?: string | undefined;
  readonly signal: AbortSignal;
}

/** A connection to an agent in a cluster. When it is disposed of, every connection has ended. */
export interface ClusterAgentConnection extends AgentConnection, AsyncDisposable {
  readonly environment: string;
  readonly namespace: string;
}

/** Where agents are looked for unless told. */
export const DEFAULT_NAMESPACE = 'weaveflux';
/** The agent answers to this name only; nothing ever connects to it. */
const URL_INSIDE = 'http://127.0.0.1:3030';

/**
 * Finds the agent that works and makes a connection to it: each connection goes through a forward of its own, no port is
 * opened on this machine, and a pod that is gone is looked for again. Errors: NOT_FOUND, INVALID_FLAG where several
 * agents fit, FORBIDDEN with the role to ask for, those of the client.
 */
export async function connectToAgent(
  access: ClusterAccess,
  choice: ClusterAgentChoice,
): Promise<ClusterAgentConnection> {
  const client = createClusterClient(access);
  try {
    const namespace = choice.namespace ?? DEFAULT_NAMESPACE;
    const place = { namespace, cluster: `the cluster at ${access.server}` };
    const pods = await listAgentPods(client, namespace, choice.signal);
    const environment = chooseEnvironment(pods, choice.environment, place);
    const connection = connectionTo(client, namespace, environment);
    return {
      ...connection,
      async [Symbol.asyncDispose]() {
        await connection[Symbol.asyncDispose]();
        await client.close();
      },
    };
  } catch (error) {
    await client.close();
    throw error;
  }
}

/** A connection to the agent of an environment that is known to be there; the client stays its owner's. */
export function connectionTo(client: ClusterClient, namespace: string, environment: string): ClusterAgentConnection {
  const closing = new AbortController();
  const connections = new HttpConnections(createForwards(client, namespace, environment, closing.signal));
  const tokens = createAccountTokens(client, namespace, () => performance.now());
  return {
    environment,
    namespace,
    url: URL_INSIDE,
    name: `the agent of environment ${environment} in namespace ${namespace}`,
    connections,
    token: (signal, use, refused) => tokens.token(use, either(signal, closing.signal), refused),
    async [Symbol.asyncDispose]() {
      closing.abort();
      connections.destroy();
    },
  };
}

/** Opens streams in place of sockets. The pod is remembered until a connection to it fails. */
function createForwards(
  client: ClusterClient,
  namespace: string,
  environment: string,
  signal: AbortSignal,
): () => Promise<Duplex> {
  let held: AgentPod | undefined;

  async function find(): Promise<AgentPod> {
    const [pods, lease] = await Promise.all([
      listAgentPods(client, namespace, signal),
      readAgentLease(client, namespace, environment, signal),
    ]);
    held = choosePod(pods, lease, environment, namespace);
    return held;
  }

  async function openTo(pod: AgentPod): Promise<Duplex> {
    const forget = () => {
      if (held === pod) held = undefined;
    };
    try {
      const stream = await openForward(client, { namespace, pod: pod.name, port: pod.port }, signal);
      return stream.once('error', forget);
    } catch (error) {
      forget();
      throw error;
    }
  }

  async function open(): Promise<Duplex> {
    const known = held;
    if (known !== undefined) {
      const stream = await openTo(known).catch(() => undefined);
      if (stream !== undefined) return stream;
      signal.throwIfAborted();
    }
    return openTo(await find());
  }

  return async () => {
    try {
      return await open();
    } catch (error) {
      throw asWeavefluxError(error);
    }
  };
}

function either(signal: AbortSignal | undefined, other: AbortSignal): AbortSignal {
  return signal === undefined ? other : AbortSignal.any([signal, other]);
}
