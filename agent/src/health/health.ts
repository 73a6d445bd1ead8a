import { ENVIRONMENT_GROUP, ENVIRONMENT_KIND, type Health, idOf, type JsonObject } from '@weaveflux/shared';
import { conditionsHealth, generalHealth } from './generic.ts';
import { healthy } from './results.ts';
import { RULES } from './rules.ts';

/**
 * How a live object stands, by the kstatus rules of its kind and by standard conditions for kinds without a rule.
 * Pure: the same object always gives the same answer. Workloads carry ready and desired counts in every state. An
 * Environment is as it should be as soon as it is there: its conditions must have no say in what they tell of.
 */
export function healthOf(object: JsonObject): Health {
  const { group, kind } = idOf(object);
  if (group === ENVIRONMENT_GROUP && kind === ENVIRONMENT_KIND) return healthy();
  const own = (RULES[`${group}/${kind}`] ?? conditionsHealth)(object);
  const general = generalHealth(object);
  if (general === undefined) return own;
  const { ready, desired } = own;
  return { ...general, ...(ready === undefined ? {} : { ready }), ...(desired === undefined ? {} : { desired }) };
}
