import { type Difference, displayName } from '@weaveflux/shared';
import type { DesiredObject } from '../targets/kubernetes/types.ts';

/** What a person reads of an interference: the object, each field with both values, who and when, as the cluster tells it. */
export function sayDifferences(object: DesiredObject, differences: readonly Difference[]): string {
  const name = displayName(object.id);
  if (differences.some(({ path }) => path === '')) return `${name} was deleted; Kubernetes does not tell by whom.`;
  const fields = differences.map(({ path, desired = '(absent)', live = '(absent)', manager, time }) => {
    const who = manager === undefined ? '' : ` by ${manager}${time === undefined ? '' : ` at ${time}`}`;
    return `${path} ${desired} → ${live}${who}`;
  });
  return `${name} was changed: ${fields.join('; ')}.`;
}

/** A problem's message with the object's name before it, where it does not begin with that. */
export function sayProblem(object: DesiredObject, message: string): string {
  const name = displayName(object.id);
  return message.startsWith(name) ? message : `${name}: ${message}`;
}
