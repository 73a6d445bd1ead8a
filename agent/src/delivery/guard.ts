import { createHash } from 'node:crypto';
import { type Difference, displayName, type JsonObject } from '@weaveflux/shared';
import {
  type InterferenceDecision,
  type InterferenceState,
  interfere,
  isUndisturbed,
  sayContested,
  UNDISTURBED,
} from '../plan/interference.ts';
import { filterIgnored } from '../plan/pointers.ts';
import type { DesiredObject, LiveEvent, LiveObject, WatchHandlers } from '../targets/kubernetes/types.ts';
import { type Environment, short } from './environment.ts';
import type { Wanted } from './memory.ts';
import { createSerial } from './serial.ts';
import { stanceToward } from './stance.ts';
import { refreshState } from './sync-state.ts';

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
  /** Compares the objects of kinds that cannot be watched. */
  checkUnwatched(): void;
  stop(): Promise<void>;
}

/** A guard that is not told anything yet. */
export function createGuard(env: Environment, signal: AbortSignal): Guard {
  const { memory, target } = env;
  const states = new Map<string, InterferenceState>();
  const verified = new Map<string, string>();
  const unwatched = new Set<string>();
  const timers = new Map<string, NodeJS.Timeout>();
  let healthTimer: NodeJS.Timeout | undefined;
  const serial = createSerial((key, error) => {
    if (signal.aborted) return;
    env.emit({ type: 'warning', severity: 'warning', object: key, message: `Comparing failed: ${String(error)}` });
    later(key, new Date(env.now().getTime() + 5_000));
  });

  function onEvent(event: LiveEvent): void {
    const { key } = event.live;
    if (isStale(event.live)) return;
    if (event.type === 'deleted') memory.live.delete(key);
    else memory.live.set(key, event.live);
    healthSoon();
    if (delivered(key) === undefined) return;
    if (event.type === 'deleted') {
      verified.delete(key);
      if (isFinishedJob(event.live)) return;
      serial.run(key, () => compare(key, undefined));
    } else if (verified.get(key) !== digestOf(event.object)) {
      serial.run(key, async () => {
        // A correction that was under way when this was told has answered it.
        if (!isStale(event.live)) await compare(key, event.object);
      });
    }
  }

  /** Whether the agent has seen or written a later state of this very object. */
  function isStale(live: LiveObject): boolean {
    const known = memory.live.get(live.key);
    return known !== undefined && known.uid === live.uid && isOlder(live.resourceVersion, known.resourceVersion);
  }

  const handlers: WatchHandlers = {
    onEvent,
    onListed(kind, objects) {
      unwatched.delete(kindKey(kind));
      const seen = new Set(objects.map(({ live }) => live.key));
      for (const { live, object } of objects) {
        // What is as it was last seen or written needs no comparing: a first list costs nothing.
        const known = memory.live.get(live.key);
        if (known?.resourceVersion !== live.resourceVersion) onEvent({ type: 'changed', live, object });
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

  async function compare(key: string, seen: JsonObject | undefined): Promise<void> {
    const wanted = delivered(key);
    if (wanted === undefined || signal.aborted) return;
    const { object, policies } = wanted;
    const live = seen ?? (await target.get(object.id, object.manifest.apiVersion, signal));
    const found = live === undefined ? [DELETED] : await target.differences(object, live, signal);
    const differences = filterIgnored(found, policies.ignoreFields);
    if (differences.length === 0) {
      if (live !== undefined) verified.set(key, digestOf(live));
      memory.drift.delete(key);
    }
    const event = { type: 'differs', differences, stance: stanceToward(env, object), now: env.now() } as const;
    const { state, decision } = interfere(states.get(key) ?? UNDISTURBED, event);
    if (isUndisturbed(state, env.now())) states.delete(key);
    else states.set(key, state);
    await act(object, decision);
  }

  async function act(object: DesiredObject, decision: InterferenceDecision): Promise<void> {
    const { key } = object;
    if (decision.do === 'nothing') return;
    const { differences } = decision;
    if (decision.do === 'correct') return correct(object, differences);
    const mode = { report: 'reported', leave: 'ignored', 'back-off': 'contested' } as const;
    const first = memory.drift.get(key)?.mode !== mode[decision.do];
    memory.drift.set(key, { mode: mode[decision.do], differences });
    env.metrics.interference.add({ outcome: mode[decision.do] });
    if (decision.do === 'report' && decision.news) tell(object, 'drift-reported', say(object, differences));
    if (decision.do === 'leave' && first)
      tell(object, 'drift-reported', `${say(object, differences)} Left: ${decision.reason}.`);
    if (decision.do === 'back-off' && decision.news) {
      tell(object, 'contested', `${displayName(object.id)}: ${sayContested(differences, 'weaveflux')}.`);
    }
    if (decision.do !== 'report' && decision.until !== undefined) later(key, decision.until);
  }

  async function correct(object: DesiredObject, differences: readonly Difference[]): Promise<void> {
    const { key } = object;
    memory.drift.set(key, { mode: 'correcting', differences });
    tell(object, 'interference', say(object, differences));
    const revision = memory.sync.revision ?? '';
    await target.apply(
      [object],
      revision,
      (_, result) => {
        const problem = result.problem;
        if (result.live !== undefined) memory.live.set(key, result.live);
        if (problem !== undefined) {
          memory.outcomes.set(key, { action: 'failed', revision, problem });
          tell(object, 'object-failed', `${displayName(object.id)}: ${problem.message}`);
          return later(key, new Date(env.now().getTime() + 10_000));
        }
        memory.drift.delete(key);
        verified.delete(key);
        const paths = differences.map(({ path }) => path);
        const state = states.get(key) ?? UNDISTURBED;
        states.set(key, interfere(state, { type: 'corrected', paths, now: env.now() }).state);
        env.metrics.interference.add({ outcome: 'corrected' });
        tell(object, 'corrected', `${displayName(object.id)} is again as ${short(revision)} says (${result.action}).`);
      },
      signal,
    );
    healthSoon();
  }

  function tell(
    object: DesiredObject,
    type: 'interference' | 'corrected' | 'contested' | 'drift-reported' | 'object-failed',
    message: string,
  ): void {
    const { file, line } = object.manifest;
    const severity = type === 'corrected' ? 'info' : type === 'object-failed' ? 'error' : 'warning';
    env.emit({ type, severity, object: object.key, file, line, message });
  }

  function later(key: string, at: Date): void {
    clearTimeout(timers.get(key));
    if (signal.aborted) return;
    const delay = Math.max(0, at.getTime() - env.now().getTime());
    timers.set(
      key,
      setTimeout(() => recheck(key), Math.min(delay, 2 ** 31 - 1)),
    );
  }

  function recheck(key: string): void {
    clearTimeout(timers.get(key));
    timers.delete(key);
    verified.delete(key);
    serial.run(key, () => compare(key, undefined));
  }

  function healthSoon(): void {
    healthTimer ??= setTimeout(() => {
      healthTimer = undefined;
      refreshState(env);
    }, HEALTH_PAUSE);
  }

  return {
    handlers,
    recheck,
    recheckDrifted: () => {
      for (const key of memory.drift.keys()) recheck(key);
    },
    checkUnwatched: () => {
      for (const { object } of memory.wanted.values()) if (unwatched.has(kindKey(object.id))) recheck(object.key);
    },
    async stop() {
      clearTimeout(healthTimer);
      for (const timer of timers.values()) clearTimeout(timer);
      await serial.idle();
    },
  };
}

/** Versions of one object grow; where they are no numbers, nothing is older. */
function isOlder(version: string, than: string): boolean {
  return /^\d+$/.test(version) && /^\d+$/.test(than) && BigInt(version) < BigInt(than);
}

/** A Job that has run is not missed, whoever removed it: its TTL, mostly. */
function isFinishedJob({ id, health }: LiveObject): boolean {
  return id.group === 'batch' && id.kind === 'Job' && (health.state === 'healthy' || health.state === 'failed');
}

function kindKey({ group, kind }: { group: string; kind: string }): string {
  return `${group}/${kind}`;
}

function say(object: DesiredObject, differences: readonly Difference[]): string {
  const name = displayName(object.id);
  if (differences.some(({ path }) => path === '')) {
    return `${name} was deleted; Kubernetes does not tell by whom.`;
  }
  const fields = differences.map(({ path, desired = '(absent)', live = '(absent)', manager, time }) => {
    const who = manager === undefined ? '' : ` by ${manager}${time === undefined ? '' : ` at ${time}`}`;
    return `${path} ${desired} → ${live}${who}`;
  });
  return `${name} was changed: ${fields.join('; ')}.`;
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
