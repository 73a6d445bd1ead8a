import type { LiveEvent, WatchHandlers } from '../targets/kubernetes/types.ts';
import { createAlarms } from './alarms.ts';
import { createComparer } from './compare.ts';
import type { Environment } from './environment.ts';
import { delivered, isStale } from './memory.ts';
import { stanceToward } from './stance.ts';
import { refreshState } from './sync-state.ts';

/** Milliseconds in which changes of health fold into one look at the revision's state. */
const HEALTH_PAUSE = 200;

/** Watches over what was delivered: has compared what others change, and keeps its health current. */
export interface Guard {
  readonly handlers: WatchHandlers;
  /** Compares one object with the cluster now, or all that differ, after a suspension for instance. */
  recheck(key: string): void;
  recheckDrifted(): void;
  /** A delivery has ended: what it held back is looked at when that is over, what cannot be watched is compared. */
  afterDelivery(): void;
  stop(): Promise<void>;
}

/** A guard that is not told anything yet; `again` asks for a delivery of what was held back. */
export function createGuard(env: Environment, options: { readonly signal: AbortSignal; again(): void }): Guard {
  const { memory } = env;
  const { signal, again } = options;
  const unwatched = new Set<string>();
  /** Deleted by others while a delivery was still to say what it had written. */
  const lost = new Set<string>();
  const alarms = createAlarms(env.now, (key) => comparer.recheck(key));
  const comparer = createComparer({ env, signal, alarms, again, onCompared: healthSoon });
  const { recheck } = comparer;
  let healthTimer: NodeJS.Timeout | undefined;

  function healthSoon(): void {
    healthTimer ??= setTimeout(() => {
      healthTimer = undefined;
      if (!signal.aborted) refreshState(env);
    }, HEALTH_PAUSE);
  }

  function onEvent(event: LiveEvent): void {
    const { key } = event.live;
    if (isStale(memory, event.live)) return;
    if (event.type === 'deleted') memory.live.delete(key);
    else memory.live.set(key, event.live);
    healthSoon();
    if (delivered(memory, key) !== undefined) {
      comparer.told(event);
      return;
    }
    if (event.type === 'deleted') lost.add(key);
    comparer.deliverHeldBack(key);
  }

  const handlers: WatchHandlers = {
    onEvent,
    onListed(kind, objects, complete) {
      if (complete) unwatched.delete(kindKey(kind));
      else unwatched.add(kindKey(kind));
      const seen = new Set(objects.map(({ live }) => live.key));
      for (const { live, object } of objects) {
        // What is as it was last seen or written needs no comparing: a first list costs nothing.
        if (memory.live.get(live.key)?.resourceVersion === live.resourceVersion) continue;
        // A list tells what is older than what is known only after a restore: then the object itself is asked.
        if (isStale(memory, live)) recheck(live.key);
        else onEvent({ type: 'changed', live, object });
      }
      for (const { object } of memory.wanted.values()) {
        const { id, key } = object;
        if (kindKey(id) === kindKey(kind) && !seen.has(key) && delivered(memory, key)) recheck(key);
      }
    },
    onProblem(kind, problem) {
      unwatched.add(kindKey(kind));
      env.emit({ type: 'warning', severity: 'warning', message: problem.message });
    },
  };

  /** What was held back until a time is looked at again then. */
  function wakeHeldBack(): void {
    for (const [key, { object }] of memory.wanted) {
      const stance = memory.outcomes.get(key)?.action === 'skipped' ? stanceToward(env, object) : undefined;
      if (stance?.kind === 'leave' && stance.until !== undefined) alarms.set(key, stance.until);
    }
  }

  /** What differs and is no longer to be left alone. */
  function recheckFreed(): void {
    for (const [key, { mode }] of memory.drift) {
      const object = memory.wanted.get(key)?.object;
      if (mode === 'ignored' && object !== undefined && stanceToward(env, object).kind !== 'leave') recheck(key);
    }
  }

  return {
    handlers,
    recheck,
    recheckDrifted() {
      for (const key of memory.drift.keys()) recheck(key);
    },
    afterDelivery() {
      comparer.forgetLeft();
      for (const key of lost) recheck(key);
      lost.clear();
      for (const [key, { object }] of memory.wanted) if (unwatched.has(kindKey(object.id))) recheck(key);
      wakeHeldBack();
      recheckFreed();
    },
    async stop() {
      alarms.stop();
      await comparer.idle();
      clearTimeout(healthTimer);
    },
  };
}

function kindKey({ group, kind }: { group: string; kind: string }): string {
  return `${group}/${kind}`;
}
