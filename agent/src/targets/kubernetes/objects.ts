import { displayName, type JsonObject, type ObjectId, objectKey, stringAt, WeavefluxError } from '@weaveflux/shared';
import type { ApiCall } from './api-error.ts';
import { objectPath } from './api-path.ts';
import { type ApiAnswer, type ApiRequest, type KubernetesClient, PARTIAL_OBJECT, SERVER_SIDE_APPLY } from './client.ts';
import { FIELD_MANAGER } from './labels.ts';
import type { KindInfo } from './types.ts';

/** One object and how its kind is reached. */
export interface Target {
  readonly id: ObjectId;
  readonly kind: KindInfo;
}

/** What an error about this object needs to know. */
export function callAbout({ id, kind }: Target, verb: string): ApiCall {
  return {
    object: displayName(id),
    key: objectKey(id),
    resource: kind.plural,
    group: id.group,
    namespace: id.namespace,
    verb,
    secret: isSecret(id),
  };
}

export function isSecret(id: { readonly group: string; readonly kind: string }): boolean {
  return id.group === '' && id.kind === 'Secret';
}

/** The live object, whole or its metadata only; `undefined` where there is none. */
export async function getObject(
  client: KubernetesClient,
  target: Target,
  signal: AbortSignal,
  part: 'whole' | 'metadata' = 'whole',
): Promise<JsonObject | undefined> {
  const answer = await client.request({
    method: 'GET',
    path: objectPath(target.kind, target.id),
    ...(part === 'metadata' ? { accept: PARTIAL_OBJECT } : {}),
    about: callAbout(target, 'get'),
    expect: [404],
    signal,
  });
  return answer.status === 404 ? undefined : answer.body;
}

/** Server-side apply, forced. With `dryRun` nothing is stored. */
export function serverSideApply(
  client: KubernetesClient,
  target: Target,
  body: JsonObject,
  signal: AbortSignal,
  dryRun = false,
): Promise<ApiAnswer> {
  return client.request({
    method: 'PATCH',
    path: objectPath(target.kind, target.id),
    query: { fieldManager: FIELD_MANAGER, force: true, dryRun: dryRun ? 'All' : undefined },
    body,
    contentType: SERVER_SIDE_APPLY,
    about: callAbout(target, 'patch'),
    signal,
  });
}

/** Deletes just this version of the object. */
export function deleteObject(
  client: KubernetesClient,
  target: Target,
  version: { readonly uid: string; readonly resourceVersion: string },
  signal: AbortSignal,
): Promise<ApiAnswer> {
  const request: ApiRequest = {
    method: 'DELETE',
    path: objectPath(target.kind, target.id),
    body: {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      propagationPolicy: 'Background',
      preconditions: { uid: version.uid, resourceVersion: version.resourceVersion },
    },
    about: callAbout(target, 'delete'),
    expect: [404, 409],
    signal,
  };
  return client.request(request);
}

export function resourceVersionOf(object: JsonObject): string | undefined {
  return stringAt(object, ['metadata', 'resourceVersion']);
}

/** Whether an error says just this. */
export function hasCode(error: unknown, code: WeavefluxError['code']): error is WeavefluxError {
  return error instanceof WeavefluxError && error.code === code;
}
