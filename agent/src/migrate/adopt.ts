import { asWeavefluxError, displayName, objectKey } from '@weaveflux/shared';
import { inParallel } from '../concurrency/parallel.ts';
import { objectPath } from '../targets/kubernetes/api-path.ts';
import { type KubernetesClient, MERGE_PATCH, PARTIAL_OBJECT } from '../targets/kubernetes/client.ts';
import { ENVIRONMENT_LABEL, FIELD_MANAGER } from '../targets/kubernetes/labels.ts';
import { callAbout, getObject } from '../targets/kubernetes/objects.ts';
import type { Inventory } from '../targets/kubernetes/types.ts';
import { type Decision, decide, type Ownership } from './decide.ts';
import { type Marked, markedOf } from './marked.ts';

/** What came of one object. */
export interface Adoption {
  readonly object: Marked;
  readonly result: 'adopted' | 'skipped' | 'failed';
  readonly reason: string;
}

const AT_ONCE = 8;
const TRIES = 4;

/**
 * Writes the names into the inventory and then puts our label on the objects, each only as it was when it was decided
 * about. Nothing else of them changes. One that cannot be labelled leaves the inventory again.
 */
export async function adoptAll(
  client: KubernetesClient,
  inventory: Inventory,
  decisions: readonly Decision[],
  ownership: Ownership,
  signal: AbortSignal,
): Promise<readonly Adoption[]> {
  const wanted = decisions.filter(({ action }) => action === 'adopt').map(({ object }) => object);
  await inventory.add(
    wanted.map(({ id, kind }) => ({ id, apiVersion: kind.apiVersion })),
    signal,
  );
  const adoptions: Adoption[] = [];
  await inParallel(wanted, AT_ONCE, async (object) => {
    adoptions.push(await adoptOne(client, object, ownership, signal));
  });
  const lost = adoptions.filter(({ result }) => result !== 'adopted').map(({ object }) => objectKey(object.id));
  await inventory.remove(lost, signal);
  return adoptions;
}

async function adoptOne(
  client: KubernetesClient,
  first: Marked,
  ownership: Ownership,
  signal: AbortSignal,
): Promise<Adoption> {
  let object = first;
  try {
    for (let attempt = 1; ; attempt++) {
      if (object.environment === ownership.owner || (await label(client, object, ownership.owner, signal)))
        return { object, result: 'adopted', reason: '' };
      if (attempt === TRIES) return { object, result: 'failed', reason: 'somebody changes it all the time' };
      const now = await getObject(client, object, signal, 'metadata');
      if (now === undefined) return { object, result: 'skipped', reason: 'it is gone' };
      object = markedOf(object.id, object.kind, now);
      const { action, reason } = decide(object, ownership, new Map());
      if (action === 'skip') return { object, result: 'skipped', reason };
    }
  } catch (error) {
    signal.throwIfAborted();
    return { object, result: 'failed', reason: asWeavefluxError(error).message };
  }
}

/** Only this object at this version: its uid and resourceVersion go along. False where it changed meanwhile. */
async function label(client: KubernetesClient, object: Marked, owner: string, signal: AbortSignal): Promise<boolean> {
  const { id, kind, uid, resourceVersion } = object;
  const answer = await client.request({
    method: 'PATCH',
    path: objectPath(kind, id),
    query: { fieldManager: FIELD_MANAGER },
    body: { metadata: { uid, resourceVersion, labels: { [ENVIRONMENT_LABEL]: owner } } },
    contentType: MERGE_PATCH,
    accept: PARTIAL_OBJECT,
    about: { ...callAbout({ id, kind }, 'patch'), object: displayName(id) },
    expect: [404, 409],
    signal,
  });
  return answer.status < 400;
}
