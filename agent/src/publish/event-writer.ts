import { createHash } from 'node:crypto';
import { collectionPath, objectPath } from '../targets/kubernetes/api-path.ts';
import { type KubernetesClient, MERGE_PATCH } from '../targets/kubernetes/client.ts';
import { hasCode } from '../targets/kubernetes/objects.ts';
import type { KindInfo } from '../targets/kubernetes/types.ts';
import { afterForbidden } from './after-forbidden.ts';
import type { ClusterEvent } from './cluster-event.ts';
import { secondsOf } from './conditions.ts';

/** The object that an Event is told of. */
export interface EventSubject {
  readonly apiVersion: string;
  readonly kind: string;
  /** '' = cluster-scoped. */
  readonly namespace: string;
  readonly name: string;
  readonly uid: string | undefined;
}

/** What an event writer works with. */
export interface EventWriterParts {
  readonly client: KubernetesClient;
  /** The pod that reports. */
  readonly holder: string;
  readonly now: () => Date;
  readonly warn: (message: string) => void;
  readonly signal: AbortSignal;
}

const EVENTS: KindInfo = { apiVersion: 'v1', plural: 'events', namespaced: true };
const CONTROLLER = 'weaveflux';
/** Milliseconds in which the same is counted on one Event: what the API server keeps them by itself. */
const SERIES = 3_600_000;
const KEPT = 500;
/** Milliseconds: an Event is not worth waiting for long. */
const DEADLINE = 10_000;

/** Makes writers of core/v1 Events: the same again within the hour is counted on the first. Never rejects. */
export function createEventWriter({ client, holder, now, warn, signal }: EventWriterParts) {
  const written = new Map<string, { readonly name: string; readonly first: number; count: number }>();
  /** The namespaces that refused the last one: until when they are left, and how often in a row they did. */
  const off = new Map<string, { readonly until: number; readonly times: number }>();
  const told = new Set<string>();

  function request(namespace: string, verb: string) {
    const about = { object: `events in ${namespace}`, resource: 'events', namespace, verb };
    return { about, deadline: DEADLINE, signal };
  }

  async function countOn(namespace: string, key: string, count: number): Promise<boolean> {
    const series = written.get(key);
    if (series === undefined || now().getTime() - series.first > SERIES) return false;
    const { status } = await client.request({
      ...request(namespace, 'patch'),
      method: 'PATCH',
      path: objectPath(EVENTS, { namespace, name: series.name }),
      body: { count: series.count + count, lastTimestamp: secondsOf(now()) },
      contentType: MERGE_PATCH,
      expect: [404],
    });
    if (status === 404) return false;
    series.count += count;
    return true;
  }

  async function create(subject: EventSubject, event: ClusterEvent, count: number): Promise<void> {
    const first = now().getTime();
    const namespace = namespaceOf(subject);
    const key = seriesKey(subject, event);
    const name = nameOf(subject, `${key} ${first}`);
    const metadata = { name, namespace };
    const body = { ...bodyOf(subject, event, count, holder, secondsOf(now())), metadata };
    const path = collectionPath(EVENTS, namespace);
    // A retry after a lost answer finds it there.
    await client.request({ ...request(namespace, 'create'), method: 'POST', path, body, expect: [409] });
    written.delete(key);
    written.set(key, { name, first, count });
    for (const oldest of written.keys()) if (written.size > KEPT) written.delete(oldest);
  }

  return async (subject: EventSubject, event: ClusterEvent, count: number): Promise<void> => {
    const namespace = namespaceOf(subject);
    if (now().getTime() < (off.get(namespace)?.until ?? 0)) return;
    try {
      if (!(await countOn(namespace, seriesKey(subject, event), count))) await create(subject, event, count);
      off.delete(namespace);
    } catch (error) {
      if (signal.aborted || !hasCode(error, 'FORBIDDEN')) return;
      const times = (off.get(namespace)?.times ?? 0) + 1;
      off.set(namespace, { until: now().getTime() + afterForbidden(times), times });
      if (!told.has(namespace)) warn(`${error.message} Without it nothing is shown as an Event there.`);
      told.add(namespace);
    }
  };
}

function bodyOf({ uid, ...reference }: EventSubject, event: ClusterEvent, count: number, holder: string, time: string) {
  return {
    apiVersion: 'v1',
    kind: 'Event',
    involvedObject: { ...reference, ...(uid === undefined ? {} : { uid }) },
    type: event.type,
    reason: event.reason,
    message: event.message,
    count,
    firstTimestamp: time,
    lastTimestamp: time,
    source: { component: CONTROLLER },
    reportingComponent: CONTROLLER,
    reportingInstance: holder.slice(0, 128),
  };
}

/** The API takes Events of cluster-scoped objects in this namespace only. */
function namespaceOf({ namespace }: EventSubject): string {
  return namespace === '' ? 'default' : namespace;
}

/** What makes two Events the same. */
export function seriesKey(subject: EventSubject, { type, reason, message }: ClusterEvent): string {
  const { kind, namespace, name, uid } = subject;
  return JSON.stringify([kind, namespace, name, uid, type, reason, message]);
}

/** The object's name, as far as it may be in a name of an Event, and a digest. */
function nameOf({ name }: EventSubject, text: string): string {
  const start = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 200);
  return `${start || 'object'}-${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
}
