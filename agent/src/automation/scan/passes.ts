/** Runs passes that ask for all images once an interval, and for some of them as soon as there is a reason; never two at a time. */
export interface Passes {
  /** A pass that asks for everything, now or right after the one under way. */
  runAll(): void;
  /** A pass that asks for nothing in particular, now or right after the one under way. */
  runNow(): void;
  /** A pass that asks for nothing in particular, soon: one for all who want one meanwhile. */
  runSoon(): void;
  /** A pass that asks for these image repositories, soon: those that are named meanwhile go with it. */
  runSome(repositories: Iterable<string>): void;
  /** Starts no further pass; resolves when the one under way has ended. */
  stop(): Promise<void>;
}

/** What passes are made of. */
export interface PassesOptions {
  /**
   * What to ask for, `undefined` = everything. False where it is too early to ask: the next pass does what this one was to do. What
   * it rejects with goes to `onFailed`.
   */
  readonly pass: (repositories: ReadonlySet<string> | undefined) => Promise<boolean>;
  readonly onFailed: (error: unknown) => void;
  /** Milliseconds from the end of a pass that asked for everything to the next. */
  readonly interval: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** Milliseconds from the end of a pass to one that asks for some or comes soon: however many messages come, no registry is asked more often. */
const PAUSE = 500;

/** Passes of which none has run. */
export function createPasses({ pass, onFailed, interval, now, signal }: PassesOptions): Passes {
  const some = new Set<string>();
  let all = false;
  /** One over everything came too early: the next pass is one, whenever that is. */
  let isOwed = false;
  let atOnce = false;
  let isSoon = false;
  let nextAll = 0;
  let nextSome = 0;
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  function schedule(): void {
    clearTimeout(timer);
    if (running !== undefined || signal.aborted) return;
    if (all || atOnce) {
      start();
      return;
    }
    const at = isSoon || some.size > 0 ? Math.min(nextSome, nextAll) : nextAll;
    timer = setTimeout(start, Math.max(0, at - now()));
  }

  function start(): void {
    const overAll = all || isOwed || now() >= nextAll;
    const named = new Set(some);
    all = false;
    isOwed = false;
    atOnce = false;
    isSoon = false;
    some.clear();
    running = pass(overAll ? undefined : named)
      .then((hasAsked) => {
        if (hasAsked) return;
        isOwed = overAll;
        for (const name of named) some.add(name);
      })
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
    runNow() {
      atOnce = true;
      schedule();
    },
    runSoon() {
      isSoon = true;
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
