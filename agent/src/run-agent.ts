import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { asWeavefluxError, WeavefluxError } from '@weaveflux/shared';
import { agentFileDirectory, agentFilePath, removeAgentFile, writeAgentFile } from '@weaveflux/shared/node';
import { startMachineApi } from './api/machine.ts';
import { startPeopleApi } from './api/people.ts';
import type { AgentService } from './api/service.ts';
import { createToken } from './api/token.ts';
import { type Automation, createAutomation } from './automation/automation.ts';
import { parseConfig } from './config/config.ts';
import type { AgentConfig } from './config/types.ts';
import { connect, type Edges, type Host } from './connect.ts';
import { createDelivery, type Delivery } from './delivery/delivery.ts';
import type { Environment } from './delivery/environment.ts';
import { createEventLog, type EventLog } from './notify/event-log.ts';
import { createLogger, type Logger } from './notify/logger.ts';
import { createGiveBack } from './service/give-back.ts';
import { createReadiness } from './service/readiness.ts';
import { createService } from './service/service.ts';
import { createSuspensions, type Suspensions } from './service/suspend.ts';
import { redact } from './text/redact.ts';

/** Milliseconds in which a stop finishes the current step; what closes after it takes up to three seconds, of ten. */
const STOP_DEADLINE = 6_000;

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
  const closing = new AbortController();
  const closes: (() => Promise<unknown>)[] = [];
  const start: Start = {
    ...voice,
    env: host.env,
    version: host.version,
    now,
    warn: voice.logger.warning,
    atEnd: (close) => void closes.push(close),
  };
  try {
    await makeDataFolder(config.dataDir);
    const edges = await connect(config, start);
    const environment = { ...edges, emit: voice.events.emit };
    const flows = createFlows(environment, closing);
    await openDoors(environment, createAgentService(environment, flows, start, closing.signal), start);
    void tellIdentity(edges, voice.logger, closing.signal);
    flows.start();
    await stopped(host.stop);
    await flows.stop();
    voice.events.emit({
      type: 'agent-stopped',
      severity: 'info',
      message: 'Weaveflux stops; what it began is finished.',
    });
    return 0;
  } finally {
    closing.abort(new Error('the agent stops'));
    await Promise.allSettled(closes.map((close) => close()));
  }
}

/** Where the agent speaks: its log, and the events that go there, too. */
interface Voice {
  readonly logger: Logger;
  readonly events: EventLog;
}

/** What the steps of the start share. */
interface Start extends Host, Voice {}

/** The edges, and where to tell what happens. */
interface Connected extends Environment, Edges {
  readonly repository: Edges['repository'];
}

/** The two flows and what people may hold them with. */
interface Flows {
  readonly delivery: Delivery;
  readonly automation: Automation;
  readonly suspensions: Suspensions;
  start(): void;
  /** Finishes the current step, in `STOP_DEADLINE` at most, and ends all that goes on in the background. */
  stop(): Promise<void>;
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

/** Ties the two flows together: what one delivers the other looks at, what the other commits the first delivers. */
function createFlows(env: Connected, closing: AbortController): Flows {
  const { signal } = closing;
  const giveBack = createGiveBack();
  const suspensions = createSuspensions(env, signal, () => delivery.resumed());
  const delivery = createDelivery(env, {
    signal,
    onLooked: suspensions.refresh,
    onDelivered: () => {
      giveBack.soon();
      suspensions.watchExpiry();
      automation.delivered();
    },
  });
  const { load, loop } = delivery;
  const automation = createAutomation({ env, registry: env.registry, load, lookNow: loop.lookNow, signal });
  return {
    delivery,
    automation,
    suspensions,
    start() {
      loop.start();
      automation.start();
    },
    async stop() {
      const cut = setTimeout(() => closing.abort(new Error('the agent stops')), STOP_DEADLINE);
      await delivery.stop(STOP_DEADLINE);
      clearTimeout(cut);
      closing.abort(new Error('the agent stops'));
      giveBack.stop();
      suspensions.stop();
      await automation.stop();
    },
  };
}

function createAgentService(
  env: Connected,
  { delivery, automation, suspensions }: Flows,
  { events, version }: Start,
  signal: AbortSignal,
): AgentService {
  const { config, repository } = env;
  const { loop, load } = delivery;
  const facts = {
    environment: config.environment,
    namespace: env.agentNamespace,
    version,
    startedAt: now().toISOString(),
    readOnly: config.gitReadonly,
    url: repository.url,
    paths: config.gitPaths,
  };
  const readiness = createReadiness(env, loop);
  const identity = () => repository.publicKey(signal);
  return createService({ env, facts, events, loop, automation, suspensions, readiness, load, identity });
}

/** Opens the doors: the API for people, the one for machines, and the agent file that says where they are. */
async function openDoors({ config, repository }: Edges, service: AgentService, start: Start): Promise<void> {
  const { logger, events, version, atEnd } = start;
  const token = createToken();
  const onError = (error: { message: string }): void => logger.error(error.message);
  const people = await startPeopleApi({ service, listen: config.listen, token, version, onError });
  atEnd(() => people.close());
  const machines = await startMachineApi({ service, listen: config.listenMetrics });
  atEnd(() => machines.close());
  events.emit({
    type: 'agent-started',
    severity: 'info',
    message: `Weaveflux ${version} keeps ${config.environment} equal to ${repository.url}; the API is at ${people.url}.`,
  });
  const file = start.env.WEAVEFLUX_AGENT_FILE ?? agentFilePath(agentFileDirectory(start.env), config.environment);
  const content = {
    url: people.url,
    metricsUrl: machines.url,
    token,
    environment: config.environment,
    pid: process.pid,
    repository: repository.url,
    branch: repository.branch,
  };
  await writeAgentFile(file, content).catch((cause: unknown) => {
    throw unwritable(`The agent file ${file}`, 'name another with WEAVEFLUX_AGENT_FILE', cause);
  });
  atEnd(() => removeAgentFile(file, process.pid));
}

async function makeDataFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
    throw unwritable(`The data folder ${path}`, 'name another with --data-dir', cause);
  });
}

function unwritable(what: string, instead: string, cause: unknown): WeavefluxError {
  const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
  return new WeavefluxError('INVALID_SETTINGS', `${what} cannot be written (${reason}); ${instead}.`, { cause });
}

/** Says which key must be let in; asking may take as long as the cluster lets us wait, so nothing waits for it. */
async function tellIdentity({ repository }: Edges, logger: Logger, signal: AbortSignal): Promise<void> {
  try {
    const identity = await repository.publicKey(signal);
    if (identity !== undefined) logger.info(`The repository must accept this deploy key: ${identity}`);
  } catch (error) {
    if (!signal.aborted) logger.warning(asWeavefluxError(error).message);
  }
}

async function stopped(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
