/** One alarm a key: a later one takes the place of the earlier. */
export interface Alarms {
  set(key: string, at: Date): void;
  clear(key: string): void;
  /** No alarm rings any more, nor can one be set. */
  stop(): void;
}

/** Milliseconds: what timers can hold. A ring that comes too early must do no harm. */
const LONGEST = 2 ** 31 - 1;

/** Alarms without any set. */
export function createAlarms(now: () => Date, ring: (key: string) => void): Alarms {
  const timers = new Map<string, NodeJS.Timeout>();
  let stopped = false;

  function clear(key: string): void {
    clearTimeout(timers.get(key));
    timers.delete(key);
  }

  return {
    set(key, at) {
      clear(key);
      if (stopped) return;
      const delay = Math.min(Math.max(0, at.getTime() - now().getTime()), LONGEST);
      const timer = setTimeout(() => {
        timers.delete(key);
        ring(key);
      }, delay);
      timers.set(key, timer);
    },
    clear,
    stop() {
      stopped = true;
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
    },
  };
}
