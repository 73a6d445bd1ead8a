import { ENVIRONMENT_KIND, type Event, type EventType, type Status } from '@weaveflux/shared';
import type { EventSource } from '../api/service.ts';
import type { Memory } from '../delivery/memory.ts';
import type { KubernetesClient } from '../targets/kubernetes/client.ts';
import { environmentStatusOf } from './environment-status.ts';
import type { EventSubject } from './event-writer.ts';
import type { Known, OwnEnvironment } from './own-environment.ts';
import { createEventPublisher } from './publish-events.ts';
import { createReconcileRequests } from './reconcile-requests.ts';
import { createStatusWriter } from './status-writer.ts';
import { createSteady } from './steady.ts';
import { watchEnvironment } from './watch-environment.ts';

/** Shows in the cluster how the environment stands, and hears there what people ask for. Nothing depends on it. */
export interface Publisher {
  start(): void;
  /** Health or state may have changed without an event. */
  changed(): void;
  /** A revision was delivered: it may have brought the kind. */
  delivered(): void;
  stop(): Promise<void>;
}

/** What a publisher works with. */
export interface PublisherParts {
  readonly client: KubernetesClient;
  readonly own: OwnEnvironment;
  /** The pod that works. */
  readonly holder: string;
  readonly memory: Pick<Memory, 'wanted' | 'inventory' | 'live'>;
  readonly events: Pick<EventSource, 'subscribe'>;
  status(): Status;
  /** Looks at the repository and delivers the head with every object sent. */
  sync(): Promise<unknown>;
  /** The suspension in the spec has changed. */
  onSuspensions(): void;
  /** An Event of Kubernetes had no place in the queue. */
  onEventDropped(): void;
  now(): Date;
  random(): number;
  /** Takes one sentence for the log. */
  warn(message: string): void;
  readonly signal: AbortSignal;
}

/** What is to be seen in the status at once. */
const IMPORTANT: ReadonlySet<EventType> = new Set([
  'revision-fetched',
  'git-unreachable',
  'git-recovered',
  'cluster-recovered',
  'sync-applied',
  'sync-failed',
  'healthy',
  'unhealthy',
  'prune-waiting',
  'suspended',
  'resumed',
]);

/** A publisher that is not started yet. */
export function createPublisher(parts: PublisherParts): Publisher {
  const { own, now, signal, random } = parts;
  const warn = createWarnOnce(parts.warn);
  const steady = createSteady();
  const requests = createReconcileRequests(parts.sync, () => writer.promptly(), signal);
  const writer = createStatusWriter({
    own,
    compose: (object) =>
      environmentStatusOf(steady(parts.status()), {
        now: now(),
        holder: parts.holder,
        generation: object.generation,
        handled: requests.handled(object),
        before: object.status,
      }),
    random,
    warn,
    signal,
  });
  const events = createEventPublisher({
    ...parts,
    warn,
    environment: () => subjectOfOwn(own),
    onDropped: parts.onEventDropped,
  });
  const unsubscribes: (() => void)[] = [];
  let watching: Promise<void> | undefined;
  let suspension: string | undefined;

  function onEvent(event: Event): void {
    events.tell(event);
    if (IMPORTANT.has(event.type)) writer.promptly();
    else writer.soon();
  }

  function onSeen(known: Known): void {
    if (known.state === 'unread' || known.state === 'unserved') return;
    watching ??= watchEnvironment({ client: parts.client, own, random, warn }, signal).finally(() => {
      watching = undefined;
    });
    writer.promptly();
    if (known.state === 'there') {
      events.appeared();
      requests.see(known.object);
    }
    const asked = JSON.stringify(known.state === 'there' ? known.object.suspension : undefined);
    if (asked === suspension) return;
    suspension = asked;
    parts.onSuspensions();
  }

  return {
    start() {
      unsubscribes.push(parts.events.subscribe(onEvent), own.onSeen(onSeen));
      if (own.known.state === 'unread') read();
      else onSeen(own.known);
    },
    changed: writer.soon,
    delivered() {
      if (own.known.state === 'unserved') read();
    },
    async stop() {
      for (const unsubscribe of unsubscribes) unsubscribe();
      writer.stop();
      events.stop();
      await watching;
    },
  };

  /** What goes wrong is met again, and told, where suspensions are read. */
  function read(): void {
    own.read(signal).catch(() => undefined);
  }
}

function subjectOfOwn({ known, scope, namespace, name }: OwnEnvironment): EventSubject | 'none' | 'awaited' {
  if (known.state === 'unserved') return 'none';
  if (known.state !== 'there') return 'awaited';
  const { uid } = known.object;
  return { apiVersion: scope.info.apiVersion, kind: ENVIRONMENT_KIND, namespace, name, uid };
}

/** Tells each sentence once. */
function createWarnOnce(warn: (message: string) => void): (message: string) => void {
  const told = new Set<string>();
  return (message) => {
    if (told.has(message)) return;
    told.add(message);
    warn(message);
  };
}
