import type { Event } from '@weaveflux/shared';
import type { EventSource } from '../api/service.ts';
import { oneLine } from '../text/one-line.ts';

/** An event before the log gives it its number, time and environment. */
export type NewEvent = Omit<Event, 'id' | 'time' | 'environment'>;

/** The last events in memory, and whoever listens for new ones. */
export interface EventLog extends EventSource {
  /** Numbers the event, keeps it and tells it to every listener, in order; a listener that throws disturbs none. */
  emit(event: NewEvent): Event;
}

/** What an event log is made of. */
export interface EventLogOptions {
  readonly environment: string;
  /** Names this start of the agent: the first half of every event's id. */
  readonly boot: string;
  readonly now: () => Date;
  /** Masks secrets in messages: the last step, not the only one. */
  readonly redact?: (text: string) => string;
  /** How many are kept; the oldest go. */
  readonly size?: number;
  /** Hears of listeners that threw. */
  readonly onListenerError?: (error: unknown) => void;
}

/** An empty event log. */
export function createEventLog(options: EventLogOptions): EventLog {
  const { environment, boot, now, redact = (text) => text, size = 1000, onListenerError } = options;
  const kept: Event[] = [];
  const listeners = new Set<(event: Event) => void>();
  const untold: Event[] = [];
  let count = 0;
  let telling = false;

  function emit(given: NewEvent): Event {
    count += 1;
    const message = oneLine(redact(given.message));
    const event = { ...given, message, id: `${boot}-${count}`, time: now().toISOString(), environment };
    kept.push(event);
    if (kept.length > size) kept.shift();
    untold.push(event);
    if (!telling) tellAll();
    return event;
  }

  /** A listener may emit: what it emits is told after what is being told, so that all hear the same order. */
  function tellAll(): void {
    telling = true;
    for (let event = untold.shift(); event !== undefined; event = untold.shift()) {
      for (const listener of [...listeners]) tell(listener, event);
    }
    telling = false;
  }

  function tell(listener: (event: Event) => void, event: Event): void {
    try {
      listener(event);
    } catch (error) {
      onListenerError?.(error);
    }
  }

  function subscribe(listener: (event: Event) => void): () => void {
    const entry = (event: Event): void => listener(event);
    listeners.add(entry);
    return () => void listeners.delete(entry);
  }

  return { emit, recent: () => [...kept], subscribe };
}
