import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { asWeavefluxError } from '@weaveflux/shared';
import {
  agentFileDirectory,
  agentFilePath,
  loadClusterAccess,
  removeAgentFile,
  writeAgentFile,
} from '@weaveflux/shared/node';
import { startMachineApi } from './api/machine.ts';
import { startPeopleApi } from './api/people.ts';
import { createToken } from './api/token.ts';
import { createAutomation } from './automation/automation.ts';
import { parseConfig } from './config/config.ts';
import type { AgentConfig } from './config/types.ts';
import { createDelivery } from './delivery/delivery.ts';
import type { Environment } from './delivery/environment.ts';
import { createMemory } from './delivery/memory.ts';
import { type OpenRepository, openRepository } from './git/open.ts';
import { healthOf } from './health/health.ts';
import { createMetrics } from './metrics/metrics.ts';
import { createEventLog } from './notify/event-log.ts';
import { createLogger, type Logger } from './notify/logger.ts';
import { createRegistry } from './registry/registry.ts';
import { createGiveBack } from './service/give-back.ts';
import { createReadiness } from './service/readiness.ts';
import { createService } from './service/service.ts';
import { createSuspensions } from './service/suspend.ts';
import { type ClosableSecretStore, createSecretStore } from './targets/kubernetes/secret-store.ts';
import { createKubernetesTarget } from './targets/kubernetes/target.ts';
import { redact } from './text/redact.ts';

/** Milliseconds in which a stop finishes the current step; what closes after it takes up to three seconds, of ten. */
const STOP_DEADLINE = 6_000;
/** Outside a cluster: what a person chose for kubectl may change any day, and the inventory must not move with it. */
const DEFAULT_NAMESPACE = 'weaveflux';

/** What the agent's process gives it. */
export interface AgentProcess {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  /** Aborted by SIGTERM or Ctrl-C. */
  readonly stop: AbortSignal;
}

/** Runs the agent with its flags until it is stopped; resolves with the exit code. Errors before the start: INVALID_FLAG, INVALID_SETTINGS. */
export async function runAgent(argv: readonly string[], host: AgentProcess): Promise<number> {
  const { config } = parseConfig(argv, host.env, (path) => readFileSync(path, 'utf8'));
  const now = (): Date => new Date();
  // Nobody puts a secret into a message; should one get there all the same, it stops here.
  const hide = (text: string): string => redact(text, config.gitHttps.password ? [config.gitHttps.password] : []);
  const write = (line: string): unknown => process.stdout.write(line);
  const logger = createLogger({ write, format: config.logFormat, now, redact: hide });
  for (const warning of config.warnings) logger.warning(warning);
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });

  const closing = new AbortController();
  const env = await connect(config, host, logger.warning, now);
  const events = createEventLog({
    environment: config.environment,
    boot: randomBytes(4).toString('hex'),
    now,
    redact: hide,
  });
  events.subscribe(logger.event);
  const environment = { ...env, emit: events.emit };

  const registry = createRegistry({
    ...registryOptions(config),
    now,
    warn: logger.warning,
    onRequest: (at, result) => env.metrics.scans.add({ host: at, result }),
    onWait: (at, milliseconds) => env.metrics.rateLimitWait.add({ host: at }, milliseconds / 1000),
  });
  const giveBack = createGiveBack();
  const suspensions = createSuspensions(environment, closing.signal, () => delivery.resumed());
  const delivery = createDelivery(environment, {
    signal: closing.signal,
    onLooked: suspensions.refresh,
    onDelivered: () => {
      giveBack.soon();
      suspensions.watchExpiry();
      automation.delivered();
    },
  });
  const automation = createAutomation({
    env: environment,
    registry,
    load: delivery.load,
    lookNow: delivery.loop.lookNow,
    signal: closing.signal,
  });
  const readiness = createReadiness(environment, delivery.loop);
  const facts = {
    environment: config.environment,
    namespace: environment.agentNamespace,
    version: host.version,
    startedAt: now().toISOString(),
    readOnly: config.gitReadonly,
    url: environment.repository.url,
    paths: config.gitPaths,
  };
  const service = createService({
    env: environment,
    facts,
    events,
    loop: delivery.loop,
    automation,
    suspensions,
    readiness,
    load: delivery.load,
    identity: () => environment.repository.publicKey(closing.signal),
  });

  const token = createToken();
  const onError = (error: { message: string }): void => logger.error(error.message);
  const people = await startPeopleApi({ service, listen: config.listen, token, version: host.version, onError });
  const machines = await startMachineApi({ service, listen: config.listenMetrics });
  events.emit({
    type: 'agent-started',
    severity: 'info',
    message: `Weaveflux ${host.version} keeps ${config.environment} equal to ${environment.repository.url}; the API is at ${people.url}.`,
  });
  void tellIdentity(environment.repository, logger, closing.signal);
  const file = host.env.WEAVEFLUX_AGENT_FILE ?? agentFilePath(agentFileDirectory(host.env), config.environment);
  await writeAgentFile(file, {
    url: people.url,
    metricsUrl: machines.url,
    token,
    environment: config.environment,
    pid: process.pid,
    repository: environment.repository.url,
    branch: environment.repository.branch,
  });

  delivery.loop.start();
  automation.start();
  await stopped(host.stop);

  const cut = setTimeout(() => closing.abort(new Error('the agent stops')), STOP_DEADLINE);
  await delivery.stop(STOP_DEADLINE);
  clearTimeout(cut);
  closing.abort(new Error('the agent stops'));
  giveBack.stop();
  suspensions.stop();
  await automation.stop();
  events.emit({ type: 'agent-stopped', severity: 'info', message: 'Weaveflux stops; what it began is finished.' });
  await Promise.allSettled([
    people.close(),
    machines.close(),
    environment.repository.close(),
    environment.target.close(),
    environment.secrets.close(),
    registry.close(),
  ]);
  await removeAgentFile(file, process.pid);
  return 0;
}

/** Says which key must be let in; asking may take as long as the cluster lets us wait, so nothing waits for it. */
async function tellIdentity(repository: OpenRepository, logger: Logger, signal: AbortSignal): Promise<void> {
  try {
    const identity = await repository.publicKey(signal);
    if (identity !== undefined) logger.info(`The repository must accept this deploy key: ${identity}`);
  } catch (error) {
    if (!signal.aborted) logger.warning(asWeavefluxError(error).message);
  }
}

/** What `connect` opens beyond what the flows need of it. */
interface Edges {
  readonly repository: OpenRepository;
  readonly secrets: ClosableSecretStore;
}

/** Opens the edges: the cluster and the repository's mirror. Neither needs to answer yet. */
async function connect(
  config: AgentConfig,
  host: AgentProcess,
  warn: (message: string) => void,
  now: () => Date,
): Promise<Omit<Environment, 'emit'> & Edges> {
  const { kubeconfig, kubeContext: context } = config;
  const access = await loadClusterAccess({
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
  });
  const metrics = createMetrics({ version: host.version, environment: config.environment });
  const agentNamespace =
    config.agentNamespace ?? (access.inCluster ? access.namespace : undefined) ?? DEFAULT_NAMESPACE;
  const onRequest = (verb: string, code: string): void => metrics.apiCalls.add({ verb, code });
  const target = createKubernetesTarget(access, {
    environment: config.environment,
    agentNamespace,
    allowNamespaces: config.k8sAllowNamespaces,
    defaultNamespace: config.k8sDefaultNamespace ?? 'default',
    timeout: config.syncTimeout,
    healthOf,
    random: Math.random,
    now,
    onRequest,
  });
  const secrets = createSecretStore(access, {
    namespace: agentNamespace,
    name: config.k8sSecretName,
    // From outside, a key is only put where somebody made the place for it; else it stays in the data folder.
    create: access.inCluster === true,
    warn,
    onRequest,
  });
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
      warn,
      env: host.env,
      secrets,
      onOperation: (operation, result, seconds) => metrics.gitOperations.observe({ operation, result }, seconds),
    },
  );
  const memory = createMemory();
  return { config, memory, repository, target, secrets, metrics, agentNamespace, now, random: Math.random };
}

function registryOptions(config: AgentConfig) {
  return {
    rps: config.registryRps,
    burst: config.registryBurst,
    include: config.registryIncludeImage,
    exclude: config.registryExcludeImage,
    insecureHosts: config.registryInsecureHosts,
    dockerConfig: config.dockerConfig,
    dataDir: config.dataDir,
  };
}

async function stopped(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
