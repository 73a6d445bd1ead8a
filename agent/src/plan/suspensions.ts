import type { Suspension } from '@weaveflux/shared';

/** Whether a suspension still holds. One without a readable end holds until it is resumed. */
export function holds(suspension: Suspension, now: Date): boolean {
  const end = Date.parse(suspension.until ?? '');
  return Number.isNaN(end) || now.getTime() < end;
}

/** The suspensions that hold now. */
export function activeSuspensions(suspensions: readonly Suspension[], now: Date): Suspension[] {
  return suspensions.filter((suspension) => holds(suspension, now));
}

/** The suspension that holds for an object (`objectKey`): of the whole environment before one of its own; without a key, the environment's. */
export function suspensionOf(
  suspensions: readonly Suspension[],
  key: string | undefined,
  now: Date,
): Suspension | undefined {
  const active = activeSuspensions(suspensions, now);
  const whole = active.find((suspension) => suspension.object === undefined);
  return whole ?? (key === undefined ? undefined : active.find((suspension) => suspension.object === key));
}

/** When the next suspension that holds now ends, or `undefined` when none ends by itself. */
export function nextExpiry(suspensions: readonly Suspension[], now: Date): Date | undefined {
  const ends = activeSuspensions(suspensions, now)
    .map((suspension) => Date.parse(suspension.until ?? ''))
    .filter((end) => !Number.isNaN(end));
  return ends.length === 0 ? undefined : new Date(Math.min(...ends));
}
