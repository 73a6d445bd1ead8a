/** Runs passes over all images once an interval, and over some of them as soon as there is a reason; never two at a time. */
export interface Passes {
  /** A pass over everything, now or right after the one under way. */
  runAll(): void;
  /** A pass over these image repositories, soon: those that are named meanwhile go with it. */
  runSome(repositories: Iterable<string>): void;
  /** Starts no further pass; resolves when the one under way has ended. */
  stop(): Promise<void>;
}

/** What passes are made of. */
export interface PassesOptions {
  /** `undefined` = over everything. What it rejects with goes to `onFailed`. */
  readonly pass: (repositories: ReadonlySet<string> | undefined) => Promise<void>;
  readonly onFailed: (error: unknown) => void;
  /** Milliseconds from the end of a pass over everything to the next. */
  readonly interval: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** Milliseconds from the end of a pass to one over some: however many messages come, no registry is asked more often. */
const PAUSE = 500;

/** Passes of which none has run. */
export function createPasses({ pass, onFailed, interval, now, signal }: PassesOptions): Passes {
  const some = new Set<string>();
  let all = false;
  let nextAll = 0;
  let nextSome = 0;
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  function schedule(): void {
    clearTimeout(timer);
    if (running !== undefined || signal.aborted) return;
    if (all) {
      start();
      return;
    }
    const at = some.size > 0 ? Math.min(nextSome, nextAll) : nextAll;
    timer = setTimeout(start, Math.max(0, at - now()));
  }

  function start(): void {
    const overAll = all || now() >= nextAll;
    const repositories = overAll ? undefined : new Set(some);
    all = false;
    some.clear();
    running = pass(repositories)
      .catch(onFailed)
      .finally(() => {
        running = undefined;
        nextSome = now() + PAUSE;
        if (overAll) nextAll = now() + interval;
        schedule();
      });
  }

  return {
    runAll() {
      all = true;
      schedule();
    },
    runSome(repositories) {
      for (const name of repositories) some.add(name);
      if (some.size > 0) schedule();
    },
    async stop() {
      clearTimeout(timer);
      await running;
    },
  };
}
