import type { HistoryEntry, Status } from '@weaveflux/shared';
import type { AgentState } from '../agent/state.ts';
import type { Settings } from '../settings.ts';
import { attentionOf, imageItems } from './attention.ts';
import { connectionOf } from './connection.ts';
import { servicesOf } from './services.ts';
import type { DashboardSnapshot, EnvironmentSnapshot, SnapshotCommit } from './snapshot.ts';
import { standingOf } from './standing.ts';
import { timelineOf } from './timeline.ts';
import { timesOf } from './times.ts';
import { updatesOf } from './updates.ts';

/** What a snapshot needs besides the agent's state. */
export interface DashboardOptions {
  readonly now: Date;
  /** What people call the environment. */
  readonly name: string;
  /** Of the folder; the agent's own is shown once it is known. */
  readonly branch?: string | undefined;
  readonly releaseMode: Settings['releaseMode'];
}

/**
 * All that the dashboard shows of an environment. Pure: the same state makes the same snapshot. `state` absent = the
 * environment's folder is not open; `history` is newest first.
 */
export function dashboardOf(
  state: AgentState | undefined,
  history: readonly HistoryEntry[],
  options: DashboardOptions,
): DashboardSnapshot {
  const status = state?.status;
  return {
    name: options.name,
    branch: status?.repository.branch ?? options.branch,
    agent: state?.agent,
    connection: connectionOf(state?.connection),
    ...(state === undefined || status === undefined
      ? {}
      : { environment: environmentOf(state, status, history, options) }),
  };
}

function environmentOf(
  state: AgentState,
  status: Status,
  history: readonly HistoryEntry[],
  { now, releaseMode }: DashboardOptions,
): EnvironmentSnapshot {
  const services = servicesOf(status, state.images);
  const { head, checkedAt } = status.repository;
  const applied = status.sync.appliedRevision;
  const { events } = state;
  const checked = millisecondsOf(checkedAt);
  const isConnected = state.connection.kind === 'connected';
  const until = isConnected ? now.getTime() : lastKnown(state, checked);
  return {
    version: status.version,
    readOnly: status.readOnly,
    ...(applied === undefined ? {} : { applied: commitOf(applied, status, history) }),
    ...(head === undefined || head.revision === applied ? {} : { waiting: commitOf(head.revision, status, history) }),
    ...(checked === undefined ? {} : { checked }),
    standing: standingOf(status, services),
    suspended: status.suspensions.some(({ object }) => object === undefined),
    rights: {
      mayAct: isConnected && state.rights.kind !== 'denied',
      releaseActs: releaseMode === 'agent',
      ...(state.rights.kind === 'denied' ? { reason: state.rights.reason } : {}),
    },
    services,
    attention: [...attentionOf(status), ...imageItems(state.imagesProblem)],
    updates: updatesOf(state.images),
    timeline: timelineOf({ events, history, status, now: now.getTime(), until }),
    times: isConnected ? timesOf(events) : { ...timesOf(events), underway: undefined },
  };
}

function commitOf(revision: string, { repository }: Status, history: readonly HistoryEntry[]): SnapshotCommit {
  const { head } = repository;
  const known = head?.revision === revision ? head : history.find(({ commit }) => commit.revision === revision)?.commit;
  if (known === undefined) return { revision };
  const time = millisecondsOf(known.time);
  return { revision, subject: known.subject, author: known.author, ...(time === undefined ? {} : { time }) };
}

/** The last time of which something is known while the agent is away. */
function lastKnown({ events }: AgentState, checked: number | undefined): number {
  return Math.max(checked ?? 0, millisecondsOf(events.at(-1)?.time) ?? 0);
}

function millisecondsOf(time: string | undefined): number | undefined {
  const milliseconds = Date.parse(time ?? '');
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}
