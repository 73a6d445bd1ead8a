import type { Event, EventType, HistoryEntry, ImageStatus, ObjectStatus, Status } from '@weaveflux/shared';
import type { AgentState } from '../agent/state.ts';
import { imageOf, objectOf, statusWith } from '../testing/environment.ts';

/** When the tests' days begin. */
export const START = Date.parse('2026-03-02T00:00:00Z');
/** In milliseconds. */
export const SECOND = 1000;
/** In milliseconds. */
export const MINUTE = 60 * SECOND;
/** In milliseconds. */
export const HOUR = 60 * MINUTE;

/** A Deployment that runs. */
export function object(name: string, over: Partial<ObjectStatus> = {}, namespace = 'shop'): ObjectStatus {
  return objectOf(`apps/Deployment/${namespace}/${name}`, {
    file: `${namespace}/${name}.yaml`,
    health: { state: 'healthy', message: '', ready: 2, desired: 2 },
    images: { [name]: `registry.example.com/${name}:1.0.0` },
    ...over,
  });
}

/** The image of a Deployment, as new as can be. */
export function image(name: string, over: Partial<ImageStatus> = {}): ImageStatus {
  return imageOf(`apps/Deployment/shop/${name}`, `registry.example.com/${name}:1.0.0`, {
    file: `shop/${name}.yaml`,
    policy: 'semver:~1',
    available: [{ tag: '1.0.0' }],
    ...over,
  });
}

/** The status of an environment whose head `abc` is healthy. */
export function status(objects: readonly ObjectStatus[] = [], over: Partial<Status> = {}): Status {
  return statusWith(objects, {
    environment: 'production',
    startedAt: new Date(START).toISOString(),
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
    ...over,
  });
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
