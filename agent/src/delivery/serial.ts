/** Runs one task at a time for each key; while one runs, later ones of the same key fold into a single next one. */
export interface Serial {
  run(key: string, task: () => Promise<void>): void;
  /** Resolves when nothing runs any more. */
  idle(): Promise<void>;
}

/** A serial without tasks. `onError` is told what a task threw. */
export function createSerial(onError: (key: string, error: unknown) => void): Serial {
  const running = new Map<string, { next: (() => Promise<void>) | undefined; ended: Promise<void> }>();

  function run(key: string, task: () => Promise<void>): void {
    const lane = running.get(key);
    if (lane !== undefined) {
      lane.next = task;
      return;
    }
    const fresh = { next: undefined, ended: Promise.resolve() };
    running.set(key, fresh);
    fresh.ended = drain(key, task);
  }

  async function drain(key: string, first: () => Promise<void>): Promise<void> {
    for (let task: (() => Promise<void>) | undefined = first; task !== undefined; ) {
      await task().catch((error: unknown) => onError(key, error));
      const lane = running.get(key);
      task = lane?.next;
      if (lane !== undefined) lane.next = undefined;
    }
    running.delete(key);
  }

  async function idle(): Promise<void> {
    while (running.size > 0) await Promise.all([...running.values()].map(({ ended }) => ended));
  }

  return { run, idle };
}
