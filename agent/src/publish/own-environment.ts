import {
  ENVIRONMENT_GROUP,
  ENVIRONMENT_KIND,
  ENVIRONMENT_PLURAL,
  ENVIRONMENT_VERSION,
  type EnvironmentStatus,
  type EnvironmentSuspend,
  type JsonObject,
} from '@weaveflux/shared';
import { collectionPath, objectPath } from '../targets/kubernetes/api-path.ts';
import {
  type ApiAnswer,
  type ApiRequest,
  type KubernetesClient,
  MERGE_PATCH,
  SERVER_SIDE_APPLY,
} from '../targets/kubernetes/client.ts';
import { FIELD_MANAGER } from '../targets/kubernetes/labels.ts';
import { callAbout, hasCode } from '../targets/kubernetes/objects.ts';
import type { KindInfo } from '../targets/kubernetes/types.ts';
import type { WatchScope } from '../targets/kubernetes/watch-requests.ts';
import { type OwnObject, readOwnObject } from './own-object.ts';

/** What is known of the Environment object: nothing yet, that its kind is not served, that it is not there, or it. */
export type Known =
  | { readonly state: 'unread' | 'unserved' | 'missing' }
  | { readonly state: 'there'; readonly object: OwnObject };

/** The agent's own Environment object. Errors of all calls: those of the API. */
export interface OwnEnvironment {
  readonly known: Known;
  /** Reads it now. */
  read(signal: AbortSignal): Promise<Known>;
  /** Makes it, without a spec. What is known afterwards says whether that was possible. */
  create(signal: AbortSignal): Promise<Known>;
  writeStatus(status: EnvironmentStatus, signal: AbortSignal): Promise<Known>;
  /** Sets `spec.suspend`, or takes it away. */
  writeSuspend(suspend: EnvironmentSuspend | undefined, signal: AbortSignal): Promise<Known>;
  /** Takes down what a watch saw; `undefined` = it is gone. */
  see(object: JsonObject | undefined): void;
  /** Calls the listener with whatever is newly known; returns the unsubscribe. */
  onSeen(listener: (known: Known) => void): () => void;
  /** Where it is watched. */
  readonly scope: WatchScope;
  readonly name: string;
  readonly namespace: string;
}

/** Not the manager of what the repository says: what that does not state, an apply of it would take away again. */
const SUSPEND_MANAGER = 'weaveflux-suspend';
const API_VERSION = `${ENVIRONMENT_GROUP}/${ENVIRONMENT_VERSION}`;
const KIND: KindInfo = { apiVersion: API_VERSION, plural: ENVIRONMENT_PLURAL, namespaced: true };

/** The object of this name in the agent's namespace, of which nothing is known yet. */
export function createOwnEnvironment(client: KubernetesClient, namespace: string, name: string): OwnEnvironment {
  const id = { group: ENVIRONMENT_GROUP, kind: ENVIRONMENT_KIND, namespace, name };
  const path = objectPath(KIND, id);
  const identity = { apiVersion: API_VERSION, kind: ENVIRONMENT_KIND, metadata: { name, namespace } };
  const listeners = new Set<(known: Known) => void>();
  let known: Known = { state: 'unread' };

  function learn(news: Known): Known {
    if (!isNews(news, known)) return known;
    known = news;
    for (const listener of listeners) listener(known);
    return known;
  }

  async function ask(request: Omit<ApiRequest, 'about'>, verb: string): Promise<Known> {
    try {
      const { body }: ApiAnswer = await client.request({ ...request, about: callAbout({ id, kind: KIND }, verb) });
      return learn({ state: 'there', object: readOwnObject(body) });
    } catch (error) {
      if (hasCode(error, 'UNKNOWN_KIND')) return learn({ state: 'unserved' });
      if (hasCode(error, 'NOT_FOUND')) return learn({ state: 'missing' });
      throw error;
    }
  }

  const read = (signal: AbortSignal) => ask({ method: 'GET', path, signal }, 'get');

  return {
    get known() {
      return known;
    },
    read,
    async create(signal) {
      const labels = { 'app.kubernetes.io/managed-by': 'weaveflux' };
      const body = { ...identity, metadata: { ...identity.metadata, labels } };
      const query = { fieldManager: FIELD_MANAGER };
      try {
        return await ask({ method: 'POST', path: collectionPath(KIND, namespace), query, body, signal }, 'create');
      } catch (error) {
        if (hasCode(error, 'CONFLICT')) return read(signal);
        throw error;
      }
    },
    writeStatus(status, signal) {
      const query = { fieldManager: FIELD_MANAGER, force: true };
      const body = { ...identity, status } as JsonObject;
      return ask(
        { method: 'PATCH', path: `${path}/status`, query, body, contentType: SERVER_SIDE_APPLY, signal },
        'patch',
      );
    },
    writeSuspend(suspend, signal) {
      const query = { fieldManager: SUSPEND_MANAGER };
      // A merge keeps what it does not name, so the parts of an earlier suspension are named.
      const whole = suspend === undefined ? null : { until: null, requestedBy: null, ...suspend };
      const body = { spec: { suspend: whole } };
      return ask({ method: 'PATCH', path, query, body, contentType: MERGE_PATCH, signal }, 'patch');
    },
    see: (object) =>
      void learn(object === undefined ? { state: 'missing' } : { state: 'there', object: readOwnObject(object) }),
    onSeen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    scope: { group: ENVIRONMENT_GROUP, kind: ENVIRONMENT_KIND, info: KIND, namespace },
    name,
    namespace,
  };
}

/** A watch and an answer may overtake each other. Versions of one object grow. */
function isNews(news: Known, known: Known): boolean {
  if (news.state !== 'there' || known.state !== 'there') return news.state !== known.state;
  if (news.object.uid !== known.object.uid) return true;
  const [mine, theirs] = [news.object.resourceVersion, known.object.resourceVersion];
  return /^\d+$/.test(mine) && /^\d+$/.test(theirs) ? BigInt(mine) > BigInt(theirs) : mine !== theirs;
}
