/** Something that ends, as VS Code's disposables do. */
interface Ends {
  dispose(): unknown;
}

/** A part whose code is loaded when it is first needed, so that a start does without. */
export interface Lazy<T> extends Ends {
  /** The part, which is made once. Rejects where it cannot be loaded; the next call tries again. */
  load(): Promise<T>;
  /** What `work` makes of the part: at once where the part is there, else as soon as it is. */
  use<R>(work: (part: T) => R | PromiseLike<R>): R | PromiseLike<R>;
}

/** A part that `make` loads and makes. It ends with what is returned, also where it comes later than the end. */
export function lazily<T extends Ends>(make: () => Promise<T>): Lazy<T> {
  let loading: Promise<T> | undefined;
  let made: { readonly part: T } | undefined;
  let isDisposed = false;

  async function begin(): Promise<T> {
    try {
      const part = await make();
      made = { part };
      if (isDisposed) part.dispose();
      return part;
    } catch (error) {
      loading = undefined;
      throw error;
    }
  }

  function load(): Promise<T> {
    loading ??= begin();
    return loading;
  }

  return {
    load,
    use: (work) => (made === undefined ? load().then(work) : work(made.part)),
    dispose() {
      isDisposed = true;
      made?.part.dispose();
    },
  };
}
