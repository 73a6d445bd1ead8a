/** Told one line at a time. */
export type Report = (line: string) => void;

/** Counts the steps of something long. */
export interface Progress extends Disposable {
  readonly step: (name: string) => void;
}

/** Tells every few seconds how far something long has come, and its time at the end. */
export function createProgress(what: string, report: Report, interval = 10_000): Progress {
  const start = Date.now();
  let steps = 0;
  const elapsed = () => `${Math.round((Date.now() - start) / 1000)} s`;
  const timer = setInterval(() => report(`${what}: ${steps} packages so far, ${elapsed()}`), interval);
  return {
    step: () => {
      steps += 1;
    },
    [Symbol.dispose]() {
      clearInterval(timer);
      report(`${what}: ended after ${elapsed()}`);
    },
  };
}
