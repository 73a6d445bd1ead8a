import { asWeavefluxError } from '@weaveflux/shared';
import type { AgentService } from '../api/service.ts';
import { type Automation, createAutomation } from '../automation/automation.ts';
import type { AgentConfig } from '../config/types.ts';
import { createDelivery, type Delivery } from '../delivery/delivery.ts';
import type { Environment } from '../delivery/environment.ts';
import type { Term } from '../leadership/election.ts';
import type { EventLog } from '../notify/event-log.ts';
import type { Logger } from '../notify/logger.ts';
import { createPublisher, type Publisher } from '../publish/publisher.ts';
import { createGiveBack } from '../service/give-back.ts';
import { createReadiness } from '../service/readiness.ts';
import { createService } from '../service/service.ts';
import { createSuspensions, type Suspensions } from '../service/suspend.ts';
import { connect, type Edges, type Home, type Host } from './connect.ts';
import { openDoor } from './door.ts';
import type { HealthDoor } from './health-door.ts';

/** Milliseconds in which a stop finishes the current step; what closes after it takes up to three seconds, of ten. */
const STOP_DEADLINE = 6_000;

/** Where the agent speaks: its log, and the events that go there, too. */
export interface Voice {
  readonly logger: Logger;
  readonly events: EventLog;
}

/** What the process has before any work begins. */
export interface Start extends Omit<Host, 'atEnd'>, Voice {
  readonly config: AgentConfig;
  readonly home: Home;
  /** Which of several replicas this is: the pod's name. */
  readonly holder: string;
}

/** Whether the agent may work: as long as it holds the Lease, or always. */
export type Licence = Pick<Term, 'mayWrite'> & { readonly lost: AbortSignal | undefined };

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

/**
 * Does the agent's work until it is stopped or its licence is lost; then nothing that it began is left running. Where
 * the start fails, what was opened is closed again. Errors: those of opening the edges and the door.
 */
export async function work(
  start: Start,
  licence: Licence,
  health: HealthDoor,
  metricsUrl: string,
  stop: AbortSignal,
): Promise<void> {
  const closing = new AbortController();
  const closes: (() => Promise<unknown>)[] = [];
  const host: Host = { ...start, atEnd: (close) => void closes.push(close) };
  const cut = () => closing.abort(licence.lost?.reason);
  licence.lost?.addEventListener('abort', cut, { once: true });
  try {
    const edges = await connect(start.config, host, start.home, licence.mayWrite);
    const onState = (): void => {
      flows.automation.stateChanged();
      publisher.changed();
    };
    const environment = { ...edges, emit: start.events.emit, onState };
    const flows = createFlows(environment, closing, () => publisher.delivered());
    const onIdentity = () => publisher.changed();
    const service = createAgentService(environment, flows, start, onIdentity, closing.signal);
    const publisher = createEnvironmentPublisher(environment, flows, service, start, closing.signal);
    const door = await openDoor(service, start, edges, host, metricsUrl);
    start.events.emit({
      type: 'agent-started',
      severity: 'info',
      message: `Weaveflux ${start.version} keeps ${start.config.environment} equal to ${edges.repository.url}; the API is at ${door.url}.`,
    });
    health.show(service);
    start.metrics.leader.set({}, 1);
    void tellIdentity(edges, start.logger, closing.signal);
    publisher.start();
    flows.start();
    await ended(stop, licence.lost);
    await flows.stop();
    await publisher.stop();
    start.events.emit({ type: 'agent-stopped', severity: 'info', message: farewell(licence) });
  } finally {
    health.show(undefined);
    start.metrics.leader.set({}, 0);
    licence.lost?.removeEventListener('abort', cut);
    closing.abort(new Error('the agent stops'));
    await Promise.allSettled(closes.map((close) => close()));
  }
}

function farewell({ lost }: Licence): string {
  return lost?.aborted
    ? 'Weaveflux works no longer: the Lease is lost, and another takes over.'
    : 'Weaveflux stops; what it began is finished.';
}

/** Ties the two flows together: what one delivers the other looks at, what the other commits the first delivers. */
function createFlows(env: Connected, closing: AbortController, onDelivered: () => void): Flows {
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
      onDelivered();
    },
  });
  const { load, loop } = delivery;
  const automation = createAutomation({
    env,
    registry: env.registry,
    signatures: env.signatures,
    requests: env.requests,
    load,
    lookNow: loop.lookNow,
    onPassed: giveBack.soon,
    signal,
  });
  return {
    delivery,
    automation,
    suspensions,
    start() {
      loop.start();
      automation.start();
    },
    async stop() {
      // Without the Lease there is no step to finish: nothing more may be written.
      const patience = signal.aborted ? 0 : STOP_DEADLINE;
      const cut = setTimeout(() => closing.abort(new Error('the agent stops')), patience);
      await delivery.stop(patience);
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
  { events, version, now }: Start,
  onIdentity: () => void,
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
  return createService({ env, facts, events, loop, automation, suspensions, readiness, load, identity, onIdentity });
}

/** Shows in the cluster what the service tells, and lets people ask there for what the flows do. */
function createEnvironmentPublisher(
  env: Connected,
  { delivery, suspensions }: Flows,
  { status, events }: AgentService,
  { holder, warn }: Start,
  signal: AbortSignal,
): Publisher {
  return createPublisher({
    ...env,
    holder,
    events,
    status,
    sync: () => delivery.loop.sync({ force: true }),
    onSuspensions: suspensions.refresh,
    onEventDropped: () => env.metrics.eventsDropped.add({}),
    warn,
    signal,
  });
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

/** Waits for whichever of these is aborted first. */
async function ended(...signals: readonly (AbortSignal | undefined)[]): Promise<void> {
  const any = AbortSignal.any(signals.filter((signal) => signal !== undefined));
  if (any.aborted) return;
  await new Promise<void>((resolve) => any.addEventListener('abort', () => resolve(), { once: true }));
}
