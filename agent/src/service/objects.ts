import { displayName, type JsonObject, maskSecret, type ObjectDetail, objectKey } from '@weaveflux/shared';
import type { Environment } from '../delivery/environment.ts';
import { isOurs } from './ours.ts';
import { knownObjects, objectNamed } from './subjects.ts';

/** One object: what the repository says, what the cluster has where that is ours, and how they differ; Secrets masked. */
export async function objectDetail(env: Environment, name: string, signal: AbortSignal): Promise<ObjectDetail> {
  const { memory, target } = env;
  const id = objectNamed(name, knownObjects(memory));
  const key = objectKey(id);
  const wanted = memory.wanted.get(key)?.object;
  const listed = memory.inventory.get(key);
  const apiVersion = wanted?.manifest.apiVersion ?? listed?.apiVersion ?? 'v1';
  const found = listed === undefined ? undefined : await target.get(id, apiVersion, signal);
  const isForeign = found !== undefined && !isOurs(env, key, found);
  const live = isForeign ? undefined : found;
  const differences = wanted === undefined || live === undefined ? [] : await target.differences(wanted, live, signal);
  return {
    key,
    name: displayName(id),
    managed: listed !== undefined && !isForeign,
    ...(wanted === undefined ? {} : { desired: maskSecret(wanted.body) }),
    ...(live === undefined ? {} : { live: withoutBookkeeping(maskSecret(live)) }),
    differences,
  };
}

function withoutBookkeeping(object: JsonObject): JsonObject {
  const { managedFields: _fields, ...metadata } = (object.metadata ?? {}) as JsonObject;
  return { ...object, metadata };
}
