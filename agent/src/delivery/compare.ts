import { createHash } from 'node:crypto';
import { asWeavefluxError, type Difference, type JsonObject } from '@weaveflux/shared';
import { type InterferenceState, interfere, isUndisturbed, UNDISTURBED } from '../plan/interference.ts';
import { filterIgnored } from '../plan/pointers.ts';
import type { DesiredObject, LiveEvent, LiveObject } from '../targets/kubernetes/types.ts';
import type { Alarms } from './alarms.ts';
import { createCorrector } from './correct.ts';
import type { Environment } from './environment.ts';
import { delivered, isStale } from './memory.ts';
import { JOB_ENDED } from './record.ts';
import { sayProblem } from './say.ts';
import { createSerial } from './serial.ts';
import { stanceToward } from './stance.ts';
import { refreshSuspensions } from './suspensions.ts';
import { createTroubles } from './troubles.ts';

/** The one difference of an object that is gone. */
const DELETED: Difference = { path: '', live: '(deleted)' };

/** Compares single objects with the cluster, one comparison of an object at a time, and has what differs corrected. */
export interface Comparer {
  /** Takes what the watch told of a delivered object. */
  told(event: LiveEvent): void;
  /** Asks the cluster how the object is now. */
  recheck(key: string): void;
  /** Asks for the delivery of an object that was skipped because it was to be left alone, once that is over. */
  deliverHeldBack(key: string): void;
  /** What no revision states any more needs no memory of how it was. */
  forgetLeft(): void;
  /** Resolves when no comparison is under way. */
  idle(): Promise<void>;
}

/** What a comparer works with. */
export interface ComparerParts {
  readonly env: Environment;
  readonly signal: AbortSignal;
  /** They ring for `recheck`. */
  readonly alarms: Alarms;
  /** Asks for a delivery of what was held back. */
  again(): void;
  /** Called when a comparison has ended. */
  onCompared(): void;
}

/** A comparer that has compared nothing yet. */
export function createComparer({ env, signal, alarms, again, onCompared }: ComparerParts): Comparer {
  const { memory, target } = env;
  const states = new Map<string, InterferenceState>();
  /** Digests of live objects that were found to be as the repository says. */
  const verified = new Map<string, string>();
  const troubles = createTroubles(env.now, env.random);
  const corrector = createCorrector({ env, signal, states, alarms, troubles });
  const serial = createSerial(failed);

  function failed(key: string, error: unknown): void {
    if (signal.aborted) return;
    const { message } = asWeavefluxError(error);
    const { news, retryAt } = troubles.note(key, message);
    const object = memory.wanted.get(key)?.object;
    const text = object === undefined ? message : sayProblem(object, `comparing failed: ${message}`);
    if (news) env.emit({ type: 'warning', severity: 'warning', object: key, message: text });
    alarms.set(key, retryAt);
  }

  function told(event: LiveEvent): void {
    const { key } = event.live;
    if (event.type === 'deleted') {
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

  function recheck(key: string): void {
    alarms.clear(key);
    verified.delete(key);
    serial.run(key, () => compare(key, undefined));
  }

  async function compare(key: string, seen: JsonObject | undefined): Promise<void> {
    if (signal.aborted) return;
    const wanted = delivered(memory, key);
    if (wanted === undefined) {
      await compareHeldBack(key);
      return;
    }
    const { object, policies } = wanted;
    const live = seen ?? (await read(object));
    if (live === undefined && memory.outcomes.get(key)?.reason === JOB_ENDED) return;
    const found = live === undefined ? [DELETED] : await target.differences(object, live, signal);
    const differences = filterIgnored(found, policies.ignoreFields);
    const isEqual = live !== undefined && differences.length === 0;
    // A suspension put there by hand must hold before the first correction.
    if (!isEqual && (await refreshSuspensions(env, signal))) again();
    if (isOutdated(object)) {
      recheck(key);
      return;
    }
    if (isEqual) settle(key, live);
    await answer(object, differences);
    // Which of two writes came last, the correction or the delivery's, only a look can tell.
    if (isOutdated(object)) recheck(key);
    onCompared();
  }

  async function compareHeldBack(key: string): Promise<void> {
    const held = memory.outcomes.get(key)?.action === 'skipped' ? memory.wanted.get(key)?.object : undefined;
    if (held === undefined) return;
    await read(held);
    deliverHeldBack(key);
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

  /** Whether a newer revision has come to state the object otherwise: writing it as it was would undo that. */
  function isOutdated({ key, hash }: DesiredObject): boolean {
    return memory.wanted.get(key)?.object.hash !== hash;
  }

  /** The object is as the repository says. */
  function settle(key: string, live: JsonObject): void {
    verified.set(key, digestOf(live));
    memory.drift.delete(key);
    troubles.over(key);
    const outcome = memory.outcomes.get(key);
    if (outcome?.action === 'failed') memory.outcomes.set(key, { action: 'unchanged', revision: outcome.revision });
  }

  /** Decides what to do about the differences, none among them, and does it. */
  async function answer(object: DesiredObject, differences: readonly Difference[]): Promise<void> {
    const { key } = object;
    const event = { type: 'differs', differences, stance: stanceToward(env, object), now: env.now() } as const;
    const { state, decision } = interfere(states.get(key) ?? UNDISTURBED, event);
    if (isUndisturbed(state, env.now())) states.delete(key);
    else states.set(key, state);
    if (await corrector.act(object, decision)) verified.delete(key);
  }

  function deliverHeldBack(key: string): void {
    const object = memory.wanted.get(key)?.object;
    if (object === undefined || memory.outcomes.get(key)?.action !== 'skipped') return;
    const stance = stanceToward(env, object);
    if (stance.kind !== 'leave') again();
    else if (stance.until !== undefined) alarms.set(key, stance.until);
  }

  function forgetLeft(): void {
    const isWanted = (key: string): boolean => memory.wanted.has(key);
    for (const kept of [states, verified]) for (const key of kept.keys()) if (!isWanted(key)) kept.delete(key);
    troubles.keep(isWanted);
  }

  return { told, recheck, deliverHeldBack, forgetLeft, idle: serial.idle };
}

/** A Job that has run is not missed, whoever removed it: its TTL, mostly. */
function isFinishedJob({ id, health }: LiveObject): boolean {
  return id.group === 'batch' && id.kind === 'Job' && (health.state === 'healthy' || health.state === 'failed');
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
