import {
  type Action,
  containersOf,
  displayName,
  type Health,
  type ObjectStatus,
  type Problem,
  parseObjectKey,
  type Status,
  type WindowStatus,
} from '@weaveflux/shared';
import { ownState, type Window } from '../plan/windows.ts';
import type { Memory, SyncWait } from './memory.ts';

/** What a status says besides the memory: fixed for the life of the agent. */
export interface AgentFacts {
  readonly environment: string;
  readonly namespace: string;
  readonly version: string;
  readonly startedAt: string;
  readonly readOnly: boolean;
  readonly url: string;
  readonly paths: readonly string[];
}

const UNKNOWN: Health = { state: 'unknown', message: '' };

/** `GET /api/v1/status`, made of what the agent knows now. */
export function statusOf(memory: Memory, facts: AgentFacts, branch: string, ready: boolean, now: Date): Status {
  const { sync, repository } = memory;
  const objects = objectStatuses(memory);
  return {
    environment: facts.environment,
    namespace: facts.namespace,
    version: facts.version,
    startedAt: facts.startedAt,
    ready,
    readOnly: facts.readOnly,
    repository: {
      url: facts.url,
      branch,
      paths: [...facts.paths],
      ...optional('head', repository.head),
      ...optional('checkedAt', repository.checkedAt),
      ...optional('problem', repository.problem),
    },
    sync: {
      state: sync.state,
      ...optional('revision', sync.revision),
      ...optional('appliedRevision', sync.appliedRevision),
      ...optional('healthyRevision', sync.healthyRevision),
      ...optional('startedAt', sync.startedAt),
      ...optional('finishedAt', sync.finishedAt),
      counts: countActions(objects),
      ...(sync.waits === undefined ? {} : { waits: waitStatus(sync.waits) }),
      problems: [...clusterProblems(memory), ...sync.problems, ...objectProblems(memory), ...memory.imageProblems],
      ignored: sync.ignored,
    },
    suspensions: [...memory.suspensions],
    ...(memory.windows.length === 0 ? {} : { windows: memory.windows.map((window) => windowStatus(window, now)) }),
    ...optional('prune', memory.prune),
    objects,
  };
}

/** The objects of the repository, and leftovers that are not deleted, in the order of their names. */
export function objectStatuses(memory: Memory): ObjectStatus[] {
  const wanted = [...memory.wanted.keys()].map((key) => wantedStatus(memory, key));
  const leftovers = [...memory.leftovers].map(([key, reason]) => leftoverStatus(memory, key, reason));
  return [...wanted, ...leftovers].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** The errors of single objects in the last delivery that touched them. */
export function objectProblems(memory: Memory): Problem[] {
  return [...memory.outcomes.values()].flatMap((outcome) => (outcome.problem === undefined ? [] : [outcome.problem]));
}

/** That the cluster does not answer, where the delivery does not say so already. */
function clusterProblems({ cluster: { problem }, sync }: Memory): Problem[] {
  return problem === undefined || sync.problems.some(({ code }) => code === problem.code) ? [] : [problem];
}

function waitStatus({ reason, until }: SyncWait): Status['sync']['waits'] {
  return { reason, ...optional('until', until?.toISOString()) };
}

function windowStatus(window: Window, now: Date): WindowStatus {
  const { name, kind, timeZone, applies, workloads, line } = window;
  const { active, until } = ownState(window, now);
  return {
    name,
    kind,
    active,
    ...optional('until', until?.toISOString()),
    timeZone,
    applies: [...applies],
    ...(workloads === undefined ? {} : { workloads: [...workloads] }),
    line,
  };
}

function wantedStatus(memory: Memory, key: string): ObjectStatus {
  const object = memory.wanted.get(key)?.object;
  const outcome = memory.outcomes.get(key);
  const drift = memory.drift.get(key);
  const images = object === undefined ? [] : containersOf(object.id.group, object.id.kind, object.body);
  return {
    key,
    name: nameOf(key),
    ...optional('file', object?.manifest.file),
    ...optional('line', object?.manifest.line),
    action: outcome?.action ?? 'skipped',
    health: memory.live.get(key)?.health ?? UNKNOWN,
    ...(drift === undefined ? {} : { drift: { mode: drift.mode, differences: [...drift.differences] } }),
    ...optional('problem', outcome?.problem),
    ...(images.length === 0 ? {} : { images: Object.fromEntries(images.map(({ name, image }) => [name, image])) }),
  };
}

function leftoverStatus(memory: Memory, key: string, reason: string): ObjectStatus {
  return {
    key,
    name: nameOf(key),
    action: 'skipped',
    health: memory.live.get(key)?.health ?? UNKNOWN,
    drift: { mode: 'reported', differences: [{ path: '', live: `not in the repository: ${reason}` }] },
  };
}

function nameOf(key: string): string {
  const id = parseObjectKey(key);
  return id === undefined ? key : displayName(id);
}

function countActions(objects: readonly ObjectStatus[]): Partial<Record<Action, number>> {
  const counts: Partial<Record<Action, number>> = {};
  for (const { action } of objects) counts[action] = (counts[action] ?? 0) + 1;
  return counts;
}

function optional<K extends string, V>(name: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [name]: value } as { [P in K]?: V });
}
