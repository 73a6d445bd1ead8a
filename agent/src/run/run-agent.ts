import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { WeavefluxError } from '@weaveflux/shared';
import { startMachineApi } from '../api/machine.ts';
import { parseConfig } from '../config/config.ts';
import type { AgentConfig } from '../config/types.ts';
import { createElection, type Election, type Waiting } from '../leadership/election.ts';
import { createLeaseApi } from '../leadership/lease-api.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { createEventLog } from '../notify/event-log.ts';
import { createLogger } from '../notify/logger.ts';
import { createClient } from '../targets/kubernetes/client.ts';
import { leaseName } from '../targets/kubernetes/labels.ts';
import { redact } from '../text/redact.ts';
import { findHome, type Home } from './connect.ts';
import { createHealthDoor, type HealthDoor } from './health-door.ts';
import { unwritable } from './unwritable.ts';
import { type Start, type Voice, work } from './work.ts';

/** What the agent's process gives it. */
export interface AgentProcess {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  /** Aborted by SIGTERM or Ctrl-C. */
  readonly stop: AbortSignal;
}

/**
 * Runs the agent with its flags until it is stopped; resolves with the exit code. Where the start fails, what was opened
 * is closed again. Errors: INVALID_FLAG, INVALID_SETTINGS, those of the kubeconfig and of opening the repository.
 */
export async function runAgent(argv: readonly string[], host: AgentProcess): Promise<number> {
  const { config } = parseConfig(argv, host.env, (path) => readFileSync(path, 'utf8'));
  const voice = createVoice(config);
  for (const warning of config.warnings) voice.logger.warning(warning);
  await makeDataFolder(config.dataDir);
  const home = await findHome(config);
  const metrics = createMetrics({ version: host.version, environment: config.environment });
  const start: Start = {
    ...voice,
    config,
    home,
    metrics,
    holder: nameOf(host, config, home),
    env: host.env,
    version: host.version,
    now,
    warn: voice.logger.warning,
  };
  const health = createHealthDoor(metrics, () => readHookSecret(config.hookSecretFile));
  const machines = await startMachineApi({ service: health, listen: config.listenMetrics });
  try {
    const always = { mayWrite: () => {}, lost: undefined };
    if (config.leaderElection) await takeTurns(start, health, machines.url, host.stop);
    else await work(start, always, health, machines.url, host.stop);
    return 0;
  } finally {
    await machines.close();
  }
}

/** Works whenever it holds the Lease, and stands by while another does. */
async function takeTurns(start: Start, health: HealthDoor, metricsUrl: string, stop: AbortSignal): Promise<void> {
  const { home, logger } = start;
  const client = createClient(home.access);
  const election = createLeaseElection(start, home, client);
  try {
    while (!stop.aborted) {
      const term = await election
        .win(stop, (waiting) => tellWaiting(waiting, start, health))
        .catch((error: unknown) => {
          if (stop.aborted) return undefined;
          throw error;
        });
      if (term === undefined) return;
      logger.info(`This agent holds the Lease ${leaseName(start.config.environment)} and works.`);
      try {
        await work(start, term, health, metricsUrl, stop);
      } finally {
        await term.end();
      }
    }
  } finally {
    await client.close();
  }
}

function tellWaiting(waiting: Waiting, { logger }: Start, health: HealthDoor): void {
  if ('holder' in waiting) {
    health.standBy();
    logger.info(`Standing by: ${waiting.holder} works.`);
  } else {
    health.standBy(waiting.problem);
    logger.warning(waiting.problem);
  }
}

/**
 * The name of this replica. In a cluster it must be the pod's, by which people's tools find it; elsewhere two agents may
 * share a machine. INVALID_SETTINGS.
 */
function nameOf({ env }: AgentProcess, config: AgentConfig, home: Home): string {
  if (env.POD_NAME !== undefined && env.POD_NAME !== '') return env.POD_NAME;
  if (!config.leaderElection) return hostname();
  if (home.access.inCluster === true) {
    const message = '--leader-election needs POD_NAME in the environment of the container: the name of its pod.';
    throw new WeavefluxError('INVALID_SETTINGS', message);
  }
  return `${hostname()}-${randomBytes(4).toString('hex')}`;
}

function createLeaseElection(
  start: Start,
  { agentNamespace }: Home,
  client: ReturnType<typeof createClient>,
): Election {
  const name = leaseName(start.config.environment);
  return createElection({
    api: createLeaseApi(client, agentNamespace, name),
    name,
    identity: start.holder,
    now,
    clock: () => performance.now(),
    warn: start.warn,
  });
}

/** The first line of the file; `undefined` where none is named, or there is nothing in it that can be read. */
async function readHookSecret(path: string | undefined): Promise<string | undefined> {
  const text = path === undefined ? '' : await readFile(path, 'utf8').catch(() => '');
  return text.split('\n')[0]?.trim() || undefined;
}

function now(): Date {
  return new Date();
}

function createVoice(config: AgentConfig): Voice {
  // Nobody puts a secret into a message; should one get there all the same, it stops here.
  const hide = (text: string): string => redact(text, config.gitHttps.password ? [config.gitHttps.password] : []);
  const write = (line: string): unknown => process.stdout.write(line);
  const logger = createLogger({ write, format: config.logFormat, now, redact: hide });
  const boot = randomBytes(4).toString('hex');
  const events = createEventLog({ environment: config.environment, boot, now, redact: hide });
  events.subscribe(logger.event);
  return { logger, events };
}

async function makeDataFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
    throw unwritable(`The data folder ${path}`, 'name another with --data-dir', cause);
  });
}
