import { join } from 'node:path';
import { type ClusterAccess, loadClusterAccess } from '@weaveflux/shared/node';
import type { AgentConfig } from '../config/types.ts';
import type { Environment } from '../delivery/environment.ts';
import { createMemory } from '../delivery/memory.ts';
import { createForge } from '../forges/forge.ts';
import { createReviewRequests, type ReviewRequests } from '../forges/requests.ts';
import { type OpenRepository, openRepository } from '../git/open.ts';
import { healthOf } from '../health/health.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { createOwnEnvironment, type OwnEnvironment } from '../publish/own-environment.ts';
import { createSuspensionStore } from '../publish/suspension-store.ts';
import { createAgents } from '../registry/agents.ts';
import { readProxies } from '../registry/proxies.ts';
import { type ClosableRegistry, createRegistry } from '../registry/registry.ts';
import type { Registry } from '../registry/types.ts';
import { createSignatures, type Signatures } from '../signatures/signatures.ts';
import { createTrustedRoot } from '../signatures/trusted-root.ts';
import { type ClientOptions, createClient, type KubernetesClient } from '../targets/kubernetes/client.ts';
import { createSecretStore } from '../targets/kubernetes/secret-store.ts';
import { createKubernetesTarget } from '../targets/kubernetes/target.ts';

/** Outside a cluster: what a person chose for kubectl may change any day, and the inventory must not move with it. */
const DEFAULT_NAMESPACE = 'weaveflux';

/** What connecting needs of the process. */
export interface Host {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  readonly metrics: Metrics;
  now(): Date;
  /** Takes one sentence for the log. */
  warn(message: string): void;
  /** Takes what must be closed at the end, also where the start fails. */
  atEnd(close: () => Promise<unknown>): void;
}

/** The cluster, and where in it the agent keeps what is its own. */
export interface Home {
  readonly access: ClusterAccess;
  readonly agentNamespace: string;
}

/** The edges, the memory and the metrics: all that an environment has before it can tell what happens. */
export interface Edges extends Omit<Environment, 'emit'> {
  readonly repository: OpenRepository;
  readonly registry: Registry;
  readonly signatures: Signatures;
  /** Absent where no pull or merge requests are to be made. */
  readonly requests?: ReviewRequests | undefined;
  /** For what the agent itself keeps in the cluster. */
  readonly client: KubernetesClient;
  /** The object that shows the environment in the cluster, where its kind is served. */
  readonly own: OwnEnvironment;
}

/** Finds the cluster by the flags. It need not answer yet. */
export async function findHome(config: AgentConfig): Promise<Home> {
  const { kubeconfig, kubeContext: context } = config;
  const access = await loadClusterAccess({
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
  });
  const agentNamespace =
    config.agentNamespace ?? (access.inCluster ? access.namespace : undefined) ?? DEFAULT_NAMESPACE;
  return { access, agentNamespace };
}

/**
 * Opens the edges: the cluster, the repository's mirror and the registries. None needs to answer yet. `mayWrite` is called
 * before each write to the cluster and each push; it throws where the agent must not write any more.
 */
export async function connect(config: AgentConfig, host: Host, home: Home, mayWrite: () => void): Promise<Edges> {
  const { metrics, now } = host;
  const options: ClientOptions = {
    mayWrite,
    onRequest(verb, code, seconds) {
      metrics.apiCalls.add({ verb, code });
      metrics.apiDuration.observe({ verb }, seconds);
    },
  };
  const client = createClient(home.access, options);
  host.atEnd(() => client.close());
  const target = openTarget(config, host, home, options);
  const own = createOwnEnvironment(client, home.agentNamespace, config.environment);
  const repository = await openMirror(config, host, home, options);
  const registry = openRegistry(config, metrics, host);
  return {
    config,
    memory: createMemory(),
    repository,
    target,
    suspensionStore: createSuspensionStore(target.inventory, own, host.warn),
    registry,
    signatures: openSignatures(config, registry, host),
    requests: openRequests(config, host),
    client,
    own,
    metrics,
    agentNamespace: home.agentNamespace,
    now,
    random: Math.random,
  };
}

function openTarget(config: AgentConfig, host: Host, { access, agentNamespace }: Home, options: ClientOptions) {
  const account = config.k8sServiceAccount;
  const target = createKubernetesTarget(access, {
    environment: config.environment,
    agentNamespace,
    allowNamespaces: config.k8sAllowNamespaces,
    defaultNamespace: config.k8sDefaultNamespace ?? 'default',
    timeout: config.syncTimeout,
    impersonate: account?.includes('/') === false ? `${agentNamespace}/${account}` : account,
    healthOf,
    random: Math.random,
    now: host.now,
    ...options,
  });
  host.atEnd(() => target.close());
  return target;
}

async function openMirror(
  config: AgentConfig,
  host: Host,
  { access, agentNamespace }: Home,
  options: ClientOptions,
): Promise<OpenRepository> {
  const { metrics } = host;
  const inCluster = access.inCluster === true;
  const secrets = createSecretStore(access, {
    namespace: agentNamespace,
    name: config.k8sSecretName,
    // From outside, a key is only put where somebody made the place for it; else it stays in the data folder.
    create: inCluster,
    warn: host.warn,
    ...options,
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
      signing: config.gitSigning,
      readonly: config.gitReadonly,
      https: config.gitHttps,
      knownHostsFile: config.sshKnownHosts,
      secretFolder: config.k8sSecretVolumeMountPath,
      secretKey: config.k8sSecretDataKey,
      keyMustLast: inCluster ? `${agentNamespace}/${config.k8sSecretName}` : undefined,
    },
    {
      warn: host.warn,
      env: host.env,
      secrets,
      mayPush: options.mayWrite,
      onOperation: (operation, result, seconds) => metrics.gitOperations.observe({ operation, result }, seconds),
    },
  );
  host.atEnd(() => repository.close());
  return repository;
}

function openRequests({ forge }: AgentConfig, { env, now, atEnd }: Host): ReviewRequests | undefined {
  if (forge === undefined) return undefined;
  const time = () => now().getTime();
  const agents = createAgents({ caFile: env.SSL_CERT_FILE, proxies: readProxies(env), now: time });
  atEnd(() => agents.close());
  return createReviewRequests(createForge(forge, agents.for('own', new URL(forge.url).host)), time);
}

function openSignatures(config: AgentConfig, { artifacts }: ClosableRegistry, { now }: Host): Signatures {
  const trustedRoot = createTrustedRoot({
    file: config.sigstoreTrustedRoot,
    folder: join(config.dataDir, 'sigstore'),
    now: () => now().getTime(),
  });
  return createSignatures({ reader: artifacts, trustedRoot });
}

function openRegistry(config: AgentConfig, metrics: Metrics, host: Host): ClosableRegistry {
  const registry = createRegistry({
    rps: config.registryRps,
    burst: config.registryBurst,
    include: config.registryIncludeImage,
    exclude: config.registryExcludeImage,
    insecureHosts: config.registryInsecureHosts,
    certificates: config.registryCertsDir,
    ecr: config.registryEcr,
    env: host.env,
    dockerConfig: config.dockerConfig,
    dataDir: config.dataDir,
    now: host.now,
    warn: host.warn,
    onRequest: (at, result) => metrics.scans.add({ host: at, result }),
    onWait(at, milliseconds) {
      metrics.rateLimitWaits.add({ host: at });
      metrics.rateLimitWait.add({ host: at }, milliseconds / 1000);
    },
  });
  host.atEnd(() => registry.close());
  return registry;
}
