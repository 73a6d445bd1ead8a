import { processMetrics } from './process.ts';
import { type Counter, createRegistry, type Gauge, type Histogram } from './registry.ts';

/** Everything the agent measures. Its own names begin with `weaveflux_`, times are in seconds. */
export interface Metrics {
  /** 1 while this replica works, 0 while it stands by. */
  readonly leader: Gauge<never>;
  /** Deliveries by their result. */
  readonly reconcile: Histogram<'result'>;
  /** From first seeing a new revision to all of its objects sent. */
  readonly pushToApplied: Histogram<never>;
  /** From first seeing a new revision to all of its objects healthy. */
  readonly pushToHealthy: Histogram<never>;
  /** From first seeing a tag in its registry to the workload with it healthy. */
  readonly imageToHealthy: Histogram<never>;
  /** Managed objects by what the last delivery did with them, their health and how they differ (`none`, or a drift mode). */
  readonly objects: Gauge<'action' | 'health' | 'drift'>;
  /** What waits for a person before it is pruned. */
  readonly pruneWaiting: Gauge<never>;
  readonly suspensions: Gauge<'scope'>;
  readonly interference: Counter<'outcome'>;
  readonly deliveriesWaiting: Gauge<never>;
  readonly jobsRunning: Gauge<never>;
  /** Changes of images that policies ask for and that are not in the repository yet. */
  readonly proposals: Gauge<never>;
  readonly scans: Counter<'host' | 'result'>;
  /** How often requests waited for a registry's rate limit, and for how many seconds. */
  readonly rateLimitWaits: Counter<'host'>;
  readonly rateLimitWait: Counter<'host'>;
  readonly releases: Counter<'result'>;
  readonly gitOperations: Histogram<'operation' | 'result'>;
  /** 1 while the last look at the repository worked. */
  readonly gitReady: Gauge<never>;
  /** Requests to the Kubernetes API by verb and HTTP status (`error` where there was no answer). */
  readonly apiCalls: Counter<'verb' | 'code'>;
  /** Until the API began to answer. */
  readonly apiDuration: Histogram<'verb'>;
  /** Events of Kubernetes that were not written because too many waited. */
  readonly eventsDropped: Counter<never>;
  /** The Prometheus text format 0.0.4. */
  print(): string;
}

const SHORT = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const CALLS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const LONG = [0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800];

/** The agent's metrics, all at zero. */
export function createMetrics(build: { readonly version: string; readonly environment: string }): Metrics {
  const registry = createRegistry();
  const { counter, gauge, histogram } = registry;
  gauge('weaveflux_build_info', 'Always 1; says what runs.', ['version', 'environment']).set(build, 1);
  const metrics = {
    leader: gauge('weaveflux_leader', '1 while this replica works, 0 while it stands by.', []),
    reconcile: histogram(
      'weaveflux_reconcile_duration_seconds',
      'Deliveries of a revision, from their begin until everything was sent or failed.',
      ['result'],
      LONG,
    ),
    pushToApplied: histogram(
      'weaveflux_push_to_applied_seconds',
      'From first seeing a new revision until all of its objects were sent; what the poll interval adds before is not in it, nor the revision found at the start.',
      [],
      LONG,
    ),
    pushToHealthy: histogram(
      'weaveflux_push_to_healthy_seconds',
      'From first seeing a new revision until all of its objects were healthy; counted as weaveflux_push_to_applied_seconds is.',
      [],
      LONG,
    ),
    imageToHealthy: histogram(
      'weaveflux_image_to_healthy_seconds',
      'From first deciding for a tag that a scan listed, over commit and delivery, until the workload with it was healthy; what the scan interval adds before is not in it.',
      [],
      LONG,
    ),
    objects: gauge(
      'weaveflux_objects',
      'Managed objects by what the last delivery did with them, their health and how they differ.',
      ['action', 'health', 'drift'],
    ),
    pruneWaiting: gauge('weaveflux_prune_waiting_objects', 'Objects whose deletion waits for a person.', []),
    suspensions: gauge('weaveflux_suspensions', 'Suspensions that hold, of the environment or of workloads.', [
      'scope',
    ]),
    interference: counter('weaveflux_interference_total', 'Changes by others, by what came of them.', ['outcome']),
    deliveriesWaiting: gauge('weaveflux_deliveries_waiting', 'Deliveries that wait for the one under way.', []),
    jobsRunning: gauge('weaveflux_jobs_running', 'Jobs that people asked for and that are under way.', []),
    proposals: gauge('weaveflux_proposals', 'Images that policies want changed and that are not committed yet.', []),
    scans: counter('weaveflux_registry_requests_total', 'Requests to image registries.', ['host', 'result']),
    rateLimitWaits: counter(
      'weaveflux_registry_rate_limit_waits_total',
      "Requests that waited for a registry's rate limit.",
      ['host'],
    ),
    rateLimitWait: counter(
      'weaveflux_registry_rate_limit_wait_seconds_total',
      "Time that requests waited for a registry's rate limit.",
      ['host'],
    ),
    releases: counter('weaveflux_releases_total', 'Changes of images by policy, by result.', ['result']),
    gitOperations: histogram(
      'weaveflux_git_operation_duration_seconds',
      'Operations on the remote repository.',
      ['operation', 'result'],
      SHORT,
    ),
    gitReady: gauge('weaveflux_git_ready', '1 while the repository can be read.', []),
    apiCalls: counter('weaveflux_api_requests_total', 'Requests to the Kubernetes API.', ['verb', 'code']),
    apiDuration: histogram(
      'weaveflux_api_request_duration_seconds',
      'Time until the Kubernetes API began to answer.',
      ['verb'],
      CALLS,
    ),
    eventsDropped: counter(
      'weaveflux_kubernetes_events_dropped_total',
      'Events of Kubernetes that were not written, because too many waited.',
      [],
    ),
  } satisfies Omit<Metrics, 'print'>;
  const measureProcess = processMetrics(registry);
  return {
    ...metrics,
    print() {
      measureProcess();
      return registry.print();
    },
  };
}
