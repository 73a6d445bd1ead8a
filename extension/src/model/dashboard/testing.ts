import type { Event, EventType, HistoryEntry, ImageStatus, ObjectStatus, Status } from '@weaveflux/shared';
import type { AgentState } from '../agent/state.ts';

/** When the tests' days begin. */
export const START = Date.parse('2026-03-02T00:00:00Z');
/** Milliseconds. */
export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

/** A Deployment that runs. */
export function object(name: string, over: Partial<ObjectStatus> = {}, namespace = 'shop'): ObjectStatus {
  return {
    key: `apps/Deployment/${namespace}/${name}`,
    name: `${namespace}:deployment/${name}`,
    file: `${namespace}/${name}.yaml`,
    line: 1,
    action: 'unchanged',
    health: { state: 'healthy', message: '', ready: 2, desired: 2 },
    images: { [name]: `registry.example.com/${name}:1.0.0` },
    ...over,
  };
}

/** The image of a Deployment, as new as can be. */
export function image(name: string, over: Partial<ImageStatus> = {}): ImageStatus {
  return {
    object: `apps/Deployment/shop/${name}`,
    name: `shop:deployment/${name}`,
    container: name,
    file: `shop/${name}.yaml`,
    line: 20,
    image: `registry.example.com/${name}:1.0.0`,
    repository: `registry.example.com/${name}`,
    tag: '1.0.0',
    automated: true,
    policy: 'semver:~1',
    state: 'current',
    reason: '1.0.0 is the newest that its policy admits.',
    held: [],
    available: [{ tag: '1.0.0' }],
    ...over,
  };
}

/** The status of an environment whose head `abc` is healthy. */
export function status(objects: readonly ObjectStatus[] = [], over: Partial<Status> = {}): Status {
  return {
    environment: 'production',
    namespace: 'weaveflux',
    version: '0.1.0',
    startedAt: new Date(START).toISOString(),
    ready: true,
    readOnly: false,
    repository: {
      url: 'ssh://git@example.com/env.git',
      branch: 'main',
      paths: [],
      head: { revision: 'abc', subject: 'Release cart:1.0.0', author: 'Ann', time: new Date(START).toISOString() },
      checkedAt: new Date(START + HOUR).toISOString(),
    },
    sync: {
      state: 'healthy',
      revision: 'abc',
      appliedRevision: 'abc',
      healthyRevision: 'abc',
      counts: {},
      problems: [],
      ignored: 0,
    },
    suspensions: [],
    objects: [...objects],
    ...over,
  };
}

/** The state of an agent that is connected. */
export function state(over: Partial<AgentState> = {}): AgentState {
  return { connection: { kind: 'connected' }, images: [], events: [], rights: { kind: 'allowed' }, ...over };
}

/** Makes events, `after` the start of the day in milliseconds. */
export function eventLog(): (after: number, type: EventType, over?: Partial<Event>) => Event {
  let count = 0;
  return (after, type, over = {}) => {
    count += 1;
    return {
      id: `boot-${count}`,
      time: new Date(START + after).toISOString(),
      type,
      environment: 'production',
      severity: 'info',
      message: `${type} ${over.revision ?? ''}`.trim(),
      ...over,
    };
  };
}

/** One image that a commit changed, `after` the start of the day in milliseconds. */
export function change(revision: string, after: number, name: string, over: Partial<HistoryEntry> = {}): HistoryEntry {
  const time = new Date(START + after).toISOString();
  return {
    commit: { revision, subject: `Release ${revision}`, author: 'Weaveflux', time },
    object: `apps/Deployment/shop/${name}`,
    container: name,
    repository: `registry.example.com/${name}`,
    from: '1.0.0',
    to: '1.1.0',
    ...over,
  };
}
