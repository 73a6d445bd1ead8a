// node:test's `run`, with what it leaves undone: a file that hangs is not only called failed, it is ended, and so
// is a file whose run is gone.
import { run } from 'node:test';

const ENDED_AFTER = 1000;

/** The events of these files (absolute paths), each in a process of its own and for at most `timeout` milliseconds. */
export function runFiles(files, { concurrency, timeout, signal }) {
  const guard = `
    const end = () => process.kill(process.pid, 'SIGKILL');
    const parent = process.ppid;
    setInterval(() => process.ppid === parent || end(), 500).unref();
    setTimeout(end, ${timeout + ENDED_AFTER}).unref();`;
  const execArgv = [`--import=data:text/javascript,${encodeURIComponent(guard)}`];
  return run({ files, concurrency, timeout, execArgv, isolation: 'process', ...(signal ? { signal } : {}) });
}
