import {
  asWeavefluxError,
  displayName,
  objectKey,
  stringAt,
  toProblem,
  WeavefluxError,
  warning,
} from '@weaveflux/shared';
import { type Cluster, findKind } from './cluster.ts';
import { ENVIRONMENT_LABEL } from './labels.ts';
import { deleteObject, getObject } from './objects.ts';
import type { ApplyResult, InventoryEntry } from './types.ts';

const TRIES = 4;

/** See `KubernetesTarget.remove`. What cannot exist any more, since its kind is gone, counts as deleted. */
export async function removeOne(cluster: Cluster, entry: InventoryEntry, signal: AbortSignal): Promise<ApplyResult> {
  try {
    return await remove(cluster, entry, signal);
  } catch (error) {
    signal.throwIfAborted();
    const known = asWeavefluxError(error);
    const about = { object: objectKey(entry.id) };
    return { action: 'failed', problem: toProblem(new WeavefluxError(known.code, known.message, { about })) };
  }
}

async function remove(cluster: Cluster, entry: InventoryEntry, signal: AbortSignal): Promise<ApplyResult> {
  const { id } = entry;
  const key = objectKey(id);
  const kind = await findKind(cluster, id, entry.apiVersion, signal);
  if (kind === undefined) {
    const { incompleteGroups } = await cluster.discovery.known(signal);
    if (!incompleteGroups.has(id.group)) return { action: 'deleted' };
    throw new WeavefluxError(
      'API_UNREACHABLE',
      `${displayName(id)} is not deleted: the server of its API group does not answer.`,
    );
  }
  for (let attempt = 1; ; attempt++) {
    const live = await getObject(cluster.client, { id, kind }, signal, 'metadata');
    if (live === undefined) return gone(cluster, key);
    const environment = stringAt(live, ['metadata', 'labels', ENVIRONMENT_LABEL]);
    if (environment !== cluster.owner) return notOurs(entry, environment);
    if (stringAt(live, ['metadata', 'deletionTimestamp']) !== undefined) return { action: 'deleted' };
    const uid = stringAt(live, ['metadata', 'uid']) ?? '';
    const resourceVersion = stringAt(live, ['metadata', 'resourceVersion']) ?? '';
    const write = cluster.ownWrites.begin(key);
    try {
      const answer = await deleteObject(cluster.client, { id, kind }, { uid, resourceVersion }, signal);
      if (answer.status < 400) {
        cluster.ownWrites.deleted(uid);
        write.wrote(stringAt(answer.body, ['metadata', 'resourceVersion']));
      }
      if (answer.status !== 409) return gone(cluster, key);
    } finally {
      write.end();
    }
    if (attempt === TRIES)
      throw new WeavefluxError(
        'CONFLICT',
        `${displayName(id)} is not deleted: somebody changes it all the time; it is tried again.`,
      );
  }
}

function gone(cluster: Cluster, key: string): ApplyResult {
  cluster.known.forget(key);
  return { action: 'deleted' };
}

function notOurs(entry: InventoryEntry, environment: string | undefined): ApplyResult {
  const whose =
    environment === undefined ? 'carries no label of this environment' : `belongs to environment ${environment}`;
  return {
    action: 'skipped',
    problem: warning('FOREIGN_OBJECT', `${displayName(entry.id)} is not deleted: it ${whose}.`, {
      object: objectKey(entry.id),
    }),
  };
}
