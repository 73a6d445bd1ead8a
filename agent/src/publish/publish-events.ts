import { type Event, parseObjectKey } from '@weaveflux/shared';
import type { Memory } from '../delivery/memory.ts';
import { type ClusterEvent, createClusterEvents } from './cluster-event.ts';
import { createEventQueue } from './event-queue.ts';
import { createEventWriter, type EventSubject, type EventWriterParts, seriesKey } from './event-writer.ts';

/** Shows the few important of our events as Events of Kubernetes; never blocks, never fails. */
export interface EventPublisher {
  tell(event: Event): void;
  /** The Environment is there: what was told of it before is shown. */
  appeared(): void;
  stop(): void;
}

/** What it works with besides a writer's parts. */
export interface EventPublisherParts extends EventWriterParts {
  /** What Events about the environment as a whole are told of: nothing, or nothing yet, where there is no such object. */
  environment(): EventSubject | 'none' | 'awaited';
  readonly memory: Pick<Memory, 'wanted' | 'inventory' | 'live'>;
  readonly onDropped: () => void;
}

const SIZE = 100;
/** So many wait for the Environment that the agent is about to make. */
const EARLY = 10;
/** So many at once, then one in six seconds. */
const BURST = 25;
const INTERVAL = 6_000;

/** A publisher with an empty queue. */
export function createEventPublisher(parts: EventPublisherParts): EventPublisher {
  const { memory, environment, onDropped } = parts;
  const write = createEventWriter(parts);
  const clusterEventOf = createClusterEvents();
  const queue = createEventQueue<{ subject: EventSubject; event: ClusterEvent }>({
    write: ({ value, count }) => write(value.subject, value.event, count),
    size: SIZE,
    burst: BURST,
    interval: INTERVAL,
    clock: () => performance.now(),
    onDropped,
  });

  let early: ClusterEvent[] = [];

  function show(event: ClusterEvent): void {
    const subject = event.object === undefined ? environment() : subjectOf(event.object, memory);
    if (subject === 'awaited') early = [...early, event].slice(-EARLY);
    else if (subject !== undefined && subject !== 'none') queue.push(seriesKey(subject, event), { subject, event });
  }

  return {
    tell(told) {
      const event = clusterEventOf(told);
      if (event !== undefined) show(event);
    },
    appeared() {
      const waiting = early;
      early = [];
      for (const event of waiting) show(event);
    },
    stop: queue.stop,
  };
}

/** An object of the repository as an Event names it, with its uid as it was last seen: kubectl looks for just that. */
export function subjectOf(
  key: string,
  { wanted, inventory, live }: EventPublisherParts['memory'],
): EventSubject | undefined {
  const id = parseObjectKey(key);
  const apiVersion = wanted.get(key)?.object.manifest.apiVersion ?? inventory.get(key)?.apiVersion;
  if (id === undefined || apiVersion === undefined) return undefined;
  const { kind, namespace, name } = id;
  return { apiVersion, kind, namespace, name, uid: live.get(key)?.uid };
}
