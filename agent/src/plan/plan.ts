import type { DesiredObject } from '../targets/kubernetes/types.ts';
import type { Stance } from './stance.ts';

/** What a delivery is planned from. */
export interface DeliveryInput {
  readonly desired: readonly DesiredObject[];
  /** By `objectKey`: the hash of what was last sent and accepted. Whatever failed is not in it. */
  readonly applied: ReadonlyMap<string, { readonly hash: string }>;
  /** Send also what has not changed. */
  readonly force: boolean;
  /** How the agent stands to an object; only `leave` keeps it from being sent. */
  readonly stance: (object: DesiredObject) => Stance;
}

/** What a delivery does with each desired object. Every one is in exactly one of the lists. */
export interface DeliveryPlan {
  /** In the order of the waves, else as given. */
  readonly send: readonly DesiredObject[];
  readonly unchanged: readonly DesiredObject[];
  readonly skipped: readonly { readonly object: DesiredObject; readonly reason: string }[];
}

/** Decides which objects of a revision are sent. */
export function planDelivery({ desired, applied, force, stance }: DeliveryInput): DeliveryPlan {
  const send: DesiredObject[] = [];
  const unchanged: DesiredObject[] = [];
  const skipped: { object: DesiredObject; reason: string }[] = [];
  for (const object of desired) {
    const position = stance(object);
    if (position.kind === 'leave') skipped.push({ object, reason: position.reason });
    else if (!force && applied.get(object.key)?.hash === object.hash) unchanged.push(object);
    else send.push(object);
  }
  return { send: send.sort((a, b) => a.wave - b.wave), unchanged, skipped };
}
