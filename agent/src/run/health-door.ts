import type { HookDoor } from '../api/hooks/hooks.ts';
import type { AgentService } from '../api/service.ts';
import type { Metrics } from '../metrics/metrics.ts';

/** What of a working agent machines get to see. */
type Working = Pick<AgentService, 'notReady' | 'metrics' | 'noticed'>;

/** What the API for machines tells; it is open for the whole life of the process, whether the agent works or stands by. */
export interface HealthDoor extends Pick<AgentService, 'notReady' | 'metrics'>, HookDoor {
  /** From now on a working agent answers; `undefined` = none works. */
  show(service: Working | undefined): void;
  /** A standby is ready, as it could work at once, unless there is a reason why it could not. */
  standBy(reason?: string): void;
}

/** A door behind which the agent still starts; `secret` reads the secret of its hooks. */
export function createHealthDoor(metrics: Metrics, secret: HookDoor['secret']): HealthDoor {
  let working: Working | undefined;
  let reasons: readonly string[] = ['the agent starts'];
  return {
    show(service) {
      working = service;
    },
    standBy(reason) {
      reasons = reason === undefined ? [] : [reason];
    },
    notReady: () => working?.notReady() ?? reasons,
    noticed: (notice) => working?.noticed(notice),
    secret,
    metrics: () => working?.metrics() ?? metrics.print(),
  };
}
