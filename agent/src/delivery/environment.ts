import type { AgentConfig } from '../config/types.ts';
import type { Repository } from '../git/repository.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { NewEvent } from '../notify/event-log.ts';
import type { SuspensionStore } from '../publish/suspension-store.ts';
import type { KubernetesTarget } from '../targets/kubernetes/types.ts';
import type { Memory } from './memory.ts';

/** What the two flows work with: the edges, the memory, and where to tell what happens. */
export interface Environment {
  readonly config: AgentConfig;
  readonly memory: Memory;
  readonly repository: Repository;
  readonly target: KubernetesTarget;
  readonly suspensionStore: SuspensionStore;
  readonly metrics: Metrics;
  /** '' outside a cluster. */
  readonly agentNamespace: string;
  emit(event: NewEvent): unknown;
  /** Called when health or state may have changed, also where that is no event. */
  onState?(): void;
  now(): Date;
  random(): number;
}

/** The first seven digits of a revision, as people read them. */
export function short(revision: string): string {
  return revision.slice(0, 7);
}
