import { WeavefluxError } from '@weaveflux/shared';

/** INVALID_SETTINGS for a place that the agent cannot write to. */
export function unwritable(what: string, instead: string, cause: unknown): WeavefluxError {
  const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
  return new WeavefluxError('INVALID_SETTINGS', `${what} cannot be written (${reason}); ${instead}.`, { cause });
}
