import {
  asWeavefluxError,
  groupOf,
  idOf,
  type JsonObject,
  objectKey,
  stringAt,
  toProblem,
  valueAt,
  WeavefluxError,
} from '@weaveflux/shared';
import { type Cluster, findKind } from './cluster.ts';
import { isJob, type JobMemory } from './jobs.ts';
import { hasCode } from './objects.ts';
import { summarize } from './summarize.ts';
import type { KindInfo, LiveObject, WatchHandlers } from './types.ts';
import { isForPeople, type OneWatch, watchOn } from './watch-on.ts';
import { pauseAfter } from './watch-pause.ts';
import { isGone, listOurs, type WatchEvent, type WatchScope, watchOurs } from './watch-requests.ts';

/** A kind to watch. */
export interface WatchedKind {
  readonly group: string;
  readonly kind: string;
  readonly apiVersion: string;
}

/** What one kind's watch needs. */
export interface WatchContext {
  readonly cluster: Cluster;
  readonly jobs: JobMemory;
  readonly random: () => number;
  readonly watched: WatchedKind;
  /** Where its objects are, for when the whole cluster may not be watched. */
  readonly namespaces: readonly string[];
  readonly handlers: () => WatchHandlers;
  /** Whether it watches these namespaces only. */
  narrow: boolean;
}

/** Milliseconds after which a kind is listed again while some of its namespaces may not be seen. */
const BLIND_FOR = 120_000;

/**
 * Lists and watches one kind until the signal; never throws. Lists again only when the API forgot the version (410), or
 * while some namespaces may not be seen: the others are watched meanwhile.
 */
export async function watchKind(context: WatchContext, signal: AbortSignal): Promise<void> {
  const { watched, random } = context;
  let told: string | undefined;
  for (let attempt = 1; !signal.aborted; attempt++) {
    try {
      const { listed, refusal } = await listAll(context, await scopesOf(context, signal), signal);
      if (refusal === undefined) told = undefined;
      else tell(refusal);
      attempt = 0;
      await watchAll(context, listed, refusal === undefined ? signal : withTimeout(signal, BLIND_FOR));
    } catch (error) {
      if (signal.aborted) return;
      if (isGone(error)) continue;
      if (isForPeople(error) && attempt >= patienceOf(error)) tell(error);
      await pauseAfter(error, attempt, random(), signal);
    }
  }

  function tell(error: unknown): void {
    const problem = toProblem(asWeavefluxError(error));
    if (told === problem.message) return;
    told = problem.message;
    context.handlers().onProblem(watched, problem);
  }
}

function withTimeout(signal: AbortSignal, milliseconds: number): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(milliseconds)]);
}

/** A kind that its CRD is about to define is not worth a word; one that stays away is. */
function patienceOf(error: unknown): number {
  return hasCode(error, 'UNKNOWN_KIND') ? 6 : 1;
}

/** The whole cluster, else each namespace: those allowed, or those that have objects where no more may be seen. */
async function scopesOf(context: WatchContext, signal: AbortSignal): Promise<WatchScope[]> {
  const { cluster, watched } = context;
  const info = await findKind(cluster, watched, watched.apiVersion, signal);
  if (info === undefined)
    throw new WeavefluxError(
      'UNKNOWN_KIND',
      `${watched.kind} of ${watched.apiVersion} is not served, so it is not watched.`,
    );
  const scope = (namespace: string): WatchScope => ({ group: watched.group, kind: watched.kind, info, namespace });
  if (!info.namespaced) return [scope('')];
  if (cluster.allowNamespaces.length > 0) return cluster.allowNamespaces.map(scope);
  context.narrow = !(await mayWatchAll(cluster, info, signal)) && context.namespaces.length > 0;
  return context.narrow ? context.namespaces.map(scope) : [scope('')];
}

async function mayWatchAll(cluster: Cluster, info: KindInfo, signal: AbortSignal): Promise<boolean> {
  const resource = { group: groupOf(info.apiVersion), resource: info.plural, verb: 'watch' };
  try {
    const { body } = await cluster.client.request({
      method: 'POST',
      path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes: resource },
      },
      signal,
    });
    return valueAt(body, ['status', 'allowed']) === true;
  } catch {
    signal.throwIfAborted();
    return true;
  }
}

/** A scope that was listed, and the version that its watch begins with. */
interface Listed {
  readonly scope: WatchScope;
  readonly from: string;
}

/** Lists every scope and tells the kind as a whole. Where some may not be seen, the first refusal is given beside the rest; throws where none may. */
async function listAll(
  context: WatchContext,
  scopes: readonly WatchScope[],
  signal: AbortSignal,
): Promise<{ listed: readonly Listed[]; refusal: unknown }> {
  const listed: Listed[] = [];
  const all: { live: LiveObject; object: JsonObject }[] = [];
  let refusal: unknown;
  for (const scope of scopes) {
    try {
      const { objects, resourceVersion } = await listOurs(context.cluster, scope, signal);
      listed.push({ scope, from: resourceVersion });
      for (const object of objects) all.push({ live: note(context, object), object });
    } catch (error) {
      if (!hasCode(error, 'FORBIDDEN')) throw error;
      refusal ??= error;
    }
  }
  if (listed.length === 0 && refusal !== undefined) throw refusal;
  const { group, kind } = context.watched;
  context.handlers().onListed({ group, kind }, all, refusal === undefined);
  return { listed, refusal };
}

/** Watches every scope; ends, by throwing, as soon as one of them needs a new list. */
async function watchAll(context: WatchContext, listed: readonly Listed[], signal: AbortSignal): Promise<void> {
  const together = new AbortController();
  const until = AbortSignal.any([signal, together.signal]);
  try {
    await Promise.all(listed.map(({ scope, from }) => watchScope(context, scope, from, until)));
  } finally {
    together.abort();
  }
}

function watchScope(context: WatchContext, scope: WatchScope, from: string, signal: AbortSignal): Promise<void> {
  const once: OneWatch = (at) => watchOurs(context.cluster, scope, at, (event) => pass(context, event), signal);
  return watchOn(from, once, context.random, signal);
}

/** Tells an event unless it is of our own making. */
function pass(context: WatchContext, event: WatchEvent): void {
  const { cluster } = context;
  const key = objectKey(idOf(event.object));
  const uid = stringAt(event.object, ['metadata', 'uid']) ?? '';
  const resourceVersion = stringAt(event.object, ['metadata', 'resourceVersion']) ?? '';
  const deleted = event.type === 'deleted';
  cluster.ownWrites.unlessOwn({ key, uid, resourceVersion, deleted }, () => {
    const live = note(context, event.object);
    if (deleted) cluster.known.forget(key);
    context.handlers().onEvent(deleted ? { type: 'deleted', live } : { type: 'changed', live, object: event.object });
  });
}

function note({ cluster, jobs }: WatchContext, object: JsonObject): LiveObject {
  const live = summarize(object, cluster.healthOf);
  cluster.known.see(live.key, object);
  if (isJob(live.id)) jobs.see(live.key, object);
  return live;
}
