import { untilAborted } from '../../concurrency/until-aborted.ts';
import type { Cluster } from './cluster.ts';
import { findScaled, type Scaled, statesReplicas } from './replicas.ts';
import type { DesiredObject } from './types.ts';

/** Milliseconds in which what autoscalers target is not asked again for the comparing of single objects. */
const KEPT = 10_000;

/**
 * What autoscalers target in an object's namespace, asked at most once in ten seconds: many objects may be compared at
 * once. `closed` ends the asking, since callers share it: one that leaves must not end it for the others.
 */
export function createScaledCache(
  cluster: Cluster,
  now: () => Date,
  closed: AbortSignal,
): (object: DesiredObject, signal: AbortSignal) => Promise<Scaled> {
  const held = new Map<string, { at: number; scaled: Promise<Scaled> }>();
  return async (object, signal) => {
    if (!statesReplicas(object)) return new Set();
    const { namespace } = object.id;
    const known = held.get(namespace);
    if (known !== undefined && now().getTime() - known.at < KEPT) return untilAborted(known.scaled, signal);
    const scaled = findScaled(cluster, [object], closed);
    held.set(namespace, { at: now().getTime(), scaled });
    scaled.catch(() => held.delete(namespace));
    return untilAborted(scaled, signal);
  };
}
