import {
  asWeavefluxError,
  parseDuration,
  type RequestedBy,
  type ResumeRequest,
  type SuspendRequest,
  type Suspension,
  WeavefluxError,
} from '@weaveflux/shared';
import { Queue } from '../concurrency/queue.ts';
import { sawCluster } from '../delivery/cluster.ts';
import type { Environment } from '../delivery/environment.ts';
import { createSerial } from '../delivery/serial.ts';
import { refreshSuspensions, tell } from '../delivery/suspensions.ts';
import { activeSuspensions, holds, nextExpiry } from '../plan/suspensions.ts';
import { workloadKeyNamed } from './subjects.ts';

const LONGEST_TIMER = 2 ** 31 - 1;

/** Takes and ends suspensions; calls `onResume` whenever one ends, by a person, by its time or by hand in the cluster. */
export interface Suspensions {
  suspend(request: SuspendRequest, signal: AbortSignal): Promise<Suspension>;
  resume(request: ResumeRequest, signal: AbortSignal): Promise<void>;
  /** Reads them anew in the background: somebody may have put one there by hand. */
  refresh(): void;
  /** Looks when the next one ends; called after each read of the inventory. */
  watchExpiry(): void;
  stop(): void;
}

/** The suspensions of an environment. */
export function createSuspensions(env: Environment, closing: AbortSignal, onResume: () => void): Suspensions {
  const { memory, suspensionStore } = env;
  const reading = createSerial((_, error) => {
    if (!closing.aborted) sawCluster(env, asWeavefluxError(error));
  });
  /** Two who change the list at once would each lose what the other wrote. */
  const changes = new Queue();
  let timer: NodeJS.Timeout | undefined;

  async function suspend(request: SuspendRequest, signal: AbortSignal): Promise<Suspension> {
    const object = request.workload === undefined ? undefined : workloadKeyNamed(request.workload, memory);
    const now = env.now();
    const until = request.for === undefined ? undefined : new Date(now.getTime() + parseDuration(request.for));
    const suspension: Suspension = {
      reason: request.reason,
      by: nameOf(request.requestedBy),
      since: now.toISOString(),
      ...(until === undefined ? {} : { until: until.toISOString() }),
      ...(object === undefined ? {} : { object }),
    };
    const others = (await current(signal)).filter((other) => other.object !== object);
    await put([...others, suspension], signal);
    tell(env, 'suspended', suspension);
    return suspension;
  }

  async function resume(request: ResumeRequest, signal: AbortSignal): Promise<void> {
    const object = request.workload === undefined ? undefined : workloadKeyNamed(request.workload, memory);
    const active = await current(signal);
    const ended = active.find((other) => other.object === object);
    if (ended === undefined) {
      throw new WeavefluxError(
        'NOT_FOUND',
        `${request.workload ?? 'The environment'} is not suspended; see: weaveflux status`,
      );
    }
    await put(
      active.filter((other) => other !== ended),
      signal,
    );
    tell(env, 'resumed', ended, nameOf(request.requestedBy));
    onResume();
  }

  /** As they are now: what somebody has just written by hand must not be overwritten. */
  async function current(signal: AbortSignal): Promise<readonly Suspension[]> {
    if (await refreshSuspensions(env, signal)) onResume();
    return activeSuspensions(memory.suspensions, env.now());
  }

  async function put(suspensions: readonly Suspension[], signal: AbortSignal): Promise<void> {
    // As they are read from now on: else the next look would take what was just written for news.
    memory.suspensions = await suspensionStore.write(suspensions, signal);
    watchExpiry();
  }

  function watchExpiry(): void {
    clearTimeout(timer);
    const end = nextExpiry(memory.suspensions, env.now());
    if (end === undefined) return;
    timer = setTimeout(expire, Math.min(Math.max(0, end.getTime() - env.now().getTime() + 1), LONGEST_TIMER));
  }

  function expire(): void {
    const now = env.now();
    const over = memory.suspensions.filter((suspension) => !holds(suspension, now));
    memory.suspensions = activeSuspensions(memory.suspensions, now);
    for (const suspension of over) tell(env, 'resumed', suspension);
    if (over.length > 0) onResume();
    watchExpiry();
  }

  function refresh(): void {
    reading.run('', async () => {
      const ended = await refreshSuspensions(env, closing);
      sawCluster(env, undefined);
      watchExpiry();
      if (ended) onResume();
    });
  }

  return {
    suspend: (request, signal) => changes.run(() => suspend(request, signal)),
    resume: (request, signal) => changes.run(() => resume(request, signal)),
    refresh,
    watchExpiry,
    stop: () => clearTimeout(timer),
  };
}

/** How a person is shown: `Ann <ann@example.com>`. */
export function nameOf({ name, email }: RequestedBy): string {
  return email === undefined ? name : `${name} <${email}>`;
}
