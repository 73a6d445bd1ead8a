import type { Health } from '@weaveflux/shared';

/** Ready and wanted replicas of a workload. */
export interface Counts {
  readonly ready: number;
  readonly desired: number;
}

/** Is as its kind means it. */
export function healthy(message = '', counts?: Counts): Health {
  return { state: 'healthy', message, ...counts };
}

/** Is not there yet and may become so without a change. */
export function progressing(message: string, counts?: Counts): Health {
  return { state: 'progressing', message, ...counts };
}

/** Will not become healthy by itself. */
export function failed(message: string, counts?: Counts): Health {
  return { state: 'failed', message, ...counts };
}

/** Stands still because its spec asks for it. */
export function suspended(message: string, counts?: Counts): Health {
  return { state: 'suspended', message, ...counts };
}
