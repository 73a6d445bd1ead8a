/** Timers, so that tests need not wait. */
export interface Timers<Handle> {
  set(run: () => void, milliseconds: number): Handle;
  clear(handle: Handle): void;
}

/** Something that is done once things have been quiet for a while. */
export interface Debounced {
  /** It has to be done (again). */
  ask(): void;
  /** What was asked for is not done any more. */
  cancel(): void;
}

/** Runs after so many milliseconds without another wish. */
export function debounced<Handle>(run: () => void, milliseconds: number, timers: Timers<Handle>): Debounced {
  let waiting: { readonly handle: Handle } | undefined;
  const cancel = () => {
    if (waiting !== undefined) timers.clear(waiting.handle);
    waiting = undefined;
  };
  return {
    ask() {
      cancel();
      const handle = timers.set(() => {
        waiting = undefined;
        run();
      }, milliseconds);
      waiting = { handle };
    },
    cancel,
  };
}
