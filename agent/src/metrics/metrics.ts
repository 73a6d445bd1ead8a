import { type Counter, createRegistry, type Gauge, type Histogram } from './registry.ts';

/** Everything the agent measures. Names begin with `weaveflux_`, times are in seconds. */
export interface Metrics {
  /** Deliveries by their result. */
  readonly reconcile: Histogram<'result'>;
  /** From the notification of a push to all of its objects sent. */
  readonly pushToApplied: Histogram<never>;
  /** From the notification of a push to all of its objects healthy. */
  readonly pushToHealthy: Histogram<never>;
  /** Managed objects by what the last delivery did with them, their health and how they differ (`none`, or a drift mode). */
  readonly objects: Gauge<'action' | 'health' | 'drift'>;
  /** What waits for a person before it is pruned. */
  readonly pruneWaiting: Gauge<never>;
  readonly interference: Counter<'outcome'>;
  readonly scans: Counter<'host' | 'result'>;
  /** Seconds that scans waited for a registry's rate limit. */
  readonly rateLimitWait: Counter<'host'>;
  readonly releases: Counter<'result'>;
  readonly gitOperations: Histogram<'operation' | 'result'>;
  /** Requests to the Kubernetes API by verb and HTTP status (`error` where there was no answer). */
  readonly apiCalls: Counter<'verb' | 'code'>;
  /** 1 while the last look at the repository worked. */
  readonly gitReady: Gauge<never>;
  /** The Prometheus text format 0.0.4. */
  print(): string;
}

const SHORT = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const LONG = [0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800];

/** The agent's metrics, all at zero. */
export function createMetrics(build: { readonly version: string; readonly environment: string }): Metrics {
  const registry = createRegistry();
  registry.gauge('weaveflux_build_info', 'Always 1; says what runs.', ['version', 'environment']).set(build, 1);
  return {
    reconcile: registry.histogram('weaveflux_reconcile_duration_seconds', 'Deliveries.', ['result'], LONG),
    pushToApplied: registry.histogram(
      'weaveflux_push_to_applied_seconds',
      'From the notification of a push to all of its objects sent.',
      [],
      LONG,
    ),
    pushToHealthy: registry.histogram(
      'weaveflux_push_to_healthy_seconds',
      'From the notification of a push to all of its objects healthy.',
      [],
      LONG,
    ),
    objects: registry.gauge('weaveflux_objects', 'Managed objects.', ['action', 'health', 'drift']),
    pruneWaiting: registry.gauge('weaveflux_prune_waiting_objects', 'Objects whose deletion waits for a person.', []),
    interference: registry.counter('weaveflux_interference_total', 'Changes by others, by what came of them.', [
      'outcome',
    ]),
    scans: registry.counter('weaveflux_registry_requests_total', 'Requests to image registries.', ['host', 'result']),
    rateLimitWait: registry.counter(
      'weaveflux_registry_rate_limit_wait_seconds_total',
      "Time that scans waited for a registry's rate limit.",
      ['host'],
    ),
    releases: registry.counter('weaveflux_releases_total', 'Changes of images, by result.', ['result']),
    gitOperations: registry.histogram(
      'weaveflux_git_operation_duration_seconds',
      'Operations on the remote repository.',
      ['operation', 'result'],
      SHORT,
    ),
    apiCalls: registry.counter('weaveflux_api_requests_total', 'Requests to the Kubernetes API.', ['verb', 'code']),
    gitReady: registry.gauge('weaveflux_git_ready', '1 while the repository can be read.', []),
    print: registry.print,
  };
}
