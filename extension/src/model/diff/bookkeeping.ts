import { isObject, type JsonObject, objectAt } from '@weaveflux/shared';

/** What the API server keeps in `metadata` by itself. */
const SERVER_FIELDS: ReadonlySet<string> = new Set([
  'managedFields',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'selfLink',
]);
/** The label by which the agent knows its objects. */
const ENVIRONMENT_LABEL = 'weaveflux.dev/environment';

/** An object without what the API server fills in by itself; a manifest may hold such fields without meaning them. */
export function withoutServerFields({ status: _status, ...object }: JsonObject): JsonObject {
  if (!isObject(object.metadata)) return object;
  return { ...object, metadata: without(object.metadata, (field) => SERVER_FIELDS.has(field)) };
}

/** What the repository says of an object, without what the agent adds to each: the namespace, its label. */
export function withoutAdded(desired: JsonObject): JsonObject {
  const { namespace: _namespace, ...metadata } = objectAt(desired, ['metadata']);
  const labels = without(objectAt(metadata, ['labels']), (label) => label === ENVIRONMENT_LABEL);
  const { labels: _labels, ...rest } = metadata;
  return { ...desired, metadata: Object.keys(labels).length === 0 ? rest : { ...rest, labels } };
}

/** A Secret's `stringData` as `data`, where the API server puts it; other objects as they are. */
export function withSecretData(object: JsonObject): JsonObject {
  const { stringData, ...rest } = object;
  if (!isSecret(object) || !isObject(stringData)) return object;
  const encoded = Object.entries(stringData).map(([name, value]) => [name, base64(value)]);
  return { ...rest, data: { ...objectAt(object, ['data']), ...Object.fromEntries(encoded) } };
}

/** Whether an object is a Secret of Kubernetes. */
export function isSecret({ apiVersion, kind }: JsonObject): boolean {
  return apiVersion === 'v1' && kind === 'Secret';
}

function base64(value: unknown): string {
  return Buffer.from(String(value), 'utf8').toString('base64');
}

function without(object: JsonObject, isLeftOut: (field: string) => boolean): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([field]) => !isLeftOut(field)));
}
