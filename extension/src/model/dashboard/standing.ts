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
  const total = services.length;
  const ready = services.filter(({ state }) => state === 'healthy' || state === 'suspended').length;
  if (status.sync.state === 'pending') return { kind: 'pending' };
  return status.sync.state === 'healthy' && ready === total
    ? { kind: 'healthy', total }
    : { kind: 'progressing', ready, total };
}

/** Why the environment fails, each reason once; what keeps Git or the whole revision from being applied first. */
function reasonsOf({ repository, sync }: Status, services: readonly Service[]): string[] {
  const errors: Problem[] = sync.problems.filter(({ severity }) => severity === 'error');
  const failed = services.filter(({ state }) => state === 'failed');
  const reasons = [
    ...(repository.problem === undefined ? [] : [repository.problem.message]),
    ...errors.map(({ message }) => message),
    ...failed.map(({ name, message }) => (message === '' ? name : startingWith(name, message))),
  ];
  const unique = [...new Set(reasons)].filter(
    (reason, index, all) => !all.slice(0, index).some((r) => r.includes(reason)),
  );
  return unique.length === 0 && sync.state === 'failed' ? [''] : unique;
}

function startingWith(name: string, message: string): string {
  return message.includes(name) ? message : `${name}: ${message}`;
}
