import { type Stance, stanceOf } from '../plan/stance.ts';
import type { DesiredObject } from '../targets/kubernetes/types.ts';
import type { Environment } from './environment.ts';
import { livePolicies } from './wanted.ts';

/** Whether an object is corrected, only reported or left alone now, by its manifest, its live annotations and suspensions. */
export function stanceToward(env: Environment, object: DesiredObject): Stance {
  const { memory } = env;
  const declared = memory.wanted.get(object.key)?.policies;
  const live = memory.live.get(object.key);
  return stanceOf({
    key: object.key,
    declared: declared ?? { ignore: false, driftReport: false },
    live: live === undefined ? undefined : livePolicies(live),
    suspensions: memory.suspensions,
    now: env.now(),
  });
}
