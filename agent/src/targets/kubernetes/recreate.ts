import { setTimeout as sleep } from 'node:timers/promises';
import { displayName, stringAt, WeavefluxError } from '@weaveflux/shared';
import type { Cluster } from './cluster.ts';
import { ENVIRONMENT_LABEL, RECREATE_ANNOTATION } from './labels.ts';
import { deleteObject, getObject, type Target } from './objects.ts';
import type { DesiredObject } from './types.ts';

/** Whether the manifest allows that its object is deleted and created again where a field cannot change. */
export function mayRecreate(object: DesiredObject): boolean {
  return stringAt(object.body, ['metadata', 'annotations', RECREATE_ANNOTATION]) === 'true';
}

/** Deletes the live object, if it carries our label, and waits until it is gone. */
export async function deleteForRecreate(cluster: Cluster, target: Target, signal: AbortSignal): Promise<void> {
  const end = AbortSignal.any([signal, AbortSignal.timeout(cluster.patience)]);
  let asked: string | undefined;
  for (;;) {
    const live = await getObject(cluster.client, target, signal, 'metadata');
    const uid = stringAt(live, ['metadata', 'uid']) ?? '';
    if (live === undefined || (asked !== undefined && uid !== asked)) return;
    if (asked === undefined) {
      requireOurs(cluster, target, stringAt(live, ['metadata', 'labels', ENVIRONMENT_LABEL]));
      const resourceVersion = stringAt(live, ['metadata', 'resourceVersion']) ?? '';
      const answer = await deleteObject(cluster.client, target, { uid, resourceVersion }, signal);
      if (answer.status === 409) continue;
      cluster.ownWrites.deleted(uid);
      asked = uid;
    }
    try {
      await sleep(100, undefined, { signal: end });
    } catch {
      signal.throwIfAborted();
      throw new WeavefluxError(
        'TIMEOUT',
        `${displayName(target.id)} is to be created again but was not gone ${cluster.patience / 1000} s after its deletion; see its finalizers.`,
      );
    }
  }
}

function requireOurs(cluster: Cluster, target: Target, environment: string | undefined): void {
  if (environment === cluster.owner) return;
  throw new WeavefluxError(
    'IMMUTABLE_FIELD',
    `${displayName(target.id)} has an immutable field that differs and was not created by this environment, so it is not recreated; delete it yourself.`,
  );
}
