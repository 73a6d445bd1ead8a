import type { Event } from '@weaveflux/shared';
import type { Arrival, Times } from './snapshot.ts';

/** So many arrivals are shown, and make the median. */
const SHOWN = 20;
/** Fewer say nothing about what is usual. */
const ENOUGH = 3;

/** A commit on its way to being healthy. */
interface Way {
  readonly revision: string;
  readonly title: string;
  cause: Arrival['cause'];
  from: number;
  /** Whether there was something to send. */
  sent: boolean;
  failed: boolean;
}

/**
 * How long pushes took from when the agent first saw them (an image that its policy chose, else the commit) until the
 * environment was healthy with them, be it by a later commit. Pushes that changed nothing, that were there when the
 * agent started, or during which the environment was suspended do not count.
 */
export function timesOf(events: readonly Event[]): Times {
  const { arrivals, ways } = follow(events);
  const shown = arrivals.slice(-SHOWN);
  const underway = ways.findLast(({ sent }) => sent);
  return {
    arrivals: shown,
    ...(shown.length < ENOUGH ? {} : { median: median(shown.map(({ took }) => took)) }),
    ...(underway === undefined ? {} : { underway: { title: underway.title, from: underway.from } }),
  };
}

/** The middle of some numbers; of an even count the mean of the two in the middle. At least one number must be given. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[half - 1] ?? Number.NaN)) / 2;
}

function follow(events: readonly Event[]): { arrivals: Arrival[]; ways: readonly Way[] } {
  const arrivals: Arrival[] = [];
  const releases = createReleases();
  let ways: Way[] = [];
  let isStarting = false;
  for (const event of events) {
    const { type, revision, object } = event;
    if (type === 'agent-started' || ((type === 'suspended' || type === 'resumed') && object === undefined)) {
      ways = [];
      releases.forget();
    }
    if (type === 'agent-started') isStarting = true;
    releases.take(event);
    if (revision === undefined) continue;
    if (type === 'released') releases.settle(ways);
    if (type === 'revision-fetched') {
      if (!isStarting) ways.push(wayOf(event, revision));
      isStarting = false;
      releases.settle(ways);
      continue;
    }
    // What holds for a commit holds for those before it, which it contains.
    const concerned = ways.slice(0, ways.findIndex((way) => way.revision === revision) + 1);
    if (type === 'sync-started') for (const way of concerned) way.sent = true;
    if (type === 'sync-failed' || type === 'unhealthy') for (const way of concerned) way.failed = true;
    if (type !== 'healthy') continue;
    arrivals.push(...concerned.filter(({ sent }) => sent).map((way) => arrivalOf(way, Date.parse(event.time))));
    ways = ways.slice(concerned.length);
  }
  return { arrivals, ways };
}

function wayOf({ time, message }: Event, revision: string): Way {
  return { revision, title: message, cause: 'commit', from: Date.parse(time), sent: false, failed: false };
}

function arrivalOf({ revision, cause, title, from, failed }: Way, time: number): Arrival {
  return { revision, cause, title, from, took: Math.max(0, time - from), failed };
}

/** Which commits are releases of images, and when those were seen first. */
function createReleases() {
  /** When an image of an object was found, by object. */
  const found = new Map<string, number>();
  /** When the images of a release were seen, by revision. */
  const seen = new Map<string, number>();
  return {
    take({ type, object = '', revision = '', time }: Event): void {
      const at = Date.parse(time);
      if (type === 'image-found') found.set(object, found.get(object) ?? at);
      if (type !== 'released') return;
      seen.set(revision, Math.min(seen.get(revision) ?? at, found.get(object) ?? at));
      found.delete(object);
    },
    /** Tells the commits that are releases so; a commit may be seen before the release is told. */
    settle(ways: readonly Way[]): void {
      for (const way of ways) {
        const from = seen.get(way.revision);
        if (from === undefined) continue;
        way.cause = 'image';
        way.from = Math.min(way.from, from);
      }
    },
    forget(): void {
      found.clear();
      seen.clear();
    },
  };
}
