import { displayName, isRetryable, type Outcome, type Problem, parseObjectKey } from '@weaveflux/shared';
import { suspensionOf } from '../plan/suspensions.ts';
import { type SyncSummary, syncStateOf } from '../plan/sync-state.ts';
import { type Environment, short } from './environment.ts';
import type { DeliveryReport, Work } from './loop.ts';
import type { Memory } from './memory.ts';

/** At most so many objects are named in one sentence. */
const NAMED = 5;

/** Ends a delivery: settles the revision's state, tells it, and says whether to try again. */
export function finishDelivery(env: Environment, work: Work, outcomes: readonly Outcome[]): DeliveryReport {
  const { memory } = env;
  const { sync } = memory;
  forgetLeft(memory);
  const started = Date.parse(sync.startedAt ?? '');
  sync.finishedAt = env.now().toISOString();
  const heldBack = isHeldBack(env);
  const problems = problemsOf(env);
  const failed = problems.some(({ severity }) => severity === 'error');
  if (!failed && !heldBack && sync.appliedRevision !== work.revision) {
    sync.appliedRevision = work.revision;
    observeSinceSeen(env, env.metrics.pushToApplied);
  }
  env.metrics.reconcile.observe({ result: failed ? 'failed' : 'applied' }, (env.now().getTime() - started) / 1000);
  if (heldBack) sync.state = 'pending';
  else tellApplied(env, work.revision, problems, outcomes);
  refreshState(env);
  const retry = problems.some(({ severity, code }) => severity === 'error' && isRetryable(code));
  return { revision: work.revision, outcomes, problems, retry };
}

/** Brings the state of the delivered revision up to date with the health of its objects, and tells when it changes. */
export function refreshState(env: Environment): void {
  settleState(env);
  env.onState?.();
}

/** Whether nothing of the revision is to be sent now. */
function isHeldBack({ memory, now }: Environment): boolean {
  return memory.sync.waits !== undefined || suspensionOf(memory.suspensions, undefined, now()) !== undefined;
}

function settleState(env: Environment): void {
  const { memory } = env;
  const { sync } = memory;
  if (sync.finishedAt === undefined || sync.revision === undefined) return;
  if (isHeldBack(env)) return;
  const summary = summarize(env);
  sync.state = summary.state;
  if (summary.state === 'healthy' && sync.healthyRevision !== sync.revision) tellHealthy(env, sync.revision);
  const told = sync.unhealthy?.revision === sync.revision ? sync.unhealthy.objects : [];
  sync.unhealthy = { revision: sync.revision, objects: summary.unhealthy };
  if (summary.unhealthy.some((key) => !told.includes(key))) tellUnhealthy(env, sync.revision, summary);
}

/** What left the repository has no say in the revision any more, also while it is not deleted, and is sent again should it return. */
function forgetLeft(memory: Memory): void {
  for (const key of new Set([...memory.outcomes.keys(), ...memory.applied.keys()])) {
    if (memory.wanted.has(key)) continue;
    memory.outcomes.delete(key);
    memory.applied.delete(key);
    memory.drift.delete(key);
  }
}

function summarize({ memory }: Environment): SyncSummary {
  return syncStateOf({
    started: true,
    finished: true,
    problems: memory.sync.problems,
    outcomes: memory.outcomes,
    health: (key) => memory.live.get(key)?.health,
  });
}

function problemsOf({ memory }: Environment): Problem[] {
  const ofObjects = [...memory.outcomes.values()].flatMap(({ problem }) => (problem === undefined ? [] : [problem]));
  return [...memory.sync.problems, ...ofObjects];
}

function tellApplied(
  env: Environment,
  revision: string,
  problems: readonly Problem[],
  outcomes: readonly Outcome[],
): void {
  const counts = countsText(outcomes);
  const errors = problems.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  if (!isNews(env.memory, JSON.stringify([revision, ...errors.map(({ message }) => message)]), outcomes)) return;
  if (first === undefined) {
    env.emit({
      type: 'sync-applied',
      severity: 'info',
      revision,
      message: `${short(revision)} applied: ${counts}.`,
    });
    return;
  }
  const { file, line, object } = first;
  env.emit({
    type: 'sync-failed',
    severity: 'error',
    revision,
    ...(file === undefined ? {} : { file }),
    ...(line === undefined ? {} : { line }),
    ...(object === undefined ? {} : { object }),
    message: `${short(revision)} failed with ${errors.length} ${errors.length === 1 ? 'error' : 'errors'} (${counts}); the first: ${first.message}`,
  });
}

/** Whether a delivery did something, or ended otherwise than the one before: what is tried again in vain is told once. */
function isNews({ sync }: Memory, end: string, outcomes: readonly Outcome[]): boolean {
  const isSame = sync.toldEnd === end;
  sync.toldEnd = end;
  return (
    !isSame || outcomes.some(({ result }) => result === 'created' || result === 'configured' || result === 'deleted')
  );
}

function countsText(outcomes: readonly Outcome[]): string {
  const counts = new Map<string, number>();
  for (const { result } of outcomes) counts.set(result, (counts.get(result) ?? 0) + 1);
  return counts.size === 0 ? 'nothing to do' : [...counts].map(([result, count]) => `${count} ${result}`).join(', ');
}

function tellHealthy(env: Environment, revision: string): void {
  env.memory.sync.healthyRevision = revision;
  observeSinceSeen(env, env.metrics.pushToHealthy);
  env.emit({ type: 'healthy', severity: 'info', revision, message: `${short(revision)} is healthy.` });
}

function tellUnhealthy(env: Environment, revision: string, { unhealthy }: SyncSummary): void {
  const named = unhealthy.slice(0, NAMED).map((key) => `${nameOf(key)} (${env.memory.live.get(key)?.health.message})`);
  const more = unhealthy.length > NAMED ? ` and ${unhealthy.length - NAMED} more` : '';
  const message = `${short(revision)} is not healthy: ${named.join(', ')}${more}.`;
  env.emit({ type: 'unhealthy', severity: 'error', revision, message });
}

/** Observes the seconds since the head was first seen, if that was news. */
function observeSinceSeen(env: Environment, histogram: Environment['metrics']['pushToApplied']): void {
  const { headSeenAt } = env.memory.repository;
  if (headSeenAt !== undefined) histogram.observe({}, (env.now().getTime() - headSeenAt) / 1000);
}

function nameOf(key: string): string {
  const id = parseObjectKey(key);
  return id === undefined ? key : displayName(id);
}
