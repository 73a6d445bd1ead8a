import { agentFileDirectory, agentFilePath, removeAgentFile, writeAgentFile } from '@weaveflux/shared/node';
import { createTokenAuthorizer } from '../api/authorizer.ts';
import type { ApiServer } from '../api/listener.ts';
import { startPeopleApi } from '../api/people.ts';
import { createReviewAuthorizer } from '../api/review-authorizer.ts';
import type { AgentService } from '../api/service.ts';
import { createToken } from '../api/token.ts';
import { createReviews } from '../targets/kubernetes/reviews.ts';
import type { Edges, Host } from './connect.ts';
import { unwritable } from './unwritable.ts';
import type { Start } from './work.ts';

/**
 * Opens the API for people. In a cluster that says who they are and what they may do; elsewhere the agent file, which
 * only its user can read, says where the API is and with which token.
 */
export async function openDoor(
  service: AgentService,
  start: Start,
  edges: Edges,
  { atEnd }: Pick<Host, 'atEnd'>,
  metricsUrl: string,
): Promise<ApiServer> {
  const { config, home, logger, version } = start;
  const token = home.access.inCluster === true ? undefined : createToken();
  const authorizer = token === undefined ? createClusterAuthorizer(start, edges) : createTokenAuthorizer(token);
  const onError = (error: { message: string }): void => logger.error(error.message);
  const people = await startPeopleApi({ service, listen: config.listen, authorizer, version, onError });
  atEnd(() => people.close());
  if (token !== undefined) await leaveAgentFile(start, edges, { url: people.url, metricsUrl, token }, atEnd);
  return people;
}

function createClusterAuthorizer({ config, home, now }: Start, { client }: Edges) {
  const about = { environment: config.environment, namespace: home.agentNamespace };
  return createReviewAuthorizer(createReviews(client, about), { ...about, now });
}

async function leaveAgentFile(
  { config, env }: Start,
  { repository }: Edges,
  where: { readonly url: string; readonly metricsUrl: string; readonly token: string },
  atEnd: Host['atEnd'],
): Promise<void> {
  const file = env.WEAVEFLUX_AGENT_FILE ?? agentFilePath(agentFileDirectory(env), config.environment);
  const content = {
    ...where,
    environment: config.environment,
    pid: process.pid,
    repository: repository.url,
    branch: repository.branch,
  };
  await writeAgentFile(file, content).catch((cause: unknown) => {
    throw unwritable(`The agent file ${file}`, 'name another with WEAVEFLUX_AGENT_FILE', cause);
  });
  atEnd(() => removeAgentFile(file, process.pid));
}
