import { loadClusterAccess } from '@weaveflux/shared/node';
import type { AgentConfig } from './config/types.ts';
import type { Environment } from './delivery/environment.ts';
import { createMemory } from './delivery/memory.ts';
import { type OpenRepository, openRepository } from './git/open.ts';
import { healthOf } from './health/health.ts';
import { createMetrics, type Metrics } from './metrics/metrics.ts';
import { createRegistry } from './registry/registry.ts';
import type { Registry } from './registry/types.ts';
import { createSecretStore } from './targets/kubernetes/secret-store.ts';
import { createKubernetesTarget } from './targets/kubernetes/target.ts';

/** Outside a cluster: what a person chose for kubectl may change any day, and the inventory must not move with it. */
const DEFAULT_NAMESPACE = 'weaveflux';

/** What connecting needs of the process. */
export interface Host {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  now(): Date;
  /** Takes one sentence for the log. */
  warn(message: string): void;
  /** Takes what must be closed at the end, also where the start fails. */
  atEnd(close: () => Promise<unknown>): void;
}

/** The edges, the memory and the metrics: all that an environment has before it can tell what happens. */
export interface Edges extends Omit<Environment, 'emit'> {
  readonly repository: OpenRepository;
  readonly registry: Registry;
}

type Access = Awaited<ReturnType<typeof loadClusterAccess>>;

/** Opens the edges: the cluster, the repository's mirror and the registries. None needs to answer yet. */
export async function connect(config: AgentConfig, host: Host): Promise<Edges> {
  const { kubeconfig, kubeContext: context } = config;
  const access = await loadClusterAccess({
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
  });
  const metrics = createMetrics({ version: host.version, environment: config.environment });
  const agentNamespace =
    config.agentNamespace ?? (access.inCluster ? access.namespace : undefined) ?? DEFAULT_NAMESPACE;
  const target = openTarget(access, config, agentNamespace, metrics, host);
  const repository = await openMirror(access, config, agentNamespace, metrics, host);
  const registry = openRegistry(config, metrics, host);
  const { now } = host;
  return {
    config,
    memory: createMemory(),
    repository,
    target,
    registry,
    metrics,
    agentNamespace,
    now,
    random: Math.random,
  };
}

function openTarget(access: Access, config: AgentConfig, agentNamespace: string, metrics: Metrics, host: Host) {
  const target = createKubernetesTarget(access, {
    environment: config.environment,
    agentNamespace,
    allowNamespaces: config.k8sAllowNamespaces,
    defaultNamespace: config.k8sDefaultNamespace ?? 'default',
    timeout: config.syncTimeout,
    healthOf,
    random: Math.random,
    now: host.now,
    onRequest: (verb, code) => metrics.apiCalls.add({ verb, code }),
  });
  host.atEnd(() => target.close());
  return target;
}

async function openMirror(
  access: Access,
  config: AgentConfig,
  agentNamespace: string,
  metrics: Metrics,
  host: Host,
): Promise<OpenRepository> {
  const secrets = createSecretStore(access, {
    namespace: agentNamespace,
    name: config.k8sSecretName,
    // From outside, a key is only put where somebody made the place for it; else it stays in the data folder.
    create: access.inCluster === true,
    warn: host.warn,
    onRequest: (verb, code) => metrics.apiCalls.add({ verb, code }),
  });
  host.atEnd(() => secrets.close());
  const repository = await openRepository(
    {
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
    },
    {
      warn: host.warn,
      env: host.env,
      secrets,
      onOperation: (operation, result, seconds) => metrics.gitOperations.observe({ operation, result }, seconds),
    },
  );
  host.atEnd(() => repository.close());
  return repository;
}

function openRegistry(config: AgentConfig, metrics: Metrics, host: Host): Registry {
  const registry = createRegistry({
    rps: config.registryRps,
    burst: config.registryBurst,
    include: config.registryIncludeImage,
    exclude: config.registryExcludeImage,
    insecureHosts: config.registryInsecureHosts,
    dockerConfig: config.dockerConfig,
    dataDir: config.dataDir,
    now: host.now,
    warn: host.warn,
    onRequest: (at, result) => metrics.scans.add({ host: at, result }),
    onWait: (at, milliseconds) => metrics.rateLimitWait.add({ host: at }, milliseconds / 1000),
  });
  host.atEnd(() => registry.close());
  return registry;
}
