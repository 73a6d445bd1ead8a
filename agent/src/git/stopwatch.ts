/** An operation on the remote that has ended, and how long it took in seconds. */
export type OnOperation = (operation: 'look' | 'fetch' | 'push', result: 'ok' | 'failed', seconds: number) => void;

/** Does a work that is one operation on the remote. */
export type Timed = <T>(operation: Parameters<OnOperation>[0], work: () => Promise<T>) => Promise<T>;

/** What tells the listener of each operation when it has ended. `now` in milliseconds. */
export function createStopwatch(onOperation: OnOperation = () => undefined, now: () => number = Date.now): Timed {
  return async (operation, work) => {
    const started = now();
    const seconds = () => (now() - started) / 1000;
    try {
      const result = await work();
      onOperation(operation, 'ok', seconds());
      return result;
    } catch (error) {
      onOperation(operation, 'failed', seconds());
      throw error;
    }
  };
}
