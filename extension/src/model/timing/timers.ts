/** How time is told and waited for. */
export interface Timers {
  now(): number;
  /** Calls back after so many milliseconds; what it returns ends the wait. */
  wait(milliseconds: number, then: () => void): () => void;
}
