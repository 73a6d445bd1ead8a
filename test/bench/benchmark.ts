/** One measured figure, as it stands in the table. */
export interface Figure {
  readonly what: string;
  readonly measured: string;
  readonly goal?: string;
  readonly met?: boolean;
}

/** What a benchmark found out. */
export interface Measured {
  readonly figures: readonly Figure[];
  /** What a reader must know to judge the figures; why a goal is missed and what would meet it. */
  readonly notes?: readonly string[];
}

/** A benchmark: one file, bounded in time, everything on loopback. */
export interface Benchmark {
  readonly name: string;
  readonly title: string;
  /** How it is measured, in a sentence or two. */
  readonly how: string;
  /** Runs only when asked for by name. */
  readonly onRequest?: boolean;
  /** `say` tells a person what goes on. */
  run(say: (line: string) => void, options: BenchmarkOptions): Promise<Measured>;
}

export interface BenchmarkOptions {
  /** Times that what is compared is repeated; each benchmark has its own number unless told. */
  readonly rounds?: number;
  /** Node writes CPU profiles of agents into this folder. */
  readonly profile?: string;
  /** Minutes that `npm test` took, by hand. */
  readonly testMinutes?: number;
}
