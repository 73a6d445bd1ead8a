import { type Health, idOf, type JsonObject } from '@weaveflux/shared';
import { conditionsHealth, generalHealth } from './generic.ts';
import { RULES } from './rules.ts';

/**
 * How a live object stands, by the kstatus rules of its kind and by standard conditions for kinds without a rule.
 * Pure: the same object always gives the same answer. Workloads carry ready and desired counts in every state.
 */
export function healthOf(object: JsonObject): Health {
  const { group, kind } = idOf(object);
  const own = (RULES[`${group}/${kind}`] ?? conditionsHealth)(object);
  const general = generalHealth(object);
  if (general === undefined) return own;
  const { ready, desired } = own;
  return { ...general, ...(ready === undefined ? {} : { ready }), ...(desired === undefined ? {} : { desired }) };
}
