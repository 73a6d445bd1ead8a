import type { Status } from '../src/api/status.ts';
import { asWeavefluxError, WeavefluxError } from '../src/errors.ts';
import { createApiClient } from './api-client.ts';
import { subject } from './api-errors.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { type ClusterClient, createClusterClient } from './cluster-client.ts';
import { connectionTo, DEFAULT_NAMESPACE } from './connect-agent.ts';
import { listAgentPods } from './find-agent.ts';

/** An agent in a cluster: which repository it follows, or why it could not be asked. */
export type ClusterAgent = {
  readonly environment: string;
  readonly namespace: string;
} & (
  | { readonly repository: Pick<Status['repository'], 'url' | 'branch'> }
  | { readonly repository?: undefined; readonly problem: WeavefluxError }
);

/** Milliseconds that one agent may take: it is one of several, and the others are waited for with it. */
const PATIENCE = 15_000;

/**
 * Asks each agent in a namespace (`weaveflux` unless told) of a cluster which repository it follows. No connection stays
 * open. Errors: FORBIDDEN with the role to ask for where the pods may not be listed, those of the client.
 */
export async function listClusterAgents(
  access: ClusterAccess,
  options: { readonly namespace?: string | undefined; readonly signal: AbortSignal },
): Promise<ClusterAgent[]> {
  const { namespace = DEFAULT_NAMESPACE, signal } = options;
  const client = createClusterClient(access);
  try {
    const pods = await listAgentPods(client, namespace, signal);
    const environments = [...new Set(pods.map(({ environment }) => environment))].sort();
    return await Promise.all(environments.map((environment) => ask(client, namespace, environment, signal)));
  } finally {
    await client.close();
  }
}

async function ask(
  client: ClusterClient,
  namespace: string,
  environment: string,
  signal: AbortSignal,
): Promise<ClusterAgent> {
  await using connection = connectionTo(client, namespace, environment);
  const patience = AbortSignal.timeout(PATIENCE);
  try {
    const { repository } = await createApiClient(connection).status(AbortSignal.any([signal, patience]));
    return { environment, namespace, repository: { url: repository.url, branch: repository.branch } };
  } catch (error) {
    signal.throwIfAborted();
    const late = `${subject(connection)} did not answer within ${PATIENCE / 1000} s.`;
    return {
      environment,
      namespace,
      problem: patience.aborted ? new WeavefluxError('TIMEOUT', late, { cause: error }) : asWeavefluxError(error),
    };
  }
}
