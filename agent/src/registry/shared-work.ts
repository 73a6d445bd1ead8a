/** Does the same work once for all who want it at the same time, and keeps what came of it until it is forgotten. */
export interface SharedWork<T> {
  /** The value for the key: kept, under way, or begun now. A failure is kept for nobody. */
  get(key: string, work: () => Promise<T>): Promise<T>;
  forget(key: string): void;
}

/** Makes an empty one; `isFresh` says whether a kept value may still be used. */
export function createSharedWork<T>(isFresh: (value: T) => boolean = () => true): SharedWork<T> {
  const kept = new Map<string, T>();
  const running = new Map<string, Promise<T>>();

  async function run(key: string, work: () => Promise<T>): Promise<T> {
    try {
      const value = await work();
      for (const [other, old] of kept) if (!isFresh(old)) kept.delete(other);
      kept.set(key, value);
      return value;
    } finally {
      running.delete(key);
    }
  }

  return {
    get(key, work) {
      const value = kept.get(key);
      if (value !== undefined && isFresh(value)) return Promise.resolve(value);
      const begun = running.get(key) ?? run(key, work);
      running.set(key, begun);
      return begun;
    },
    forget(key) {
      kept.delete(key);
    },
  };
}
