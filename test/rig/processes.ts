import { type ChildProcess, spawn } from 'node:child_process';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { type Wait, waitFor } from './wait.ts';
import { guardGroup, releaseGroup } from './watchdog.ts';

const TAIL_LINES = 200;

/** What to run. The environment is passed on as it is given: only PATH, HOME and TMPDIR come from ours. */
export interface ProcessOptions {
  /** As it is called in errors; the command's name unless told. */
  readonly name?: string;
  readonly command: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Milliseconds from TERM to KILL in `stop`; 5 000 unless told, 0 kills at once (for what keeps nothing). */
  readonly grace?: number;
  /** Told each line of output as it comes. */
  readonly onLine?: (line: string) => void;
}

/** A child process with its group. It ends with this process at the latest, whatever happens. */
export interface RigProcess extends AsyncDisposable {
  readonly name: string;
  readonly pid: number;
  readonly running: boolean;
  /** Resolves when it has ended, with how ("exit code 1", "SIGKILL"). */
  readonly ended: Promise<string>;
  /** The last lines of its output, both streams as they came. */
  tail(lines?: number): string;
  /** Waits until `look` finds something; fails at once, with the end of the log, when the process ends. */
  ready<T>(wait: Wait, look: () => Promise<T> | T): Promise<NonNullable<T>>;
  /** Waits for a line of output, also one already there. */
  line(pattern: RegExp, deadline?: number): Promise<RegExpMatchArray>;
  /** Sends a signal to the whole group. */
  signal(signal: NodeJS.Signals): void;
  /** TERM, then KILL after the grace; resolves when it has ended. */
  stop(): Promise<void>;
}

/** Starts a process in a group of its own. Throws when the program cannot be started. */
export async function startProcess(options: ProcessOptions): Promise<RigProcess> {
  const child = spawn(options.command, options.args ?? [], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...inheritedEnvironment(), ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const pid = await started(child, options.command);
  guardGroup(pid);
  return watch(child, pid, options);
}

/** What every child needs of our environment; nothing else leaks into it. */
export function inheritedEnvironment(): Record<string, string> {
  const names = ['PATH', 'HOME', 'TMPDIR'];
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name] ?? '']] : [])));
}

function started(child: ChildProcess, command: string): Promise<number> {
  const { pid } = child;
  if (pid !== undefined) return Promise.resolve(pid);
  return new Promise((_, reject) => {
    child.once('error', (error) => reject(new Error(`${command} could not be started: ${error.message}`)));
  });
}

function watch(child: ChildProcess, pid: number, options: ProcessOptions): RigProcess {
  const name = options.name ?? basename(options.command);
  const lines: string[] = [];
  let how: string | undefined;
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      how = signal ?? `exit code ${code}`;
      releaseGroup(pid);
      resolve(how);
    });
  });
  for (const stream of [child.stdout, child.stderr]) if (stream) collect(stream, lines, options.onLine);
  child.unref();

  function tail(count = 25): string {
    return lines.slice(-count).join('\n');
  }
  function signal(wanted: NodeJS.Signals): void {
    if (how !== undefined) return;
    try {
      process.kill(-pid, wanted);
    } catch {
      // Gone between the check and the signal.
    }
  }
  async function ready<T>(wait: Wait, look: () => Promise<T> | T): Promise<NonNullable<T>> {
    const died = new AbortController();
    void ended.then((end) => died.abort(new Error(`${name} ended (${end}) while waiting for ${wait.what}`)));
    try {
      return await waitFor({ ...wait, signal: died.signal }, look);
    } catch (error) {
      throw new Error(`${error instanceof Error ? error.message : error}\nthe end of its log:\n${tail()}`);
    }
  }
  async function stop(): Promise<void> {
    const grace = options.grace ?? 5000;
    if (how === undefined) child.ref();
    signal(grace === 0 ? 'SIGKILL' : 'SIGTERM');
    const kill = setTimeout(() => signal('SIGKILL'), grace);
    await ended;
    clearTimeout(kill);
  }
  return {
    name,
    pid,
    ended,
    tail,
    ready,
    signal,
    stop,
    get running() {
      return how === undefined;
    },
    line: (pattern, deadline) =>
      ready({ what: `a line like ${pattern} from ${name}`, interval: 10, ...(deadline ? { deadline } : {}) }, () => {
        for (const line of lines) {
          const match = line.match(pattern);
          if (match) return match;
        }
        return undefined;
      }),
    [Symbol.asyncDispose]: stop,
  };
}

function collect(stream: Readable, lines: string[], onLine: ((line: string) => void) | undefined): void {
  // A child that outlives a test must not keep the test's process alive: the watchdog ends it.
  if ('unref' in stream && typeof stream.unref === 'function') stream.unref();
  createInterface({ input: stream, crlfDelay: Infinity }).on('line', (line) => {
    lines.push(line);
    if (lines.length > TAIL_LINES) lines.shift();
    onLine?.(line);
  });
}
