import { type Json, type JsonObject, listAt, objectAt, stringAt, valueAt } from '@weaveflux/shared';
import type { ClusterNode } from '../../targets/kubernetes/types.ts';

const REQUIRED = ['affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution'];

/**
 * Whether the spec of a pod lets it run on a node: by `nodeName`, `nodeSelector` and required node affinity, as the scheduler
 * understands them. Taints, free resources and volumes are not looked at.
 */
export function mayRunOn(spec: JsonObject, node: ClusterNode): boolean {
  const name = stringAt(spec, ['nodeName']);
  if (name !== undefined && name !== '' && name !== node.name) return false;
  const selected = Object.entries(objectAt(spec, ['nodeSelector'])).every(([key, value]) => node.labels[key] === value);
  if (!selected) return false;
  // A field that is written as null is as if it were not written.
  if ((valueAt(spec, REQUIRED) ?? undefined) === undefined) return true;
  return listAt(spec, [...REQUIRED, 'nodeSelectorTerms']).some((term) => isTermMet(term, node));
}

/** All expressions of a term must be met; one without any is met by no node. */
function isTermMet(term: Json, { name, labels }: ClusterNode): boolean {
  const expressions = listAt(term, ['matchExpressions']);
  const fields = listAt(term, ['matchFields']);
  if (expressions.length + fields.length === 0) return false;
  return (
    expressions.every((expression) => isMet(expression, labels)) &&
    fields.every((expression) => isMet(expression, { 'metadata.name': name }))
  );
}

function isMet(expression: Json, facts: Readonly<Record<string, string>>): boolean {
  const found = facts[stringAt(expression, ['key']) ?? ''];
  const values = listAt(expression, ['values']);
  switch (stringAt(expression, ['operator'])) {
    case 'In':
      return found !== undefined && values.includes(found);
    case 'NotIn':
      return found === undefined || !values.includes(found);
    case 'Exists':
      return found !== undefined;
    case 'DoesNotExist':
      return found === undefined;
    case 'Gt':
      return compared(found, values, (difference) => difference > 0);
    case 'Lt':
      return compared(found, values, (difference) => difference < 0);
    default:
      return false;
  }
}

/** Both sides must be whole numbers. */
function compared(found: string | undefined, [value]: readonly Json[], fits: (difference: number) => boolean): boolean {
  const [left, right] = [found, value].map((text) => (typeof text === 'string' && /^-?\d+$/.test(text) ? +text : NaN));
  return fits((left ?? NaN) - (right ?? NaN));
}
