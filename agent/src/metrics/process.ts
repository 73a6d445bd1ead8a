import type { Registry } from './registry.ts';

/** Registers what Prometheus expects of every process, under its usual names; gives what brings the values up to date. */
export function processMetrics(registry: Registry): () => void {
  const memory = registry.gauge('process_resident_memory_bytes', 'Resident memory size in bytes.', []);
  const cpu = registry.counter('process_cpu_seconds_total', 'Total user and system CPU time spent in seconds.', []);
  const start = registry.gauge(
    'process_start_time_seconds',
    'Start time of the process since unix epoch in seconds.',
    [],
  );
  const lag = registry.gauge(
    'nodejs_eventloop_lag_seconds',
    'How long the event loop kept a task waiting when the metrics were last read.',
    [],
  );
  start.set({}, Math.round(performance.timeOrigin) / 1000);
  let counted = 0;

  return () => {
    memory.set({}, process.memoryUsage.rss());
    const { user, system } = process.cpuUsage();
    const seconds = (user + system) / 1e6;
    cpu.add({}, seconds - counted);
    counted = seconds;
    // Measured after this answer and shown in the next: a timer that watches all the time would cost more than it tells.
    const asked = performance.now();
    setImmediate(() => lag.set({}, (performance.now() - asked) / 1000));
  };
}
