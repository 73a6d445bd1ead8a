import type { Problem, Status } from '@weaveflux/shared';
import type { Service, Standing } from './snapshot.ts';

/** How the environment stands, said by what matters most. */
export function standingOf(status: Status, services: readonly Service[]): Standing {
  const suspension = status.suspensions.find(({ object }) => object === undefined);
  if (suspension !== undefined) {
    const until = Date.parse(suspension.until ?? '');
    const { by, reason } = suspension;
    return { kind: 'suspended', by, reason, ...(Number.isNaN(until) ? {} : { until }) };
  }
  const reasons = reasonsOf(status, services);
  const [reason] = reasons;
  if (reason !== undefined) return { kind: 'failing', reason, more: reasons.length - 1 };
  if (status.sync.state === 'pending') return { kind: 'pending' };
  const total = services.length;
  const ready = services.filter(({ state }) => state === 'healthy' || state === 'suspended').length;
  if (ready < total) return { kind: 'progressing', of: 'services', ready, total };
  return status.sync.state === 'healthy' ? { kind: 'healthy', total } : { kind: 'progressing', ...progressOf(status) };
}

/** All services are healthy: then it is something else that is waited for. */
function progressOf({ objects }: Status): { of: 'objects'; ready: number; total: number } {
  const counted = objects.filter(({ action }) => action !== 'skipped' && action !== 'deleted');
  const ready = counted.filter(({ health }) => health.state === 'healthy' || health.state === 'suspended').length;
  return { of: 'objects', ready, total: counted.length };
}

/** Why the environment fails, each reason once; what keeps Git or the whole revision from being applied first. */
function reasonsOf({ repository, sync }: Status, services: readonly Service[]): string[] {
  const errors: Problem[] = sync.problems.filter(({ severity }) => severity === 'error');
  const untold = services.filter(
    ({ state, key, message }) =>
      state === 'failed' &&
      !errors.some((error) => error.object === key || (message !== '' && error.message === message)),
  );
  const reasons = [
    ...(repository.problem === undefined ? [] : [repository.problem.message]),
    ...errors.map(({ message }) => message),
    ...untold.map(({ name, message }) => (message === '' ? name : startingWith(name, message))),
  ];
  const unique = [...new Set(reasons)];
  return unique.length === 0 && sync.state === 'failed' ? [''] : unique;
}

function startingWith(name: string, message: string): string {
  return message.includes(name) ? message : `${name}: ${message}`;
}
