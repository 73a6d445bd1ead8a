import { asWeavefluxError, type Job, toProblem } from '@weaveflux/shared';

const KEPT = 200;
const KEY_LIFETIME = 3_600_000;

/** What a job fills in while it runs. */
export type JobResult = Partial<Omit<Job, 'id' | 'kind' | 'state'>>;

/** The jobs that people asked for: a bounded list, oldest forgotten first. */
export interface Jobs {
  /** Starts a job; with the key of an earlier one within the hour, gives that one instead. */
  start(kind: Job['kind'], idempotencyKey: string | undefined, run: () => Promise<JobResult>): Job;
  get(id: string): Job | undefined;
  /** How many are under way. */
  running(): number;
  /** The job when it has ended, or as it is at the deadline (milliseconds). */
  wait(id: string, deadline: number, signal: AbortSignal): Promise<Job | undefined>;
}

/** An empty list of jobs. */
export function createJobs(options: { newId: () => string; now: () => Date }): Jobs {
  const jobs = new Map<string, { job: Job; ended: Promise<void> }>();
  const keys = new Map<string, { id: string; until: number }>();

  function start(kind: Job['kind'], key: string | undefined, run: () => Promise<JobResult>): Job {
    const earlier = key === undefined ? undefined : keys.get(key);
    const known = earlier !== undefined && earlier.until > options.now().getTime() ? jobs.get(earlier.id) : undefined;
    if (known !== undefined) return known.job;
    const id = options.newId();
    const job: Job = { id, kind, state: 'running', outcomes: [], problems: [] };
    const entry = { job, ended: Promise.resolve() };
    entry.ended = finish(entry, run);
    jobs.set(id, entry);
    if (key !== undefined) keys.set(key, { id, until: options.now().getTime() + KEY_LIFETIME });
    forgetOldest(jobs, ({ job: { state } }) => state !== 'running');
    forgetOldest(keys, () => true);
    return job;
  }

  async function wait(id: string, deadline: number, signal: AbortSignal): Promise<Job | undefined> {
    const entry = jobs.get(id);
    if (entry === undefined) return undefined;
    const enough = Promise.withResolvers<void>();
    const leave = (): void => enough.resolve();
    const timeout = setTimeout(leave, signal.aborted ? 0 : deadline);
    signal.addEventListener('abort', leave, { once: true });
    await Promise.race([entry.ended, enough.promise]);
    signal.removeEventListener('abort', leave);
    clearTimeout(timeout);
    return entry.job;
  }

  const running = () => [...jobs.values()].filter(({ job: { state } }) => state === 'running').length;
  return { start, get: (id) => jobs.get(id)?.job, running, wait };
}

async function finish(entry: { job: Job }, run: () => Promise<JobResult>): Promise<void> {
  try {
    const result = await run();
    const problems = result.problems ?? [];
    const failed =
      problems.some(({ severity }) => severity === 'error') ||
      (result.outcomes ?? []).some((outcome) => outcome.result === 'failed');
    entry.job = { ...entry.job, ...result, state: failed ? 'failed' : 'succeeded' };
  } catch (error) {
    entry.job = { ...entry.job, state: 'failed', problems: [toProblem(asWeavefluxError(error))] };
  }
}

/** Keeps a map in its bounds: of what may go, the oldest goes. */
function forgetOldest<V>(map: Map<string, V>, mayGo: (value: V) => boolean): void {
  if (map.size <= KEPT) return;
  const oldest = [...map].find(([, value]) => mayGo(value));
  if (oldest !== undefined) map.delete(oldest[0]);
}
