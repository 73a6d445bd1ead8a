/** Runs what it is given one after another, in order; one that fails does not stop the next. */
export class Queue {
  #last: Promise<unknown> = Promise.resolve();

  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work, work);
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Resolves when all that was queued so far has ended. */
  async idle(): Promise<void> {
    await this.#last;
  }
}
