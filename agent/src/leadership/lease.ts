import { type JsonObject, objectAt, stringAt, valueAt } from '@weaveflux/shared';

/** What a Lease of coordination.k8s.io/v1 says (its `spec`), and the version of it that was read. */
export interface Lease {
  /** Empty = nobody. */
  readonly holder: string;
  /** Milliseconds for which a renewal counts. */
  readonly duration: number;
  /** RFC 3339 with microseconds, by the holder's clock; compared for equality only. */
  readonly renewedAt: string;
  readonly acquiredAt: string;
  readonly transitions: number;
  readonly resourceVersion: string;
}

/** A Lease as it was last seen to change, and when that was by our own monotonic clock (milliseconds). */
export interface Sighting {
  readonly lease: Lease;
  readonly at: number;
}

/** Reads an object of the API. A Lease that nobody filled in belongs to nobody. */
export function readLease(object: JsonObject): Lease {
  const spec = objectAt(object, ['spec']);
  const count = (name: string) => Number(valueAt(spec, [name]) ?? 0);
  return {
    holder: stringAt(spec, ['holderIdentity']) ?? '',
    duration: count('leaseDurationSeconds') * 1000,
    renewedAt: stringAt(spec, ['renewTime']) ?? '',
    acquiredAt: stringAt(spec, ['acquireTime']) ?? '',
    transitions: count('leaseTransitions'),
    resourceVersion: stringAt(object, ['metadata', 'resourceVersion']) ?? '',
  };
}

/** The `spec` of a Lease that `holder` takes or renews now; an empty holder gives it back. */
export function leaseSpec(before: Lease | undefined, holder: string, duration: number, now: Date): JsonObject {
  const time = now.toISOString().replace('Z', '000Z');
  const isSame = before !== undefined && before.holder === holder;
  return {
    holderIdentity: holder,
    leaseDurationSeconds: Math.max(1, Math.round(duration / 1000)),
    renewTime: time,
    acquireTime: isSame && before.acquiredAt !== '' ? before.acquiredAt : time,
    leaseTransitions: (before?.transitions ?? 0) + (before === undefined || isSame || holder === '' ? 0 : 1),
  };
}

/**
 * What is seen now beside what was seen before: the time of an unchanged Lease stays. Only our own clock counts, so that
 * a holder whose clock is wrong is neither robbed nor immortal.
 */
export function sight(before: Sighting | undefined, lease: Lease, at: number): Sighting {
  const isSame =
    before !== undefined && before.lease.holder === lease.holder && before.lease.renewedAt === lease.renewedAt;
  return isSame ? { lease, at: before.at } : { lease, at };
}

/** Whether `identity` may take a Lease that was sighted: it is its own, nobody's, or not renewed for its whole duration. */
export function mayTake({ lease, at }: Sighting, identity: string, now: number): boolean {
  return lease.holder === '' || lease.holder === identity || now - at >= lease.duration;
}
