/** Something to write, and what makes two the same. */
export interface Queued<T> {
  readonly key: string;
  readonly value: T;
  /** How often it happened while it waited. */
  count: number;
}

/** A queue that never blocks whoever fills it. */
export interface EventQueue<T> {
  /** The same again is counted with what waits already. */
  push(key: string, value: T): void;
  stop(): void;
}

/** What an event queue is made of. */
export interface EventQueueOptions<T> {
  /** Writes one; what it rejects with is its own business. */
  readonly write: (queued: Queued<T>) => Promise<unknown>;
  /** How many may wait; the oldest go. */
  readonly size: number;
  /** How many may be written at once after a rest, and milliseconds until there may be one more. */
  readonly burst: number;
  readonly interval: number;
  /** Milliseconds that only grow. */
  readonly clock: () => number;
  readonly onDropped: () => void;
}

/** An empty queue, with a token bucket before what is written. */
export function createEventQueue<T>(options: EventQueueOptions<T>): EventQueue<T> {
  const { write, size, burst, interval, clock, onDropped } = options;
  const waiting = new Map<string, Queued<T>>();
  let fullAt = 0;
  let timer: NodeJS.Timeout | undefined;
  let writing = false;
  let stopped = false;

  function next(): void {
    if (writing || stopped || timer !== undefined) return;
    const first = waiting.values().next().value;
    if (first === undefined) return;
    const wait = Math.max(fullAt, clock()) + interval - burst * interval - clock();
    if (wait > 0) {
      timer = setTimeout(() => {
        timer = undefined;
        next();
      }, wait);
      timer.unref();
      return;
    }
    fullAt = Math.max(fullAt, clock()) + interval;
    waiting.delete(first.key);
    writing = true;
    const done = (): void => {
      writing = false;
      next();
    };
    write(first).then(done, done);
  }

  return {
    push(key, value) {
      const same = waiting.get(key);
      if (same !== undefined) same.count += 1;
      else waiting.set(key, { key, value, count: 1 });
      const oldest = waiting.keys().next().value;
      if (waiting.size > size && oldest !== undefined) {
        waiting.delete(oldest);
        onDropped();
      }
      next();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      waiting.clear();
    },
  };
}
