import { displayName, type JsonObject, maskSecret, type ObjectDetail, objectKey } from '@weaveflux/shared';
import type { Environment } from '../delivery/environment.ts';
import { knownObjects, objectNamed } from './subjects.ts';

/** One managed object: what the repository says, what the cluster has, and how they differ; Secrets masked. */
export async function objectDetail(env: Environment, name: string, signal: AbortSignal): Promise<ObjectDetail> {
  const { memory, target } = env;
  const id = objectNamed(name, knownObjects(memory));
  const key = objectKey(id);
  const wanted = memory.wanted.get(key)?.object;
  const managed = memory.inventory.has(key);
  const apiVersion = wanted?.manifest.apiVersion ?? memory.inventory.get(key)?.apiVersion ?? 'v1';
  const live = managed ? await target.get(id, apiVersion, signal) : undefined;
  const differences = wanted === undefined || live === undefined ? [] : await target.differences(wanted, live, signal);
  return {
    key,
    name: displayName(id),
    managed,
    ...(wanted === undefined ? {} : { desired: maskSecret(wanted.body) }),
    ...(live === undefined ? {} : { live: withoutBookkeeping(maskSecret(live)) }),
    differences,
  };
}

function withoutBookkeeping(object: JsonObject): JsonObject {
  const { managedFields: _fields, ...metadata } = (object.metadata ?? {}) as JsonObject;
  return { ...object, metadata };
}
