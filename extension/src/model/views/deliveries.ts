import type { Event, EventType } from '@weaveflux/shared';

/** What the view Activity shows as one row: an event, or all that was told of one delivery. */
export interface ActivityItem {
  readonly environment: string;
  /** Oldest first, at least one; several = a delivery. */
  readonly events: readonly [Event, ...Event[]];
  /** The event that says most: how the delivery ended, as far as it has. */
  readonly main: Event;
  /** Of its last event (RFC 3339). */
  readonly time: string;
}

const STEPS: readonly EventType[] = [
  'revision-fetched',
  'sync-started',
  'object-created',
  'object-configured',
  'object-deleted',
  'object-failed',
  'sync-applied',
  'sync-failed',
  'healthy',
  'unhealthy',
];
/** Of these the last tells how the delivery stands. */
const OUTCOMES: ReadonlySet<EventType> = new Set([
  'sync-started',
  'sync-applied',
  'sync-failed',
  'healthy',
  'unhealthy',
]);
const STEP_TYPES: ReadonlySet<EventType> = new Set(STEPS);

/** Folds what was told of each delivery of a revision into one item; all else stays alone. Oldest first, by their last event. */
export function itemsOf(environment: string, events: readonly Event[]): ActivityItem[] {
  const groups: [Event, ...Event[]][] = [];
  const open = new Map<string, [Event, ...Event[]]>();
  for (const event of events) {
    const { revision, type } = event;
    const group = revision !== undefined && STEP_TYPES.has(type) ? open.get(revision) : undefined;
    if (group !== undefined && !beginsAnew(event, group)) {
      group.push(event);
      continue;
    }
    const begun: [Event, ...Event[]] = [event];
    groups.push(begun);
    if (revision !== undefined && STEP_TYPES.has(type)) open.set(revision, begun);
  }
  return groups.map((group) => itemOf(environment, group)).sort((a, b) => compareTimes(a.time, b.time));
}

/** Earlier first; for sorting. RFC 3339 in UTC, as agents write it, sorts as text. */
export function compareTimes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The same revision is delivered again. */
function beginsAnew({ type }: Event, group: readonly Event[]): boolean {
  return type === 'sync-started' && group.some((event) => event.type === 'sync-started');
}

function itemOf(environment: string, events: [Event, ...Event[]]): ActivityItem {
  const last = events.at(-1) ?? events[0];
  const main = events.findLast(({ type }) => OUTCOMES.has(type)) ?? last;
  return { environment, events, main, time: last.time };
}
