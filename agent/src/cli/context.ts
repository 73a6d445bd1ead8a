/** Everything of the outside that the command touches; `main.ts` hands in the process's own, tests what they like. */
export interface CliContext {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly now: () => Date;
  /** Aborted by the first Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
  readonly version: string;
  /** Runs the agent with the arguments after `agent` until `stop` is aborted; resolves with the exit code. */
  readonly runAgent: (argv: readonly string[], stop: AbortSignal) => Promise<number>;
}

/** A text stream that knows whether a person looks at it. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  /** Characters a line of the terminal has. */
  readonly columns?: number | undefined;
}

/** What the command's exit codes mean. */
export const EXIT = { ok: 0, failed: 1, usage: 2 } as const;
