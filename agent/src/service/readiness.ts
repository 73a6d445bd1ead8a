import type { Environment } from '../delivery/environment.ts';
import type { Loop } from '../delivery/loop.ts';
import { objectStatuses } from '../delivery/status.ts';
import { activeSuspensions } from '../plan/suspensions.ts';

/** How long Git may be away, in poll intervals, before the agent is not ready; at least `LEAST` milliseconds. */
const INTERVALS = 10;
const LEAST = 60_000;

/** Says whether the agent does its work, for `/readyz`, and keeps the gauges current. */
export interface Readiness {
  /** Why the agent is not ready; empty = ready. */
  reasons(): readonly string[];
  /** Sets the gauges from the memory. */
  measure(): void;
}

/** The readiness of an agent with this loop. */
export function createReadiness(env: Environment, loop: Pick<Loop, 'lastProgress' | 'waiting'>): Readiness {
  const { memory, config, metrics } = env;
  const started = env.now().getTime();

  function reasons(): string[] {
    const now = env.now().getTime();
    const longest = Math.max(LEAST, config.gitPollInterval * INTERVALS);
    const found: string[] = [];
    const checked = memory.repository.checkedAt === undefined ? undefined : Date.parse(memory.repository.checkedAt);
    if (checked === undefined && memory.repository.problem === undefined) found.push('the repository was not read yet');
    if (now - (checked ?? started) > longest && memory.repository.problem !== undefined) {
      found.push(`the repository could not be read for ${Math.round((now - (checked ?? started)) / 1000)} s`);
    }
    const stuck = Math.max(longest, config.syncTimeout * 2, config.gitTimeout * 2);
    if (now - loop.lastProgress() > stuck) found.push('the delivery loop is stuck');
    return found;
  }

  function measure(): void {
    metrics.gitReady.set({}, memory.repository.problem === undefined && memory.repository.head !== undefined ? 1 : 0);
    metrics.pruneWaiting.set({}, memory.prune?.objects.length ?? 0);
    metrics.deliveriesWaiting.set({}, loop.waiting());
    const suspended = activeSuspensions(memory.suspensions, env.now());
    const whole = suspended.filter(({ object }) => object === undefined).length;
    metrics.suspensions.set({ scope: 'environment' }, whole);
    metrics.suspensions.set({ scope: 'workload' }, suspended.length - whole);
    const counts = new Map<string, { labels: { action: string; health: string; drift: string }; value: number }>();
    for (const { action, health, drift } of objectStatuses(memory)) {
      const labels = { action, health: health.state, drift: drift?.mode ?? 'none' };
      const name = Object.values(labels).join();
      counts.set(name, { labels, value: (counts.get(name)?.value ?? 0) + 1 });
    }
    metrics.objects.replace([...counts.values()]);
  }

  return { reasons, measure };
}
