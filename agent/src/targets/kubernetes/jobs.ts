import { isObject, type JsonObject, listAt, stringAt } from '@weaveflux/shared';
import type { Cluster } from './cluster.ts';
import type { DesiredObject } from './types.ts';

export function isJob(id: { readonly group: string; readonly kind: string }): boolean {
  return id.group === 'batch' && id.kind === 'Job';
}

/**
 * Keeps a finished Job from running again while its manifest stays the same, whoever removed it (its own
 * `ttlSecondsAfterFinished`, a person). That a Job ran is kept in the inventory; whether it had ended when it
 * vanished only in memory, so that after a restart a vanished Job counts as ended: running twice is worse.
 */
export interface JobMemory {
  /** A Job as read or watched. */
  see(key: string, job: JsonObject): void;
  /** Those of these Jobs that are not to be created again, if they are gone. */
  ended(jobs: readonly DesiredObject[], signal: AbortSignal): Promise<ReadonlySet<string>>;
  /** These Jobs are in the cluster with these contents. */
  ran(jobs: readonly DesiredObject[], signal: AbortSignal): Promise<void>;
}

export function createJobMemory(cluster: Pick<Cluster, 'inventory'>): JobMemory {
  const unfinished = new Set<string>();
  return {
    see(key, job) {
      if (isFinished(job)) unfinished.delete(key);
      else unfinished.add(key);
    },
    async ended(jobs, signal) {
      if (jobs.length === 0) return new Set();
      const ran = await cluster.inventory.ranJobs(signal);
      return new Set(
        jobs.filter((job) => ran.get(job.key) === job.hash && !unfinished.has(job.key)).map((job) => job.key),
      );
    },
    async ran(jobs, signal) {
      if (jobs.length > 0) await cluster.inventory.recordJobs(new Map(jobs.map((job) => [job.key, job.hash])), signal);
    },
  };
}

function isFinished(job: JsonObject): boolean {
  return listAt(job, ['status', 'conditions']).some(
    (condition) =>
      isObject(condition) &&
      ['Complete', 'Failed'].includes(stringAt(condition, ['type']) ?? '') &&
      condition.status === 'True',
  );
}
