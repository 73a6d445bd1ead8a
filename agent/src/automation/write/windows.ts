import { createAlarms } from '../../delivery/alarms.ts';
import type { Environment } from '../../delivery/environment.ts';
import { sayWaiting, type Window, type WindowState, windowAt, windowsFor } from '../../plan/windows.ts';
import { releaseCommand } from '../choice/question.ts';
import type { Decided } from '../scan/scan.ts';
import type { Proposal } from './proposals.ts';

/** Keeps what would be committed outside its windows until one opens. */
export interface WindowGate {
  /** What was decided, with what has to wait said to wait; it is looked at again as soon as it need not. */
  hold(decided: readonly Decided[]): readonly Decided[];
  /** Whether these windows let a proposal through now. */
  isOpen(proposal: Proposal, windows: readonly Window[]): boolean;
  stop(): void;
}

/** The gate of an environment; `again` is called with the image repositories of what waits, when a window opens. */
export function createWindowGate(
  { memory, now }: Pick<Environment, 'memory' | 'now'>,
  again: (repositories: ReadonlySet<string>) => void,
): WindowGate {
  let waiting: ReadonlySet<string> = new Set();
  const alarms = createAlarms(now, () => again(waiting));

  return {
    hold(decided) {
      const held = holdBack(decided, memory.windows, now());
      waiting = held.waiting;
      if (held.until === undefined) alarms.clear('opening');
      else alarms.set('opening', held.until);
      return held.decided;
    },
    isOpen: ({ change }, windows) => windowAt(windowsFor(windows, change.place.workload), now()).open,
    stop: alarms.stop,
  };
}

/** Decisions by which something would be committed now that windows forbid, turned into waiting; and when to look again. Pure. */
export function holdBack(
  decided: readonly Decided[],
  windows: readonly Window[],
  now: Date,
): { decided: readonly Decided[]; waiting: ReadonlySet<string>; until: Date | undefined } {
  const waiting = new Set<string>();
  const ends: number[] = [];
  const stateOf = remembered(windows, now);
  const held = decided.map((one) => {
    if (windows.length === 0 || one.decision.state !== 'update') return one;
    const state = stateOf(one.subject.place.workload);
    if (state.open) return one;
    waiting.add(one.subject.image.canonicalName);
    if (state.until !== undefined) ends.push(state.until.getTime());
    return waitingFor(one, state);
  });
  const until = ends.length === 0 ? undefined : new Date(Math.min(...ends));
  return { decided: held, waiting, until };
}

/** What a window says is worked out once for all workloads that it is about. */
function remembered(windows: readonly Window[], now: Date): (workload: string) => WindowState {
  const known = new Map<string, WindowState>();
  return (workload) => {
    const concerned = windowsFor(windows, workload);
    const key = concerned.map((window) => windows.indexOf(window)).join();
    const state = known.get(key) ?? windowAt(concerned, now);
    known.set(key, state);
    return state;
  };
}

function waitingFor(one: Decided, state: WindowState): Decided {
  const { decision, subject } = one;
  const { chosen } = decision;
  const command = releaseCommand({ workload: subject.place.workload, policy: subject.policy }, chosen?.tag);
  const reason = `${chosen?.tag} ${sayWaiting(state)}; ${command} takes it at once.`;
  const { to: _, ...rest } = decision;
  const until = state.until === undefined ? {} : { until: state.until };
  return { ...one, decision: { ...rest, state: 'outside-window', reason, ...until } };
}
