// node:test's `run`, with one thing it leaves undone: a file that hangs is not only called failed, it is ended.
import { run } from 'node:test';

const ENDED_AFTER = 1000;

/** The events of these files (absolute paths), each in a process of its own and for at most `timeout` milliseconds. */
export function runFiles(files, { concurrency, timeout, signal }) {
  const end = `setTimeout(() => process.kill(process.pid, 'SIGKILL'), ${timeout + ENDED_AFTER}).unref()`;
  const execArgv = [`--import=data:text/javascript,${encodeURIComponent(end)}`];
  return run({ files, concurrency, timeout, execArgv, isolation: 'process', ...(signal ? { signal } : {}) });
}
