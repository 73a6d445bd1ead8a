import { createHash } from 'node:crypto';
import { asWeavefluxError, type Difference, type JsonObject } from '@weaveflux/shared';
import { type InterferenceState, interfere, isUndisturbed, UNDISTURBED } from '../plan/interference.ts';
import { filterIgnored } from '../plan/pointers.ts';
import type { DesiredObject, LiveEvent, LiveObject, WatchHandlers } from '../targets/kubernetes/types.ts';
import { createAlarms } from './alarms.ts';
import { createCorrector } from './correct.ts';
import type { Environment } from './environment.ts';
import { isStale, type Wanted } from './memory.ts';
import { JOB_ENDED } from './record.ts';
import { sayProblem } from './say.ts';
import { createSerial } from './serial.ts';
import { stanceToward } from './stance.ts';
import { refreshSuspensions } from './suspensions.ts';
import { refreshState } from './sync-state.ts';
import { createTroubles } from './troubles.ts';

/** Milliseconds in which changes of health fold into one look at the revision's state. */
const HEALTH_PAUSE = 200;
/** The one difference of an object that is gone. */
const DELETED: Difference = { path: '', live: '(deleted)' };

/** Watches over what was delivered: compares what others change, corrects it, or tells it. */
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
  const { memory, target } = env;
  const { signal } = options;
  const states = new Map<string, InterferenceState>();
  const verified = new Map<string, string>();
  const unwatched = new Set<string>();
  /** Deleted by others while a delivery was still to say what it had written. */
  const lost = new Set<string>();
  const alarms = createAlarms(env.now, recheck);
  const troubles = createTroubles(env.now, env.random);
  const corrector = createCorrector({ env, signal, states, alarms, troubles });
  let healthTimer: NodeJS.Timeout | undefined;
  const serial = createSerial((key, error) => {
    if (signal.aborted) return;
    const { message } = asWeavefluxError(error);
    const { news, retryAt } = troubles.note(key, message);
    const object = memory.wanted.get(key)?.object;
    const text = object === undefined ? message : sayProblem(object, `comparing failed: ${message}`);
    if (news) env.emit({ type: 'warning', severity: 'warning', object: key, message: text });
    alarms.set(key, retryAt);
  });

  function onEvent(event: LiveEvent): void {
    const { key } = event.live;
    if (isStale(memory, event.live)) return;
    if (event.type === 'deleted') memory.live.delete(key);
    else memory.live.set(key, event.live);
    healthSoon();
    if (delivered(key) === undefined) {
      if (event.type === 'deleted') lost.add(key);
      deliverHeldBack(key);
    } else if (event.type === 'deleted') {
      verified.delete(key);
      if (isFinishedJob(event.live)) hasEnded(key);
      serial.run(key, () => compare(key, undefined));
    } else if (verified.get(key) !== digestOf(event.object)) {
      serial.run(key, async () => {
        // A correction that was under way when this was told has answered it.
        if (!isStale(memory, event.live)) await compare(key, event.object);
      });
    }
  }

  function hasEnded(key: string): void {
    memory.outcomes.set(key, { action: 'skipped', revision: memory.sync.revision ?? '', reason: JOB_ENDED });
  }

  const handlers: WatchHandlers = {
    onEvent,
    onListed(kind, objects) {
      unwatched.delete(kindKey(kind));
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
        if (id.group === kind.group && id.kind === kind.kind && !seen.has(key) && delivered(key)) recheck(key);
      }
    },
    onProblem(kind, problem) {
      unwatched.add(kindKey(kind));
      env.emit({ type: 'warning', severity: 'warning', message: problem.message });
    },
  };

  /** The wanted object, if its present body is what was last applied: else the delivery is still to come. */
  function delivered(key: string): Wanted | undefined {
    const wanted = memory.wanted.get(key);
    return wanted !== undefined && memory.applied.get(key)?.hash === wanted.object.hash ? wanted : undefined;
  }

  /** Asks for the delivery of an object that was skipped because it was to be left alone, once that is over. */
  function deliverHeldBack(key: string): void {
    const object = memory.wanted.get(key)?.object;
    if (object === undefined || memory.outcomes.get(key)?.action !== 'skipped') return;
    const stance = stanceToward(env, object);
    if (stance.kind !== 'leave') options.again();
    else if (stance.until !== undefined) alarms.set(key, stance.until);
  }

  async function compare(key: string, seen: JsonObject | undefined): Promise<void> {
    const wanted = delivered(key);
    if (signal.aborted) return;
    if (wanted === undefined) {
      const held = memory.outcomes.get(key)?.action === 'skipped' ? memory.wanted.get(key)?.object : undefined;
      if (held === undefined) return;
      await read(held);
      deliverHeldBack(key);
      return;
    }
    const { object, policies } = wanted;
    const live = seen ?? (await read(object));
    if (live === undefined && memory.outcomes.get(key)?.reason === JOB_ENDED) return;
    const found = live === undefined ? [DELETED] : await target.differences(object, live, signal);
    const differences = filterIgnored(found, policies.ignoreFields);
    const isEqual = live !== undefined && differences.length === 0;
    // A suspension put there by hand must hold before the first correction.
    if (!isEqual && (await refreshSuspensions(env, signal))) options.again();
    if (isOutdated(object)) {
      recheck(key);
      return;
    }
    if (isEqual) settle(key, live);
    const event = { type: 'differs', differences, stance: stanceToward(env, object), now: env.now() } as const;
    const { state, decision } = interfere(states.get(key) ?? UNDISTURBED, event);
    if (isUndisturbed(state, env.now())) states.delete(key);
    else states.set(key, state);
    if (await corrector.act(object, decision)) verified.delete(key);
    // Which of two writes came last, the correction or the delivery's, only a look can tell.
    if (isOutdated(object)) recheck(key);
    healthSoon();
  }

  /** Whether a newer revision has come to state the object otherwise: writing it as it was would undo that. */
  function isOutdated({ key, hash }: DesiredObject): boolean {
    return memory.wanted.get(key)?.object.hash !== hash;
  }

  async function read({ id, key, manifest }: DesiredObject): Promise<JsonObject | undefined> {
    const before = memory.live.get(key);
    const live = await target.get(id, manifest.apiVersion, signal);
    // What the watch told meanwhile is newer.
    if (memory.live.get(key) !== before) return live;
    if (live === undefined) memory.live.delete(key);
    else memory.live.set(key, target.summarize(live));
    return live;
  }

  /** The object is as the repository says. */
  function settle(key: string, live: JsonObject): void {
    verified.set(key, digestOf(live));
    memory.drift.delete(key);
    troubles.over(key);
    const outcome = memory.outcomes.get(key);
    if (outcome?.action === 'failed') memory.outcomes.set(key, { action: 'unchanged', revision: outcome.revision });
  }

  function recheck(key: string): void {
    alarms.clear(key);
    verified.delete(key);
    serial.run(key, () => compare(key, undefined));
  }

  function healthSoon(): void {
    healthTimer ??= setTimeout(() => {
      healthTimer = undefined;
      if (!signal.aborted) refreshState(env);
    }, HEALTH_PAUSE);
  }

  /** What no revision states any more needs no memory of how it was. */
  function forgetLeft(): void {
    for (const kept of [states, verified, lost])
      for (const key of kept.keys()) if (!memory.wanted.has(key)) kept.delete(key);
    troubles.keep((key) => memory.wanted.has(key));
  }

  function recheckDrifted(): void {
    for (const key of memory.drift.keys()) recheck(key);
  }

  return {
    handlers,
    recheck,
    recheckDrifted,
    afterDelivery() {
      forgetLeft();
      for (const key of lost) recheck(key);
      lost.clear();
      for (const { object } of memory.wanted.values()) {
        const { key } = object;
        if (unwatched.has(kindKey(object.id))) recheck(key);
        const stance = memory.outcomes.get(key)?.action === 'skipped' ? stanceToward(env, object) : undefined;
        if (stance?.kind === 'leave' && stance.until !== undefined) alarms.set(key, stance.until);
      }
      for (const [key, { mode }] of memory.drift) {
        const object = memory.wanted.get(key)?.object;
        if (mode === 'ignored' && object !== undefined && stanceToward(env, object).kind !== 'leave') recheck(key);
      }
    },
    async stop() {
      clearTimeout(healthTimer);
      alarms.stop();
      await serial.idle();
    },
  };
}

/** A Job that has run is not missed, whoever removed it: its TTL, mostly. */
function isFinishedJob({ id, health }: LiveObject): boolean {
  return id.group === 'batch' && id.kind === 'Job' && (health.state === 'healthy' || health.state === 'failed');
}

function kindKey({ group, kind }: { group: string; kind: string }): string {
  return `${group}/${kind}`;
}

/** What of a live object matters for comparing: all but its status and what every write changes. */
function digestOf(object: JsonObject): string {
  const { status: _status, metadata, ...rest } = object;
  const {
    managedFields: _fields,
    resourceVersion: _version,
    generation: _generation,
    ...names
  } = metadata as JsonObject;
  return createHash('sha256')
    .update(JSON.stringify([rest, names]))
    .digest('base64');
}
