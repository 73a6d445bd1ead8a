import { isObject, type JsonObject, objectAt, stringAt } from '../json.ts';

/** What stands in the place of a secret value. */
export const MASKED = '(masked)';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** An object without secret values: of a Secret its data, and in any object kubectl's copy of what was applied. */
export function maskSecret(object: JsonObject): JsonObject {
  const isSecret = stringAt(object, ['kind']) === 'Secret' && stringAt(object, ['apiVersion']) === 'v1';
  const masked = withoutLastApplied(object);
  if (!isSecret) return masked;
  return { ...masked, ...maskValues(object, 'data'), ...maskValues(object, 'stringData') };
}

function maskValues(object: JsonObject, field: 'data' | 'stringData'): JsonObject {
  const values = object[field];
  if (!isObject(values)) return {};
  return { [field]: Object.fromEntries(Object.keys(values).map((key) => [key, MASKED])) };
}

function withoutLastApplied(object: JsonObject): JsonObject {
  const annotations = objectAt(object, ['metadata', 'annotations']);
  if (!Object.hasOwn(annotations, LAST_APPLIED)) return object;
  const metadata = { ...objectAt(object, ['metadata']), annotations: { ...annotations, [LAST_APPLIED]: MASKED } };
  return { ...object, metadata };
}
