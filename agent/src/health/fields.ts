import { isObject, type JsonObject, listAt, type Path, stringAt, valueAt } from '@weaveflux/shared';

/** One entry of `status.conditions`. */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration: number | undefined;
}

/** The condition of that type, or `undefined`. */
export function conditionOf(object: JsonObject, type: string): Condition | undefined {
  const found = listAt(object, ['status', 'conditions']).find((entry) => isObject(entry) && entry.type === type);
  if (!isObject(found)) return undefined;
  return {
    type,
    status: stringAt(found, ['status']) ?? 'Unknown',
    reason: stringAt(found, ['reason']) ?? '',
    message: stringAt(found, ['message']) ?? '',
    observedGeneration: numberAt(found, ['observedGeneration']),
  };
}

/** What a condition says, for people: its message, else its reason, else its type and status. */
export function sayCondition(condition: Condition): string {
  return condition.message || condition.reason || `${condition.type} is ${condition.status}`;
}

/** The number at a path, or `undefined` where there is none. */
export function numberAt(object: JsonObject, path: Path): number | undefined {
  const found = valueAt(object, path);
  return typeof found === 'number' ? found : undefined;
}

/** A count in the status, 0 where the controller left it out. */
export function countAt(object: JsonObject, ...path: Path): number {
  return numberAt(object, path) ?? 0;
}
