import type { AgentService } from '../api/service.ts';
import type { Metrics } from '../metrics/metrics.ts';

/** What the API for machines tells; it is open for the whole life of the process, whether the agent works or stands by. */
export interface HealthDoor extends Pick<AgentService, 'notReady' | 'metrics'> {
  /** From now on a working agent answers; `undefined` = none works. */
  show(service: Pick<AgentService, 'notReady' | 'metrics'> | undefined): void;
  /** A standby is ready, as it could work at once, unless there is a reason why it could not. */
  standBy(reason?: string): void;
}

/** A door behind which the agent still starts. */
export function createHealthDoor(metrics: Metrics): HealthDoor {
  let working: Pick<AgentService, 'notReady' | 'metrics'> | undefined;
  let reasons: readonly string[] = ['the agent starts'];
  return {
    show(service) {
      working = service;
    },
    standBy(reason) {
      reasons = reason === undefined ? [] : [reason];
    },
    notReady: () => working?.notReady() ?? reasons,
    metrics: () => working?.metrics() ?? metrics.print(),
  };
}
