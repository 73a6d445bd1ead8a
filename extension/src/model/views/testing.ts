import type { Event, ImageStatus, ObjectStatus, Status } from '@weaveflux/shared';
import { type AgentState, UNKNOWN_STATE } from '../agent/state.ts';
import { imageOf, objectOf, statusWith } from '../testing/environment.ts';
import { createCalendar } from './calendar.ts';
import type { Row } from './row.ts';
import type { EnvironmentFacts, GitFacts } from './scene.ts';

/** Days and times in English, at UTC. */
export const CALENDAR = createCalendar('en', 'UTC');
/** The commit that the tests’ environments have reached. */
export const HEAD = 'a1b2c3d4e5f6a7b8c9d0a1b2c3d4e5f6a7b8c9d0';
/** A commit before it. */
export const OLDER = 'b2c3d4e5f6a7b8c9d0a1b2c3d4e5f6a7b8c9d0a1';

/** A Deployment with one container of its name, healthy with three replicas unless told otherwise. */
export function workload(name: string, fields: Partial<ObjectStatus> = {}, namespace = 'shop'): ObjectStatus {
  return objectOf(`apps/Deployment/${namespace}/${name}`, {
    health: { state: 'healthy', message: '', ready: 3, desired: 3 },
    images: { [name]: `registry.example/${name}:1.4.2` },
    ...fields,
  });
}

/** The decision about the image of such a Deployment: nothing newer, unless told otherwise. */
export function imageStatus(name: string, fields: Partial<ImageStatus> = {}, namespace = 'shop'): ImageStatus {
  return imageOf(`apps/Deployment/${namespace}/${name}`, `registry.example/${name}:1.4.2`, {
    policy: 'semver:~1',
    reason: '1.4.2 is the newest that its policy admits.',
    available: [{ tag: '1.5.0' }, { tag: '1.4.2' }],
    ...fields,
  });
}

/** A healthy environment at `HEAD`. */
export function statusOf(objects: readonly ObjectStatus[], fields: Partial<Status> = {}): Status {
  return statusWith(objects, {
    repository: {
      url: 'ssh://git.example/shop.git',
      branch: 'main',
      paths: ['.'],
      head: { revision: HEAD, subject: 'Fix the cart', author: 'Ann', time: '2026-11-23T09:00:00Z' },
    },
    sync: { state: 'healthy', revision: HEAD, appliedRevision: HEAD, counts: {}, problems: [], ignored: 0 },
    ...fields,
  });
}

/** One environment, its working copy at `HEAD`. */
export function facts(
  state: Partial<AgentState>,
  git: Partial<GitFacts> = {},
  name = 'shop',
  id = `file:///${name}`,
): EnvironmentFacts {
  return {
    id,
    name,
    state: { ...UNKNOWN_STATE, connection: { kind: 'connected' }, ...state },
    git: { branch: 'main', head: HEAD, subjects: new Map([[HEAD, 'Fix the cart']]), ...git },
  };
}

/** An event of object or revision; at noon on November 23rd unless told otherwise. */
export function event(type: Event['type'], fields: Partial<Event> = {}): Event {
  return {
    id: 'boot-1',
    time: '2026-11-23T12:00:00.000Z',
    type,
    environment: 'default',
    severity: 'info',
    message: 'Something happened.',
    ...fields,
  };
}

/** All rows as an indented text: what a person sees when all is open. */
export function drawn(rows: readonly Row[], indent = ''): string[] {
  return rows.flatMap((row) => [
    `${indent}${row.label}${row.description === undefined ? '' : ` — ${row.description}`}`,
    ...drawn(row.children?.() ?? [], `${indent}  `),
  ]);
}

/** The row with a label, wherever it stands. Throws where there is none. */
export function rowNamed(rows: readonly Row[], label: string): Row {
  const row = allRows(rows).find((each) => each.label === label);
  if (row === undefined) throw new Error(`no row ${label} among ${drawn(rows).join('; ')}`);
  return row;
}

/** Rows with all that is below them, in the order of a tree that is wholly open. */
export function allRows(rows: readonly Row[]): Row[] {
  return rows.flatMap((row) => [row, ...allRows(row.children?.() ?? [])]);
}
