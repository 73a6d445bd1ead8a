import { isDeepStrictEqual } from 'node:util';
import { displayName, parseObjectKey, type Suspension } from '@weaveflux/shared';
import { activeSuspensions } from '../plan/suspensions.ts';
import type { Environment } from './environment.ts';

/**
 * Reads the suspensions as they are kept in the cluster, and tells those that came or went without the agent: put there
 * by hand, taken away by hand, or over. True when one has ended.
 */
export async function refreshSuspensions(env: Environment, signal: AbortSignal): Promise<boolean> {
  const { memory } = env;
  const before = memory.suspensions;
  const found = activeSuspensions(await env.suspensionStore.read(signal), env.now());
  // Somebody suspended or resumed while this was read, so it may tell what no longer is.
  if (memory.suspensions !== before) return refreshSuspensions(env, signal);
  if (isDeepStrictEqual(found, before)) return false;
  memory.suspensions = found;
  for (const suspension of found) if (!includes(before, suspension)) tell(env, 'suspended', suspension);
  const ended = before.filter((suspension) => !found.some(({ object }) => object === suspension.object));
  for (const suspension of ended) tell(env, 'resumed', suspension);
  return ended.length > 0;
}

/** Tells that a suspension has begun or ended. */
export function tell(env: Environment, type: 'suspended' | 'resumed', suspension: Suspension, by?: string): void {
  const { object, reason, until } = suspension;
  const id = object === undefined ? undefined : parseObjectKey(object);
  const what = id === undefined ? 'The environment' : displayName(id);
  const end = until === undefined ? '' : ` until ${until}`;
  const message =
    type === 'suspended'
      ? `${what} is suspended by ${suspension.by}${end}: ${reason}`
      : `${what} is no longer suspended${by === undefined ? '' : `: resumed by ${by}`}.`;
  const severity = type === 'suspended' ? 'warning' : 'info';
  env.emit({ type, severity, ...(object === undefined ? {} : { object }), message });
}

function includes(list: readonly Suspension[], { object, since, until, reason }: Suspension): boolean {
  return list.some(
    (each) => each.object === object && each.since === since && each.until === until && each.reason === reason,
  );
}
