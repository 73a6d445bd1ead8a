import type { AgentService } from '../api/service.ts';
import type { Metrics } from '../metrics/metrics.ts';

/** What the API for machines tells; it is open for the whole life of the process, whether the agent works or stands by. */
export interface HealthDoor extends Pick<AgentService, 'notReady' | 'metrics'> {
  /** From now on a working agent answers; `undefined` = none works. */
  show(service: Pick<AgentService, 'notReady' | 'metrics'> | undefined): void;
  /** A standby is ready: it could work at once. */
  standBy(): void;
}

/** A door behind which the agent still starts. */
export function createHealthDoor(metrics: Metrics): HealthDoor {
  let working: Pick<AgentService, 'notReady' | 'metrics'> | undefined;
  let standing = false;
  return {
    show(service) {
      working = service;
      standing = false;
    },
    standBy() {
      standing = true;
    },
    notReady: () => working?.notReady() ?? (standing ? [] : ['the agent starts']),
    metrics: () => working?.metrics() ?? metrics.print(),
  };
}
