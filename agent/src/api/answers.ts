/** An answer and how many milliseconds it holds. */
export interface Answered<T> {
  readonly value: T;
  readonly keep: number;
}

/** Answers that are kept for a while, so that the same question is not asked again and again. */
export interface Answers<T> {
  /** The answer kept for the key, else what `ask` gives; those who come meanwhile share it. Failures are not kept. */
  get(key: string, ask: () => Promise<Answered<T>>): Promise<T>;
}

/** Keeps at most `limit` answers; beyond it the oldest goes. */
export function createAnswers<T>(limit: number, now: () => number): Answers<T> {
  const kept = new Map<string, { readonly answer: Promise<T>; until: number }>();
  return {
    get(key, ask) {
      const known = kept.get(key);
      if (known !== undefined && now() < known.until) return known.answer;
      const asked = ask();
      const entry = { answer: asked.then(({ value }) => value), until: Number.POSITIVE_INFINITY };
      // Put at the end: the first of a map is what was asked longest ago.
      kept.delete(key);
      kept.set(key, entry);
      if (kept.size > limit) kept.delete([...kept.keys()][0] ?? '');
      asked.then(
        ({ keep }) => {
          entry.until = now() + keep;
        },
        () => {
          if (kept.get(key) === entry) kept.delete(key);
        },
      );
      return entry.answer;
    },
  };
}
