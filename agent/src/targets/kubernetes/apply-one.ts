import { setTimeout as sleep } from 'node:timers/promises';
import { asWeavefluxError, type JsonObject, toProblem, WeavefluxError } from '@weaveflux/shared';
import { objectPath } from './api-path.ts';
import { type ApiAnswer, JSON_PATCH } from './client.ts';
import type { Cluster } from './cluster.ts';
import type { Outgoing } from './contact.ts';
import type { KnownObject } from './known.ts';
import { FIELD_MANAGER } from './labels.ts';
import { callAbout, getObject, hasCode, resourceVersionOf, serverSideApply } from './objects.ts';
import type { OwnWrite } from './own-writes.ts';
import { deleteForRecreate, mayRecreate } from './recreate.ts';
import { takeOver } from './take-over.ts';
import type { ApplyResult, DesiredObject } from './types.ts';

/** An object whose kind a CRD of the same delivery defines may be served a moment late. */
const SERVED_WITHIN = 15_000;
const TAKE_OVER_TRIES = 4;

/** An error as the result of one object, with its place in the repository. */
export function failed(object: DesiredObject, error: unknown): ApplyResult {
  const known = asWeavefluxError(error);
  const about = { object: object.key, file: object.manifest.file, line: object.manifest.line };
  return { action: 'failed', problem: toProblem(new WeavefluxError(known.code, known.message, { about })) };
}

/**
 * Sends one object and, where it was somebody's before, takes over what known senders own of it; an object with an
 * immutable field that differs is deleted and created again where its manifest says so. Throws what the API refuses.
 */
export async function applyOne(
  cluster: Cluster,
  outgoing: Outgoing,
  body: JsonObject,
  first: boolean,
  signal: AbortSignal,
): Promise<{ action: 'created' | 'configured' | 'unchanged'; object: JsonObject }> {
  const { key } = outgoing.object;
  const before = cluster.known.get(key);
  const write = cluster.ownWrites.begin(key);
  try {
    const answer = await sendOrRecreate(cluster, outgoing, body, signal);
    write.wrote(resourceVersionOf(answer.body));
    cluster.known.see(key, answer.body);
    if (answer.status === 201) return { action: answer.recreated ? 'configured' : 'created', object: answer.body };
    if (!first) return { action: actionOf(before, answer.body), object: answer.body };
    const object = await inherit(
      cluster,
      outgoing,
      body,
      answer.body,
      before?.environment === cluster.owner,
      write,
      signal,
    );
    cluster.known.see(key, object);
    return { action: actionOf(before, object), object };
  } finally {
    write.end();
  }
}

function actionOf(before: KnownObject | undefined, object: JsonObject): 'configured' | 'unchanged' {
  return before?.resourceVersion === resourceVersionOf(object) ? 'unchanged' : 'configured';
}

async function sendOrRecreate(
  cluster: Cluster,
  outgoing: Outgoing,
  body: JsonObject,
  signal: AbortSignal,
): Promise<ApiAnswer & { readonly recreated: boolean }> {
  try {
    return { ...(await send(cluster, outgoing, body, signal)), recreated: false };
  } catch (error) {
    if (!hasCode(error, 'IMMUTABLE_FIELD') || !mayRecreate(outgoing.object)) throw error;
  }
  await deleteForRecreate(cluster, { id: outgoing.object.id, kind: outgoing.kind }, signal);
  return { ...(await send(cluster, outgoing, body, signal)), recreated: true };
}

async function send(
  cluster: Cluster,
  { object, kind, fresh }: Outgoing,
  body: JsonObject,
  signal: AbortSignal,
): Promise<ApiAnswer> {
  const end = AbortSignal.any([signal, AbortSignal.timeout(SERVED_WITHIN)]);
  for (;;) {
    try {
      return await serverSideApply(cluster.client, { id: object.id, kind }, body, signal);
    } catch (error) {
      if (!fresh || !hasCode(error, 'UNKNOWN_KIND') || end.aborted) throw error;
      await sleep(100, undefined, { signal: end }).catch(() => signal.throwIfAborted());
    }
  }
}

/** Moves what known senders own to us, then applies again, so that what the manifest lacks of it goes. */
async function inherit(
  cluster: Cluster,
  { object, kind }: Outgoing,
  body: JsonObject,
  applied: JsonObject,
  olderOnly: boolean,
  write: OwnWrite,
  signal: AbortSignal,
): Promise<JsonObject> {
  let live = applied;
  for (let attempt = 1; ; attempt++) {
    const managedFields = takeOver(live, FIELD_MANAGER, olderOnly);
    if (managedFields === undefined) return live;
    const patch = [
      { op: 'replace', path: '/metadata/managedFields', value: managedFields },
      { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersionOf(live) ?? '' },
    ];
    const answer = await cluster.client.request({
      method: 'PATCH',
      path: objectPath(kind, object.id),
      query: { fieldManager: FIELD_MANAGER },
      body: JSON.stringify(patch),
      contentType: JSON_PATCH,
      about: callAbout({ id: object.id, kind }, 'patch'),
      expect: [409],
      signal,
    });
    if (answer.status !== 409) {
      write.wrote(resourceVersionOf(answer.body));
      break;
    }
    if (attempt === TAKE_OVER_TRIES)
      throw new WeavefluxError('CONFLICT', `Somebody changes the object all the time, so it could not be taken over.`);
    live = (await getObject(cluster.client, { id: object.id, kind }, signal)) ?? live;
  }
  const again = await serverSideApply(cluster.client, { id: object.id, kind }, body, signal);
  write.wrote(resourceVersionOf(again.body));
  return again.body;
}
