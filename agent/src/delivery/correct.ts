import { type Difference, displayName, type EventType } from '@weaveflux/shared';
import {
  type InterferenceDecision,
  type InterferenceState,
  interfere,
  sayContested,
  UNDISTURBED,
} from '../plan/interference.ts';
import type { ApplyResult, DesiredObject } from '../targets/kubernetes/types.ts';
import type { Alarms } from './alarms.ts';
import { type Environment, short } from './environment.ts';
import { noteAnswer } from './memory.ts';
import { JOB_ENDED } from './record.ts';
import { sayDifferences, sayProblem } from './say.ts';
import type { Troubles } from './troubles.ts';

const MODE = { report: 'reported', leave: 'ignored', 'back-off': 'contested' } as const;
const SEVERITY: Partial<Record<EventType, 'info' | 'error'>> = { corrected: 'info', 'object-failed': 'error' };

/** Does what was decided about an object that differs, and tells it. */
export interface Corrector {
  /** True when the object was written to. */
  act(object: DesiredObject, decision: InterferenceDecision): Promise<boolean>;
}

/** What a corrector works with; `states` is the guard's memory of interference, by key. */
export interface CorrectorParts {
  readonly env: Environment;
  readonly signal: AbortSignal;
  readonly states: Map<string, InterferenceState>;
  readonly alarms: Alarms;
  readonly troubles: Troubles;
}

/** A corrector for one guard. */
export function createCorrector({ env, signal, states, alarms, troubles }: CorrectorParts): Corrector {
  const { memory, target } = env;

  async function act(object: DesiredObject, decision: InterferenceDecision): Promise<boolean> {
    if (decision.do === 'nothing') return false;
    if (decision.do === 'correct') {
      await correct(object, decision.differences);
      return true;
    }
    leave(object, decision);
    return false;
  }

  function leave(
    object: DesiredObject,
    decision: Exclude<InterferenceDecision, { do: 'nothing' } | { do: 'correct' }>,
  ): void {
    const { key } = object;
    const { differences } = decision;
    const mode = MODE[decision.do];
    const before = memory.drift.get(key);
    const news = before?.mode !== mode || textOf(before.differences) !== textOf(differences);
    memory.drift.set(key, { mode, differences });
    if (news) env.metrics.interference.add({ outcome: mode });
    if (decision.do === 'report' && decision.news) tell(object, 'drift-reported', sayDifferences(object, differences));
    if (decision.do === 'leave' && news)
      tell(object, 'drift-reported', `${sayDifferences(object, differences)} Left: ${decision.reason}.`);
    if (decision.do === 'back-off' && decision.news)
      tell(object, 'contested', `${displayName(object.id)}: ${sayContested(differences, 'weaveflux')}.`);
    if (decision.do !== 'report' && decision.until !== undefined) alarms.set(key, decision.until);
  }

  async function correct(object: DesiredObject, differences: readonly Difference[]): Promise<void> {
    const { key } = object;
    const before = memory.drift.get(key);
    const told = before?.mode === 'correcting' && textOf(before.differences) === textOf(differences);
    memory.drift.set(key, { mode: 'correcting', differences });
    // A finished Job that removed itself is no interference; only the apply knows.
    const mayBeOver = object.id.group === 'batch' && object.id.kind === 'Job' && isDeletion(differences);
    if (!told && !mayBeOver) tell(object, 'interference', sayDifferences(object, differences));
    const onResult = (_: DesiredObject, result: ApplyResult): void => {
      if (mayBeOver && result.action !== 'skipped' && !told)
        tell(object, 'interference', sayDifferences(object, differences));
      settle(object, differences, result);
    };
    await target.apply([object], memory.sync.revision ?? '', onResult, signal);
  }

  function settle(object: DesiredObject, differences: readonly Difference[], result: ApplyResult): void {
    const { key } = object;
    const { problem, action } = result;
    const revision = memory.sync.revision ?? '';
    if (result.live !== undefined) noteAnswer(memory, result.live);
    if (problem !== undefined) {
      failed(object, problem);
      return;
    }
    memory.drift.delete(key);
    troubles.over(key);
    if (action === 'skipped') {
      memory.outcomes.set(key, { action, revision, reason: JOB_ENDED });
      return;
    }
    if (memory.outcomes.get(key)?.action === 'failed') memory.outcomes.set(key, { action, revision });
    const paths = differences.map(({ path }) => path);
    const event = { type: 'corrected', paths, now: env.now() } as const;
    states.set(key, interfere(states.get(key) ?? UNDISTURBED, event).state);
    env.metrics.interference.add({ outcome: 'corrected' });
    tell(object, 'corrected', `${displayName(object.id)} is again as ${short(revision)} says (${action}).`);
  }

  function failed(object: DesiredObject, problem: NonNullable<ApplyResult['problem']>): void {
    const { key } = object;
    const { news, retryAt } = troubles.note(key, problem.message);
    const revision = memory.sync.revision ?? '';
    memory.outcomes.set(key, { action: 'failed', revision, problem });
    if (news) tell(object, 'object-failed', sayProblem(object, problem.message));
    alarms.set(key, retryAt);
  }

  function tell(object: DesiredObject, type: EventType, message: string): void {
    const { file, line } = object.manifest;
    env.emit({ type, severity: SEVERITY[type] ?? 'warning', object: object.key, file, line, message });
  }

  return { act };
}

function isDeletion(differences: readonly Difference[]): boolean {
  return differences.some(({ path }) => path === '');
}

/** What makes differences the same news: not when or by whom. */
function textOf(differences: readonly Difference[]): string {
  return JSON.stringify(differences.map(({ path, desired, live }) => [path, desired, live]));
}
