import type { Event, EventType } from '@weaveflux/shared';

/** What is read from the agent again when something happens. */
export type Part = 'status' | 'images';

const STATUS: readonly Part[] = ['status'];
const IMAGES: readonly Part[] = ['images'];
const BOTH: readonly Part[] = ['status', 'images'];

const PARTS: Readonly<Record<EventType, readonly Part[]>> = {
  'agent-started': BOTH,
  'agent-stopped': STATUS,
  'revision-fetched': BOTH,
  'history-rewritten': BOTH,
  'git-unreachable': STATUS,
  'git-recovered': STATUS,
  'cluster-unreachable': STATUS,
  'cluster-recovered': STATUS,
  'sync-waiting': STATUS,
  'sync-started': STATUS,
  'object-created': STATUS,
  'object-configured': STATUS,
  'object-deleted': STATUS,
  'object-failed': STATUS,
  'sync-applied': BOTH,
  'sync-failed': STATUS,
  healthy: STATUS,
  unhealthy: STATUS,
  'prune-waiting': STATUS,
  interference: STATUS,
  corrected: STATUS,
  contested: STATUS,
  'drift-reported': STATUS,
  'image-found': IMAGES,
  'image-held': IMAGES,
  'needs-release': IMAGES,
  'policy-invalid': IMAGES,
  released: BOTH,
  'release-failed': IMAGES,
  'rolled-back': BOTH,
  pinned: BOTH,
  unpinned: BOTH,
  'policy-changed': BOTH,
  proposed: IMAGES,
  'registry-failed': IMAGES,
  'registry-recovered': IMAGES,
  suspended: STATUS,
  resumed: STATUS,
  adopted: STATUS,
  warning: STATUS,
};

/** The parts that may be others after an event. */
export function partsOf({ type }: Pick<Event, 'type'>): readonly Part[] {
  return PARTS[type];
}
