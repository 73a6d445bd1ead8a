import { type SimpleGitOptions, simpleGit } from 'simple-git';
import { ProcessFailure } from './process.ts';

/** One call of git that reads or writes the mirror, takes no input and starts no other program. */
export interface PlumbingCall {
  readonly args: readonly string[];
  /** The whole environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Milliseconds. */
  readonly timeout: number;
  /** The most that stdout may hold. */
  readonly maxBytes: number;
}

type Outcome = Parameters<NonNullable<SimpleGitOptions['errors']>>[1];

/** What a git that was told to end may still take, milliseconds. */
const GRACE = 1_000;

/** simple-git refuses these unless they are named; folder, settings and environment are all our own, from constants. */
const UNSAFE = {
  allowUnsafeConfigPaths: true,
  allowUnsafeCredentialHelper: true,
  allowUnsafeFsMonitor: true,
  allowUnsafeHooksPath: true,
  allowUnsafeTemplateDir: true,
} as const;

/** Runs git by simple-git and gives its stdout. Rejections are `ProcessFailure`s, as those of `runProcess`. */
export async function runPlumbing(call: PlumbingCall): Promise<Buffer> {
  if (call.signal.aborted) throw new ProcessFailure('cancelled', undefined, '', '');
  const ending = new AbortController();
  const given = Promise.withResolvers<never>();
  let reason: ProcessFailure['reason'] = 'exit';
  let outcome: Outcome | undefined;
  let grace: NodeJS.Timeout | undefined;

  const end = (why: ProcessFailure['reason']) => {
    if (reason !== 'exit') return;
    reason = why;
    ending.abort();
    // What cannot be ended must not hold the agent.
    grace = setTimeout(() => given.reject(failureOf(reason, outcome)), GRACE);
  };
  const cancel = () => end('cancelled');
  const deadline = setTimeout(() => end('timeout'), call.timeout);
  call.signal.addEventListener('abort', cancel, { once: true });

  const git = simpleGit({
    baseDir: '/',
    abort: ending.signal,
    allowEnvironment: Object.keys(call.env),
    unsafe: UNSAFE,
    completion: { onClose: true, onExit: false },
    // By itself it takes a failure without words on stderr, and a git that was killed, for a success.
    errors(error, result) {
      outcome = result;
      return error ?? (result.exitCode === 0 ? undefined : new Error('git failed'));
    },
  }).env({ ...call.env });
  let bytes = 0;
  git.outputHandler((_command, stdout) => {
    stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > call.maxBytes) end('too-big');
    });
  });
  try {
    await Promise.race([git.raw([...call.args]), given.promise]);
    return Buffer.concat(outcome?.stdOut ?? []);
  } catch (error) {
    // Without an outcome git was not even started: simple-git refused the call.
    throw outcome === undefined && reason === 'exit' ? error : failureOf(reason, outcome);
  } finally {
    for (const timer of [deadline, grace]) clearTimeout(timer);
    call.signal.removeEventListener('abort', cancel);
  }
}

function failureOf(reason: ProcessFailure['reason'], outcome: Outcome | undefined): ProcessFailure {
  const code = outcome?.exitCode ?? undefined;
  const [stdout, stderr] = [outcome?.stdOut, outcome?.stdErr].map((chunks) => Buffer.concat(chunks ?? []).toString());
  // Node tells a program that could not be started by a negative code.
  const why = reason === 'exit' && code !== undefined && code < 0 ? 'spawn' : reason;
  return new ProcessFailure(why, code, stdout ?? '', stderr ?? '');
}
