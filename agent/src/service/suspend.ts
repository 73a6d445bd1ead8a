import {
  parseDuration,
  type RequestedBy,
  type ResumeRequest,
  type SuspendRequest,
  type Suspension,
  WeavefluxError,
} from '@weaveflux/shared';
import type { Environment } from '../delivery/environment.ts';
import { activeSuspensions, nextExpiry } from '../plan/suspensions.ts';
import { workloadKeyNamed } from './subjects.ts';

const LONGEST_TIMER = 2 ** 31 - 1;

/** Takes and ends suspensions; calls `onResume` whenever one ends, by a person or by its time. */
export interface Suspensions {
  suspend(request: SuspendRequest, signal: AbortSignal): Promise<Suspension>;
  resume(request: ResumeRequest, signal: AbortSignal): Promise<void>;
  /** Looks when the next one ends; called after each read of the inventory. */
  watchExpiry(): void;
  stop(): void;
}

/** The suspensions of an environment, kept beside its inventory. */
export function createSuspensions(env: Environment, onResume: () => void): Suspensions {
  const { memory, target } = env;
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
    const others = activeSuspensions(memory.suspensions, now).filter((other) => other.object !== object);
    await put([...others, suspension], signal);
    env.emit({
      type: 'suspended',
      severity: 'warning',
      ...(object === undefined ? {} : { object }),
      message: `${request.workload ?? 'The environment'} is suspended by ${suspension.by}${until === undefined ? '' : ` until ${until.toISOString()}`}: ${request.reason}`,
    });
    return suspension;
  }

  async function resume(request: ResumeRequest, signal: AbortSignal): Promise<void> {
    const object = request.workload === undefined ? undefined : workloadKeyNamed(request.workload, memory);
    const kept = memory.suspensions.filter((other) => other.object !== object);
    if (kept.length === memory.suspensions.length) {
      throw new WeavefluxError(
        'NOT_FOUND',
        `${request.workload ?? 'The environment'} is not suspended; see: weaveflux status`,
      );
    }
    await put(kept, signal);
    env.emit({
      type: 'resumed',
      severity: 'info',
      ...(object === undefined ? {} : { object }),
      message: `${request.workload ?? 'The environment'} is resumed by ${nameOf(request.requestedBy)}.`,
    });
    onResume();
  }

  async function put(suspensions: readonly Suspension[], signal: AbortSignal): Promise<void> {
    await target.inventory.suspend(suspensions, signal);
    memory.suspensions = suspensions;
    watchExpiry();
  }

  function watchExpiry(): void {
    clearTimeout(timer);
    const end = nextExpiry(memory.suspensions, env.now());
    if (end === undefined) return;
    timer = setTimeout(expire, Math.min(Math.max(0, end.getTime() - env.now().getTime() + 1), LONGEST_TIMER));
  }

  function expire(): void {
    const active = activeSuspensions(memory.suspensions, env.now());
    if (active.length < memory.suspensions.length) {
      memory.suspensions = active;
      env.emit({ type: 'resumed', severity: 'info', message: 'A suspension has ended by its time.' });
      onResume();
    }
    watchExpiry();
  }

  return { suspend, resume, watchExpiry, stop: () => clearTimeout(timer) };
}

/** How a person is shown: `Ann <ann@example.com>`. */
export function nameOf({ name, email }: RequestedBy): string {
  return email === undefined ? name : `${name} <${email}>`;
}
