export type { AgentConfig } from './config/types.ts';
export { type OpenRepository, openRepository, type RepositoryDeps, type RepositoryOptions } from './git/open.ts';
export type { SecretStore } from './git/secret.ts';
export { type ClosableRegistry, createRegistry, type RegistryOptions } from './registry/registry.ts';
export type { ImageRepository, Registry, Scan } from './registry/types.ts';
