import type { AgentConfig } from '../config/types.ts';
import type { RepositoryOptions } from './open.ts';

/** What `openRepository` takes, out of the agent's settings. */
export function repositoryOptions(config: AgentConfig): RepositoryOptions {
  return {
    url: config.gitUrl,
    branch: config.gitBranch,
    dataDir: config.dataDir,
    timeout: config.gitTimeout,
    user: config.gitUser,
    email: config.gitEmail,
    setAuthor: config.gitSetAuthor,
    readonly: config.gitReadonly,
    https: config.gitHttps,
    knownHostsFile: config.sshKnownHosts,
    secretFolder: config.k8sSecretVolumeMountPath,
    secretKey: config.k8sSecretDataKey,
  };
}
