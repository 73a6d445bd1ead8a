import { spawn } from 'node:child_process';

/** One run of a program. */
export interface ProcessCall {
  readonly args: readonly string[];
  /** The whole environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly input?: string | Buffer;
  readonly signal: AbortSignal;
  /** Milliseconds. */
  readonly timeout: number;
  /** The timeout counts from the last sign of life, up to `PATIENCE` timeouts in all: for transfers whose length nobody knows. */
  readonly patient?: boolean;
  /** The most that stdout may hold; default 256 MiB. */
  readonly maxBytes?: number;
}

/** Why a program did not end well. `stderr` is raw: it may hold credentials and must be redacted before it is shown. */
export class ProcessFailure extends Error {
  readonly reason: 'exit' | 'timeout' | 'cancelled' | 'too-big' | 'spawn';
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;

  constructor(reason: ProcessFailure['reason'], exitCode: number | undefined, stdout: string, stderr: string) {
    super(`process ended: ${reason}`);
    this.reason = reason;
    this.exitCode = exitCode;
    this.stdout = stdout;
    this.stderr = stderr;
  }
}

const PATIENCE = 30;
/** The most that a program may print unless it is told, bytes. */
export const MAX_BYTES = 256 * 1024 * 1024;
const MAX_STDERR = 64 * 1024;
const GRACE = 1_000;

/**
 * Runs a program in a process group of its own and gives its stdout. On the deadline or the signal the whole group
 * ends (git's ssh and helpers too) before the promise is rejected. Rejections are `ProcessFailure`s.
 */
export function runProcess(program: string, call: ProcessCall): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (call.signal.aborted) return reject(new ProcessFailure('cancelled', undefined, '', ''));
    const child = spawn(program, [...call.args], { env: { ...call.env }, detached: true, stdio: 'pipe' });
    const out: Buffer[] = [];
    let bytes = 0;
    let stderr = '';
    let reason: ProcessFailure['reason'] = 'exit';
    let settled = false;

    const end = (why: ProcessFailure['reason']) => {
      if (reason !== 'exit') return;
      reason = why;
      killGroup(child.pid, 'SIGTERM');
      hard = setTimeout(() => {
        killGroup(child.pid, 'SIGKILL');
        // What left the group (or cannot be killed) must not hold the agent.
        hard = setTimeout(() => settle(undefined), GRACE);
      }, GRACE);
    };
    const cancel = () => end('cancelled');
    const settle = (code: number | undefined) => {
      if (settled) return;
      settled = true;
      for (const timer of [deadline, limit, hard]) clearTimeout(timer);
      call.signal.removeEventListener('abort', cancel);
      const stdout = Buffer.concat(out);
      if (reason === 'exit' && code === 0) resolve(stdout);
      else reject(new ProcessFailure(reason, code, stdout.subarray(0, MAX_STDERR).toString(), stderr));
    };

    let hard: NodeJS.Timeout | undefined;
    let deadline = setTimeout(() => end('timeout'), call.timeout);
    const limit = call.patient ? setTimeout(() => end('timeout'), call.timeout * PATIENCE) : undefined;
    const alive = () => {
      if (!call.patient || reason !== 'exit') return;
      clearTimeout(deadline);
      deadline = setTimeout(() => end('timeout'), call.timeout);
    };
    call.signal.addEventListener('abort', cancel, { once: true });

    child.stdout.on('data', (chunk: Buffer) => {
      alive();
      bytes += chunk.length;
      if (bytes > (call.maxBytes ?? MAX_BYTES)) end('too-big');
      else out.push(chunk);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      alive();
      // Its end says why; progress before that does not matter.
      stderr = (stderr + text).slice(-MAX_STDERR);
    });
    child.on('error', (error) => {
      reason = 'spawn';
      stderr += error.message;
      settle(undefined);
    });
    child.on('close', (code) => settle(code ?? undefined));
    // A program that ends without reading its input closes the pipe; its exit code tells why.
    child.stdin.on('error', () => undefined);
    child.stdin.end(call.input ?? '');
  });
}

function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended already.
  }
}
