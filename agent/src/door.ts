import { agentFileDirectory, agentFilePath, removeAgentFile, writeAgentFile } from '@weaveflux/shared/node';
import { createTokenAuthorizer } from './api/authorizer.ts';
import type { ApiServer } from './api/listener.ts';
import { startPeopleApi } from './api/people.ts';
import type { AgentService } from './api/service.ts';
import { createToken } from './api/token.ts';
import type { Edges, Host } from './connect.ts';
import { unwritable } from './unwritable.ts';
import type { Start } from './work.ts';

/** Opens the API for people, and leaves the agent file that says where it is. */
export async function openDoor(
  service: AgentService,
  start: Start,
  edges: Edges,
  { atEnd }: Pick<Host, 'atEnd'>,
  metricsUrl: string,
): Promise<ApiServer> {
  const { config, logger, version } = start;
  const token = createToken();
  const onError = (error: { message: string }): void => logger.error(error.message);
  const people = await startPeopleApi({
    service,
    listen: config.listen,
    authorizer: createTokenAuthorizer(token),
    version,
    onError,
  });
  atEnd(() => people.close());
  const file = start.env.WEAVEFLUX_AGENT_FILE ?? agentFilePath(agentFileDirectory(start.env), config.environment);
  const content = {
    url: people.url,
    metricsUrl,
    token,
    environment: config.environment,
    pid: process.pid,
    repository: edges.repository.url,
    branch: edges.repository.branch,
  };
  await writeAgentFile(file, content).catch((cause: unknown) => {
    throw unwritable(`The agent file ${file}`, 'name another with WEAVEFLUX_AGENT_FILE', cause);
  });
  atEnd(() => removeAgentFile(file, process.pid));
  return people;
}
