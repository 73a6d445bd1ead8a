import { ENVIRONMENT_GROUP, ENVIRONMENT_KIND, objectKey } from '@weaveflux/shared';
import type { DesiredObject } from '../targets/kubernetes/types.ts';
import type { Environment } from './environment.ts';
import { recorder } from './record.ts';
import { refreshSuspensions } from './suspensions.ts';

/**
 * Applies the manifest of the agent's own Environment, where the repository has one that is not applied yet. That is
 * done during a suspension, too: else a repository that suspends its environment could not resume it.
 */
export async function applyOwnManifest(
  env: Environment,
  revision: string,
  desired: readonly DesiredObject[],
  overtaken: (key: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const { memory, target, agentNamespace, config } = env;
  const id = {
    group: ENVIRONMENT_GROUP,
    kind: ENVIRONMENT_KIND,
    namespace: agentNamespace,
    name: config.environment,
  };
  const own = desired.find(({ key }) => key === objectKey(id));
  if (own === undefined || memory.applied.get(own.key)?.hash === own.hash) return;
  const entry = { id: own.id, apiVersion: own.manifest.apiVersion };
  await target.inventory.add([entry], signal);
  memory.inventory = new Map([...memory.inventory, [own.key, entry]]);
  await target.apply([own], revision, recorder(env, revision, overtaken).result, signal);
  await refreshSuspensions(env, signal);
}
