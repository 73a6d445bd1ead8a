import type { Event, HistoryEntry, Status } from '@weaveflux/shared';
import { nameOf } from '../names.ts';
import { incidentsOf } from './incidents.ts';
import type { Timeline, TimelineItem } from './snapshot.ts';
import { stripOf } from './strip.ts';

/** Milliseconds: nothing older is shown. */
export const TIMELINE_SPAN = 7 * 24 * 3_600_000;
/** At most so many items of a lane; the newest stay. */
const LIMIT = 400;

/** What a timeline is made of. */
export interface TimelineInput {
  /** Oldest first. */
  readonly events: readonly Event[];
  /** Newest first. */
  readonly history: readonly HistoryEntry[];
  readonly status: Status;
  /** Milliseconds since the epoch, as in all that follows. */
  readonly now: number;
  /** Until when the events are all: `now`, unless the agent is away. */
  readonly until: number;
}

/** Releases, interference and failures of the last seven days, and how the environment stood meanwhile. */
export function timelineOf(input: TimelineInput): Timeline {
  const { events, now, until, status } = input;
  const [first] = events;
  const lanes = [releases(input), interference(events), failures(input)];
  const items = lanes.flatMap((lane) =>
    lane.filter(({ from, to = from, ongoing }) => ongoing || to >= now - TIMELINE_SPAN).slice(-LIMIT),
  );
  return {
    ...(first === undefined ? {} : { knownSince: Date.parse(first.time) }),
    items: items.sort((a, b) => b.from - a.from),
    strip: stripOf(events, status, until),
  };
}

/** One item a commit, from the repository's history; from the events where the history has not caught up. */
function releases({ events, history }: TimelineInput): TimelineItem[] {
  const commits = Map.groupBy(history, ({ commit }) => commit.revision);
  const known = [...commits.values()].flatMap(releaseOf);
  const told = events.filter(({ type, revision }) => type === 'released' && !commits.has(revision ?? ''));
  const fresh = Map.groupBy(told, ({ revision, id }) => revision ?? id);
  return [...known, ...[...fresh].map(([id, group]) => toldRelease(id, group))].sort((a, b) => a.from - b.from);
}

function releaseOf(entries: readonly HistoryEntry[]): TimelineItem[] {
  const [first] = entries;
  if (first === undefined) return [];
  const { commit, requestedBy } = first;
  const release: TimelineItem = {
    id: `release ${commit.revision}`,
    lane: 'releases',
    tone: entries.some(({ rollback }) => rollback !== undefined) ? 'warning' : 'info',
    from: Date.parse(commit.time),
    ongoing: false,
    title: commit.subject,
    lines: entries.map(({ object, container, from, to }) => `${nameOf(object)} ${container}: ${from} → ${to}`),
    by: (requestedBy ?? commit.author).replace(/ <[^<>]*>$/, ''),
    action: { command: 'open', target: { revision: commit.revision } },
  };
  return [release];
}

function toldRelease(id: string, events: readonly Event[]): TimelineItem {
  const messages = events.map(({ message }) => message);
  const [{ time = '', revision } = {}] = events;
  return {
    id: `release ${id}`,
    lane: 'releases',
    tone: 'info',
    from: Date.parse(time),
    ongoing: false,
    title: messages[0] ?? '',
    lines: messages.slice(1),
    ...(revision === undefined ? {} : { action: { command: 'open', target: { revision } } }),
  };
}

/** One item for what somebody changed, from then until it was corrected. */
function interference(events: readonly Event[]): TimelineItem[] {
  const items: TimelineItem[] = [];
  const uncorrected = new Map<string, number>();
  for (const event of events) {
    const { type, object = '' } = event;
    if (type === 'interference' || type === 'contested' || type === 'drift-reported') {
      if (type === 'interference') uncorrected.set(object, items.length);
      items.push({ ...itemOf(event), lane: 'interference', tone: type === 'contested' ? 'bad' : 'warning' });
    }
    const index = type === 'corrected' ? uncorrected.get(object) : undefined;
    const disturbed = index === undefined ? undefined : items[index];
    if (index === undefined || disturbed === undefined) continue;
    uncorrected.delete(object);
    items[index] = { ...disturbed, tone: 'good', to: Date.parse(event.time), lines: [event.message] };
  }
  return items;
}

function failures({ events, status }: TimelineInput): TimelineItem[] {
  return incidentsOf(events, status).flatMap(({ from, to, ongoing, events: [first, ...others] }) => {
    if (first === undefined) return [];
    const tone = first.severity === 'error' ? 'bad' : 'warning';
    const lines = others.map(({ message }) => message);
    return [{ ...itemOf(first), lane: 'failures', tone, from, ...(to === undefined ? {} : { to }), ongoing, lines }];
  });
}

function itemOf({ id, time, message }: Event): Omit<TimelineItem, 'lane' | 'tone'> {
  const action = { command: 'open', target: { event: id } } as const;
  return { id: `event ${id}`, from: Date.parse(time), ongoing: false, title: message, lines: [], action };
}
