import type { Toasts } from './toasts.ts';

/** Does what a person asked for; what fails is told, and never thrown. */
export type Run = (work: () => unknown) => Promise<void>;

/** Runs what commands do; their failures become toasts. */
export function createRun(toasts: Pick<Toasts, 'failed'>): Run {
  return async (work) => {
    try {
      await work();
    } catch (error) {
      toasts.failed(error);
    }
  };
}
