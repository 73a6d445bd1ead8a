import { toProblem, type WeavefluxError } from '@weaveflux/shared';
import type { Environment } from './environment.ts';

/** Takes down whether the cluster answered (no error) or not, and tells when that changes. */
export function sawCluster(env: Environment, error: WeavefluxError | undefined): void {
  const { cluster } = env.memory;
  if (error !== undefined && error.code !== 'API_UNREACHABLE' && error.code !== 'TIMEOUT') return;
  const before = cluster.problem;
  cluster.problem = error === undefined ? undefined : toProblem(error);
  if (before === undefined && error !== undefined)
    env.emit({ type: 'cluster-unreachable', severity: 'error', message: error.message });
  if (before !== undefined && error === undefined)
    env.emit({ type: 'cluster-recovered', severity: 'info', message: 'The Kubernetes API answers again.' });
}
