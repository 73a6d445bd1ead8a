/** Waits; signals or `wake` end them early. */
export interface Rest {
  /** Milliseconds; absent = until something ends it. */
  wait(milliseconds: number | undefined, signal: AbortSignal): Promise<void>;
  /** Ends all waits. */
  wake(): void;
}

/** Makes waits that others can end. */
export function createRest(): Rest {
  const ends = new Set<() => void>();
  return {
    wait: (milliseconds, signal) =>
      new Promise((resolve) => {
        const end = () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', end);
          ends.delete(end);
          resolve();
        };
        const timer = milliseconds === undefined ? undefined : setTimeout(end, milliseconds);
        signal.addEventListener('abort', end, { once: true });
        ends.add(end);
        if (signal.aborted) end();
      }),
    wake() {
      for (const end of ends) end();
    },
  };
}
