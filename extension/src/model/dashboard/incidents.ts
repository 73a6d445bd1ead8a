import type { Event, EventType, Status } from '@weaveflux/shared';

/** Something that went wrong: a moment, or a time with an end where the agent tells of one. */
export interface Incident {
  readonly id: string;
  readonly from: number;
  /** Absent = a moment, or what still goes on. */
  readonly to?: number;
  readonly ongoing: boolean;
  /** All that was told of it, oldest first. */
  readonly events: readonly Event[];
}

/** What can be wrong for a while. */
type Trouble = 'git' | 'cluster' | 'delivery' | 'health';

const BEGINS: Partial<Record<EventType, Trouble>> = {
  'git-unreachable': 'git',
  'cluster-unreachable': 'cluster',
  'sync-failed': 'delivery',
  unhealthy: 'health',
};

const ENDS: Partial<Record<EventType, readonly Trouble[]>> = {
  'git-recovered': ['git'],
  'cluster-recovered': ['cluster'],
  'sync-applied': ['delivery'],
  healthy: ['delivery', 'health'],
};

const MOMENTS: ReadonlySet<EventType> = new Set([
  'object-failed',
  'release-failed',
  'registry-failed',
  'policy-invalid',
  'prune-waiting',
  'history-rewritten',
]);

interface Open {
  readonly first: Event;
  readonly events: Event[];
  /** The revision was healthy before: the agent will not tell when it is so again. */
  readonly endsUntold: boolean;
}

/** What went wrong in the events, oldest first. An end that the agent does not tell is not made up. */
export function incidentsOf(events: readonly Event[], status: Pick<Status, 'sync'>): Incident[] {
  const open = new Map<Trouble, Open>();
  const healthy = new Set<string>();
  const found: Incident[] = [];

  function begin(trouble: Trouble, event: Event): void {
    const before = open.get(trouble);
    if (before === undefined || before.endsUntold) {
      if (before !== undefined) found.push(moment(before));
      const endsUntold = trouble === 'health' && healthy.has(event.revision ?? '');
      open.set(trouble, { first: event, events: [event], endsUntold });
    } else {
      before.events.push(event);
    }
  }

  function end(trouble: Trouble, at: number | undefined): void {
    const incident = open.get(trouble);
    if (incident === undefined) return;
    open.delete(trouble);
    found.push(at === undefined || incident.endsUntold ? moment(incident) : { ...moment(incident), to: at });
  }

  for (const event of events) {
    const trouble = BEGINS[event.type];
    if (trouble !== undefined) begin(trouble, event);
    else if (event.type === 'object-failed' && isPartOf(open.get('delivery'), event))
      open.get('delivery')?.events.push(event);
    else if (MOMENTS.has(event.type)) found.push(moment({ first: event, events: [event] }));
    // A new start of the agent knows nothing of what was before.
    if (event.type === 'agent-started') for (const each of [...open.keys()]) end(each, undefined);
    for (const each of ENDS[event.type] ?? []) end(each, Date.parse(event.time));
    if (event.type === 'healthy' && event.revision !== undefined) healthy.add(event.revision);
  }
  for (const [trouble, incident] of open) {
    const isOver = trouble === 'health' && status.sync.state !== 'failed';
    found.push({ ...moment(incident), ongoing: !isOver });
  }
  return found.sort((a, b) => a.from - b.from);
}

function isPartOf(delivery: Open | undefined, { revision }: Event): boolean {
  return delivery !== undefined && revision !== undefined && delivery.first.revision === revision;
}

function moment({ first, events }: Pick<Open, 'first' | 'events'>): Incident {
  return { id: first.id, from: Date.parse(first.time), ongoing: false, events };
}
