import { isObject, type Json, type JsonObject, listAt, stringAt, valueAt } from '@weaveflux/shared';
import { apiError, failureOf } from './api-error.ts';
import { collectionPath } from './api-path.ts';
import type { KubernetesClient } from './client.ts';
import type { Cluster } from './cluster.ts';
import { ENVIRONMENT_LABEL } from './labels.ts';
import { listPages } from './list-pages.ts';
import type { KindInfo } from './types.ts';

/** A kind as it is asked for: in one namespace, or ('') in all. */
export interface WatchScope {
  readonly group: string;
  readonly kind: string;
  readonly info: KindInfo;
  readonly namespace: string;
}

/** What a watch tells. */
export interface WatchEvent {
  readonly type: 'changed' | 'deleted';
  readonly object: JsonObject;
}

/** Which objects of a scope are meant. */
export type Selection = { readonly labelSelector: string } | { readonly fieldSelector: string };

/** Every object with our label, by pages, and the version to watch from. */
export function listOurs(
  cluster: Cluster,
  scope: WatchScope,
  signal: AbortSignal,
): Promise<{ objects: JsonObject[]; resourceVersion: string }> {
  return listObjects(cluster.client, scope, ours(cluster), signal);
}

/** Every object that is meant, by pages, and the version to watch from. */
export async function listObjects(
  client: KubernetesClient,
  scope: WatchScope,
  selection: Selection,
  signal: AbortSignal,
): Promise<{ objects: JsonObject[]; resourceVersion: string }> {
  const objects: JsonObject[] = [];
  let resourceVersion = '';
  const path = collectionPath(scope.info, scope.namespace);
  for await (const body of listPages(client, { path, query: selection, about: about(scope, 'list'), signal })) {
    for (const item of listAt(body, ['items'])) if (isObject(item)) objects.push(complete(scope, item));
    resourceVersion = stringAt(body, ['metadata', 'resourceVersion']) ?? '';
  }
  return { objects, resourceVersion };
}

/** One watch of all objects with our label, as `watchObjects` does it. */
export function watchOurs(
  cluster: Cluster,
  scope: WatchScope,
  from: WatchFrom,
  onEvent: (event: WatchEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  return watchObjects(cluster.client, scope, ours(cluster), from, onEvent, signal);
}

/** Where a watch begins, how long the server holds it, and who hears of each version as it passes. */
export interface WatchFrom {
  readonly resourceVersion: string;
  readonly timeoutSeconds: number;
  readonly onVersion: (resourceVersion: string) => void;
}

/**
 * One watch from a version until the server ends it. `onVersion` hears each version as it passes, so that a broken
 * stream goes on where it broke. Throws an error of status 410 where the version is gone.
 */
export async function watchObjects(
  client: KubernetesClient,
  scope: WatchScope,
  selection: Selection,
  { resourceVersion, timeoutSeconds, onVersion }: WatchFrom,
  onEvent: (event: WatchEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const request = {
    method: 'GET' as const,
    path: collectionPath(scope.info, scope.namespace),
    query: { watch: true, ...selection, resourceVersion, allowWatchBookmarks: true, timeoutSeconds },
    about: about(scope, 'watch'),
    signal,
  };
  await client.watch(request, (line) => {
    const event: Json = JSON.parse(line);
    const object = valueAt(event, ['object']);
    if (!isObject(object)) return;
    const type = stringAt(event, ['type']);
    if (type === 'ERROR') throw apiError(codeOf(object), object, about(scope, 'watch'));
    onVersion(stringAt(object, ['metadata', 'resourceVersion']) ?? '');
    if (type === 'BOOKMARK') return;
    onEvent({ type: type === 'DELETED' ? 'deleted' : 'changed', object: complete(scope, object) });
  });
}

/** Whether a watch has to begin with a list again. */
export function isGone(error: unknown): boolean {
  return failureOf(error)?.status === 410;
}

function ours(cluster: Cluster): Selection {
  return { labelSelector: `${ENVIRONMENT_LABEL}=${cluster.owner}` };
}

function about(scope: WatchScope, verb: string) {
  return {
    object: `${scope.kind} of ${scope.info.apiVersion}`,
    resource: scope.info.plural,
    group: scope.group,
    namespace: scope.namespace,
    verb,
  };
}

/** The items of a list of a built-in kind name neither kind nor version. */
function complete(scope: WatchScope, object: JsonObject): JsonObject {
  if (object.kind !== undefined) return object;
  return { apiVersion: scope.info.apiVersion, kind: scope.kind, ...object };
}

function codeOf(status: JsonObject): number {
  const code = status.code;
  return typeof code === 'number' ? code : 500;
}
