import type { Event, EventType, Status } from '@weaveflux/shared';
import type { StripSegment } from './snapshot.ts';

/** How the delivery stands, and what lies over it. */
interface Stand {
  readonly delivery: 'healthy' | 'progressing' | 'failing' | 'unknown';
  readonly suspended: boolean;
  readonly gitAway: boolean;
  readonly clusterAway: boolean;
}

const NOTHING: Stand = { delivery: 'unknown', suspended: false, gitAway: false, clusterAway: false };

/** Events that say one thing, whatever was before. */
const SAYS: Partial<Record<EventType, Partial<Stand>>> = {
  'agent-started': NOTHING,
  'agent-stopped': NOTHING,
  'sync-started': { delivery: 'progressing' },
  'sync-failed': { delivery: 'failing' },
  healthy: { delivery: 'healthy' },
  'git-unreachable': { gitAway: true },
  'git-recovered': { gitAway: false },
  'cluster-unreachable': { clusterAway: true },
  'cluster-recovered': { clusterAway: false },
};

/**
 * How the environment stood since events are known, until `until`. The agent does not tell when a revision that was
 * healthy, and then was not, is healthy again: that time is `unknown`, unless it still fails.
 */
export function stripOf(events: readonly Event[], { sync }: Pick<Status, 'sync'>, until: number): StripSegment[] {
  const lastUnhealthy = events.findLastIndex(({ type }) => type === 'unhealthy');
  const healthy = new Set<string>();
  const segments: StripSegment[] = [];
  let stand = NOTHING;
  for (const [index, event] of events.entries()) {
    const { type, revision = '', object } = event;
    const wasHealthy = healthy.has(revision);
    if (type === 'healthy') healthy.add(revision);
    if (type === 'sync-applied') stand = { ...stand, delivery: wasHealthy ? 'healthy' : 'progressing' };
    else if (type === 'unhealthy') {
      const fails = !wasHealthy || (index === lastUnhealthy && sync.state === 'failed');
      stand = { ...stand, delivery: fails ? 'failing' : 'unknown' };
    } else if (type === 'suspended' || type === 'resumed') {
      if (object === undefined) stand = { ...stand, suspended: type === 'suspended' };
    } else stand = { ...stand, ...SAYS[type] };
    const next = events[index + 1];
    append(segments, Date.parse(event.time), next === undefined ? until : Date.parse(next.time), shown(stand));
  }
  return segments;
}

function shown({ delivery, suspended, gitAway, clusterAway }: Stand): StripSegment['state'] {
  if (gitAway || clusterAway) return 'unreachable';
  return suspended ? 'suspended' : delivery;
}

/** Adds a segment, one with the state of the last as part of that. */
function append(segments: StripSegment[], from: number, to: number, state: StripSegment['state']): void {
  const last = segments.at(-1);
  if (last?.state === state) segments[segments.length - 1] = { ...last, to: Math.max(to, last.to) };
  else if (to > from) segments.push({ from, to, state });
}
