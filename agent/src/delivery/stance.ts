import { readPolicies } from '@weaveflux/shared';
import { type LivePolicies, type Stance, stanceOf } from '../plan/stance.ts';
import type { DesiredObject } from '../targets/kubernetes/types.ts';
import type { Environment } from './environment.ts';
import { livePolicies } from './wanted.ts';

/** Whether an object is corrected, only reported or left alone now, by its manifest, its live annotations and suspensions. */
export function stanceToward(env: Environment, object: DesiredObject): Stance {
  const live = env.memory.live.get(object.key);
  return stanceWith(env, object, live === undefined ? undefined : livePolicies(live));
}

/** The same for an object that the agent meets for the first time, by the annotations that it has in the cluster. */
export function stanceOnArrival(
  env: Environment,
  object: DesiredObject,
  annotations: Readonly<Record<string, string>>,
): Stance {
  return stanceWith(env, object, readPolicies(annotations, []));
}

function stanceWith(env: Environment, object: DesiredObject, live: LivePolicies | undefined): Stance {
  const { memory } = env;
  const { waits } = memory.sync;
  const isNew = memory.applied.get(object.key)?.hash !== object.hash;
  if (waits !== undefined && isNew) return { kind: 'leave', reason: waits.reason };
  return stanceOf({
    key: object.key,
    declared: memory.wanted.get(object.key)?.policies,
    live,
    suspensions: memory.suspensions,
    now: env.now(),
  });
}
