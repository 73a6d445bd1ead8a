import type { Action, Health, Problem, SyncState } from '@weaveflux/shared';

/** What the state of a revision is made of. */
export interface SyncInput {
  /** False until the delivery has begun. */
  readonly started: boolean;
  /** True when every object of the revision has been dealt with. */
  readonly finished: boolean;
  /** Of the content as a whole: files, documents, kinds. */
  readonly problems: readonly Problem[];
  /** By `objectKey`: what was done, of every object that the revision states. */
  readonly outcomes: ReadonlyMap<string, { readonly action: Action; readonly problem?: Problem | undefined }>;
  /** By `objectKey`; absent = not known. */
  readonly health: (key: string) => Health | undefined;
}

/** How a revision stands; the lists hold `objectKey`s. */
export interface SyncSummary {
  readonly state: SyncState;
  readonly counts: Readonly<Partial<Record<Action, number>>>;
  /** Objects with an error of their own in this delivery. */
  readonly failed: readonly string[];
  /** Objects that will not become healthy by themselves. */
  readonly unhealthy: readonly string[];
  /** Objects whose health is awaited. */
  readonly waiting: readonly string[];
}

/**
 * The state of a revision: `applied` once everything was sent, then `healthy` or `failed`. Any error makes it failed,
 * whatever else was applied. What was skipped or deleted has no say in health; what stands still because its
 * spec says so counts as healthy.
 */
export function syncStateOf(input: SyncInput): SyncSummary {
  const failed = keysOf(input, (_, { action, problem }) => action === 'failed' || problem?.severity === 'error');
  const unhealthy = keysOf(input, (key, { action }) => judge(input, key, action) === 'failed');
  const waiting = keysOf(input, (key, { action }) => judge(input, key, action) === 'waiting');
  const lists = { counts: countsOf(input), failed, unhealthy, waiting };
  return { state: stateOf(input, lists), ...lists };
}

function stateOf(input: SyncInput, lists: Pick<SyncSummary, 'failed' | 'unhealthy' | 'waiting'>): SyncState {
  if (!input.started) return 'pending';
  if (!input.finished) return 'applying';
  const broken = input.problems.some(({ severity }) => severity === 'error');
  if (broken || lists.failed.length > 0 || lists.unhealthy.length > 0) return 'failed';
  return lists.waiting.length > 0 ? 'applied' : 'healthy';
}

function judge(input: SyncInput, key: string, action: Action): 'fine' | 'waiting' | 'failed' {
  if (action === 'skipped' || action === 'deleted' || action === 'failed') return 'fine';
  const state = input.health(key)?.state ?? 'unknown';
  if (state === 'failed') return 'failed';
  return state === 'healthy' || state === 'suspended' ? 'fine' : 'waiting';
}

function countsOf({ outcomes }: SyncInput): Partial<Record<Action, number>> {
  const counts: Partial<Record<Action, number>> = {};
  for (const { action } of outcomes.values()) counts[action] = (counts[action] ?? 0) + 1;
  return counts;
}

type Entry = SyncInput['outcomes'] extends ReadonlyMap<string, infer Outcome> ? Outcome : never;

function keysOf({ outcomes }: SyncInput, wanted: (key: string, outcome: Entry) => boolean): string[] {
  return [...outcomes].filter(([key, outcome]) => wanted(key, outcome)).map(([key]) => key);
}
