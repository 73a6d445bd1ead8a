export type { AgentConfig } from './config/types.ts';
export { type OpenRepository, openRepository, type RepositoryDeps, type RepositoryOptions } from './git/open.ts';
export type { SecretStore } from './git/secret.ts';
