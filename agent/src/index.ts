export type { ApiServer } from './api/listener.ts';
export { type PeopleApiOptions, startPeopleApi } from './api/people.ts';
export { createReviewAuthorizer, type ReviewAuthorizerOptions, type Reviews } from './api/review-authorizer.ts';
export type { AgentConfig } from './config/types.ts';
export { createForge } from './forges/forge.ts';
export { createReviewRequests, type ReviewRequests } from './forges/requests.ts';
export type { Forge, ForgeConfig, ForgeKind } from './forges/types.ts';
export {
  type OnOperation,
  type OpenRepository,
  openRepository,
  type RepositoryDeps,
  type RepositoryOptions,
} from './git/open.ts';
export type { SecretStore } from './git/secret.ts';
export { ENVIRONMENT_CRD } from './install/crd.ts';
export { type ClosableRegistry, createRegistry, type RegistryOptions } from './registry/registry.ts';
export type { ImageRepository, Registry, Scan } from './registry/types.ts';
export { type ClosableReviews, openReviews, type ReviewSubject } from './targets/kubernetes/reviews.ts';
export {
  type ClosableSecretStore,
  createSecretStore,
  type SecretStoreOptions,
} from './targets/kubernetes/secret-store.ts';
export { createKubernetesTarget, type KubernetesTargetOptions } from './targets/kubernetes/target.ts';
export type {
  ApplyResult,
  DesiredObject,
  Inventory,
  InventoryEntry,
  KubernetesTarget,
  LiveEvent,
  LiveObject,
  Resolved,
  WatchHandlers,
} from './targets/kubernetes/types.ts';
