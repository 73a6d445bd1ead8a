import type { ObjectPolicies, Suspension } from '@weaveflux/shared';
import { suspensionOf } from './suspensions.ts';

/** What the annotations of a manifest say about leaving it alone. */
export type DeclaredPolicies = Pick<ObjectPolicies, 'ignore' | 'driftReport'>;

/** What the annotations of a live object say about leaving it alone. */
export type LivePolicies = Pick<ObjectPolicies, 'ignore' | 'ignoreUntil' | 'pruneDisabled'>;

/** How the agent stands to one object: it keeps it true, only tells what differs, or leaves it, until when if that ends by itself. */
export type Stance =
  | { readonly kind: 'correct' }
  | { readonly kind: 'report' }
  | { readonly kind: 'leave'; readonly reason: string; readonly until?: Date };

/** What a stance is made of. */
export interface StanceInput {
  /** `objectKey`. */
  readonly key: string;
  /** Absent where no manifest states the object (any more). */
  readonly declared?: DeclaredPolicies | undefined;
  /** Absent where the live object is not known or not there. */
  readonly live?: LivePolicies | undefined;
  readonly suspensions: readonly Suspension[];
  readonly now: Date;
}

/**
 * Whether an object is corrected, only reported or left alone, and why: suspension, then `ignore`, `ignore-until`, and the
 * manifest's `drift: report`.
 */
export function stanceOf(input: StanceInput): Stance {
  const left = suspendedReason(input) ?? ignoredReason(input.declared, input.live, input.now);
  if (left !== undefined) return left;
  return input.declared?.driftReport === true ? { kind: 'report' } : { kind: 'correct' };
}

function suspendedReason({ suspensions, key, now }: StanceInput): Stance | undefined {
  const suspension = suspensionOf(suspensions, key, now);
  if (suspension === undefined) return undefined;
  const what = suspension.object === undefined ? 'the environment is suspended' : 'it is suspended';
  return leave(`${what} by ${suspension.by}: ${suspension.reason}`, Date.parse(suspension.until ?? ''));
}

function ignoredReason(
  declared: DeclaredPolicies | undefined,
  live: LivePolicies | undefined,
  now: Date,
): Stance | undefined {
  if (declared?.ignore === 'true') return leave('its manifest says ignore');
  if (live?.ignore === 'true') return leave('the live object says ignore');
  const until = Date.parse(live?.ignoreUntil ?? '');
  return now.getTime() < until ? leave(`the live object says ignore until ${live?.ignoreUntil}`, until) : undefined;
}

function leave(reason: string, until = Number.NaN): Stance {
  return { kind: 'leave', reason, ...(Number.isNaN(until) ? {} : { until: new Date(until) }) };
}
