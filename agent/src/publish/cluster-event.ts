import { type Event, type EventType, PLACE_GROUP } from '@weaveflux/shared';
import { shorten } from '../text/one-line.ts';

/** What a Kubernetes Event says of one of ours. */
export interface ClusterEvent {
  /** `objectKey`; absent = the Environment. */
  readonly object: string | undefined;
  readonly type: 'Normal' | 'Warning';
  /** One word in CamelCase. */
  readonly reason: string;
  readonly message: string;
}

/** How one of our types becomes a Kubernetes Event. */
export interface EventRule {
  readonly type: ClusterEvent['type'];
  readonly reason: string;
  /** What it is told of: the Environment, the object of the event, or that where there is one. */
  readonly about: 'environment' | 'object' | 'either';
}

/** The few of our events that are worth an Event of Kubernetes; all others are in the log and in the agent's API. */
export const EVENT_RULES: Readonly<Partial<Record<EventType, EventRule>>> = {
  healthy: { type: 'Normal', reason: 'Healthy', about: 'environment' },
  unhealthy: { type: 'Warning', reason: 'Unhealthy', about: 'environment' },
  'sync-failed': { type: 'Warning', reason: 'SyncFailed', about: 'environment' },
  'prune-waiting': { type: 'Warning', reason: 'PruneWaiting', about: 'environment' },
  'git-unreachable': { type: 'Warning', reason: 'GitUnreachable', about: 'environment' },
  'git-recovered': { type: 'Normal', reason: 'GitRecovered', about: 'environment' },
  suspended: { type: 'Normal', reason: 'Suspended', about: 'either' },
  resumed: { type: 'Normal', reason: 'Resumed', about: 'either' },
  released: { type: 'Normal', reason: 'Released', about: 'object' },
  corrected: { type: 'Warning', reason: 'Corrected', about: 'object' },
  contested: { type: 'Warning', reason: 'Contested', about: 'object' },
  'object-failed': { type: 'Warning', reason: 'ApplyFailed', about: 'object' },
};

const LONGEST = 1_000;
/** Of how many objects it is kept in mind what was changed. */
const KEPT = 200;

/** Makes Kubernetes Events of ours, in the order in which they are told; `undefined` for what is not worth one. */
export function createClusterEvents(): (event: Event) => ClusterEvent | undefined {
  const changes = new Map<string, string>();

  /** Who changed what is known when that is found, and told when it is corrected: as one Event. */
  function remember({ object, message }: Event): void {
    if (object === undefined) return;
    changes.delete(object);
    changes.set(object, message);
    for (const oldest of changes.keys()) if (changes.size > KEPT) changes.delete(oldest);
  }

  function messageOf({ type, object, message }: Event): string {
    const change = type === 'corrected' && object !== undefined ? changes.get(object) : undefined;
    if (change === undefined) return message;
    changes.delete(object ?? '');
    return `${change} It is again as the repository says.`;
  }

  return (event) => {
    if (event.type === 'interference') remember(event);
    const rule = EVENT_RULES[event.type];
    if (rule === undefined || (rule.about === 'object' && event.object === undefined)) return undefined;
    const { type, reason, about } = rule;
    const object = about === 'environment' || isPlaceKey(event.object) ? undefined : event.object;
    return { object, type, reason, message: shorten(withoutTimes(messageOf(event)), LONGEST) };
  };
}

/** An image that is released in a file has no object of its own. */
function isPlaceKey(key: string | undefined): boolean {
  return key?.startsWith(`${PLACE_GROUP}/`) === true;
}

/** The Event carries its times itself; without others in its words the same again is counted, not repeated. */
function withoutTimes(message: string): string {
  return message.replaceAll(/ at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '');
}
