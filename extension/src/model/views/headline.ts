import { type Event, type EventType, parseObjectKey } from '@weaveflux/shared';
import { idIn, nameOf, shortRevision } from '../names.ts';
import type { RowIcon } from './row.ts';

/** `%` stands for the object's name or the revision. */
const HEADLINES: Readonly<Record<EventType, string>> = {
  'agent-started': 'Agent started',
  'agent-stopped': 'Agent stopped',
  'revision-fetched': 'Fetched %',
  'history-rewritten': 'History rewritten',
  'git-unreachable': 'Git cannot be read',
  'git-recovered': 'Git can be read again',
  'cluster-unreachable': 'Cluster does not answer',
  'cluster-recovered': 'Cluster answers again',
  'sync-started': 'Delivering %',
  'object-created': 'Created %',
  'object-configured': 'Configured %',
  'object-deleted': 'Deleted %',
  'object-failed': '% failed',
  'sync-applied': 'Applied %',
  'sync-failed': 'Delivery failed',
  healthy: '% is healthy',
  unhealthy: '% is not healthy',
  'prune-waiting': 'Prune waits',
  interference: 'Interference with %',
  corrected: 'Corrected %',
  contested: '% is contested',
  'drift-reported': '% differs',
  'image-found': 'Newer image for %',
  'image-held': 'Image of % is held',
  'needs-release': '% needs a release',
  'policy-invalid': 'Invalid policy of %',
  released: 'Released %',
  'release-failed': 'Release of % failed',
  pinned: 'Pinned %',
  unpinned: 'Unpinned %',
  'policy-changed': 'Changed policy of %',
  proposed: 'Proposed for %',
  'registry-failed': 'Registry cannot be read',
  'registry-recovered': 'Registry can be read again',
  suspended: 'Suspended %',
  resumed: 'Resumed %',
  adopted: 'Adopted %',
  warning: 'Warning about %',
};

/** Of these the revision is named, not an object. */
const ABOUT_REVISION: ReadonlySet<EventType> = new Set([
  'revision-fetched',
  'sync-started',
  'sync-applied',
  'healthy',
  'unhealthy',
]);

const ICONS: Partial<Readonly<Record<EventType, string>>> = {
  'agent-started': 'vm-running',
  'agent-stopped': 'vm-outline',
  'revision-fetched': 'git-commit',
  'history-rewritten': 'git-branch',
  'git-recovered': 'plug',
  'cluster-recovered': 'plug',
  'registry-recovered': 'plug',
  'sync-started': 'sync',
  'object-created': 'diff-added',
  'object-configured': 'diff-modified',
  'object-deleted': 'diff-removed',
  'sync-applied': 'check-all',
  healthy: 'pass',
  interference: 'edit',
  corrected: 'wand',
  contested: 'arrow-swap',
  'drift-reported': 'diff',
  'prune-waiting': 'trash',
  'image-found': 'arrow-circle-up',
  'image-held': 'history',
  'needs-release': 'person',
  released: 'rocket',
  pinned: 'pinned',
  unpinned: 'pin',
  'policy-changed': 'law',
  proposed: 'git-pull-request',
  suspended: 'debug-pause',
  resumed: 'debug-continue',
  adopted: 'link',
};

/** An event in a few words: `Released web`, `kubectl-edit interfered with web`, `Applied a1b2c3d`. */
export function headlineOf(event: Event): string {
  const { type, object, revision, message } = event;
  const name = object === undefined ? undefined : idIn(object).name;
  const managers = type === 'interference' ? managersIn(message) : [];
  if (name !== undefined && managers.length > 0) return `${managers.join(', ')} interfered with ${name}`;
  const about = ABOUT_REVISION.has(type) && revision !== undefined ? shortRevision(revision) : name;
  const headline = HEADLINES[type];
  if (about !== undefined) return headline.replace('%', () => about);
  return headline.startsWith('%')
    ? headline.replace('%', 'The environment')
    : headline.replace(/( about| of| for| with)? %/, '');
}

/** What an event's message says beyond its headline. */
export function detailOf({ message, object, revision }: Event): string {
  const names = [
    ...(object === undefined || parseObjectKey(object) === undefined ? [] : [nameOf(object)]),
    ...(revision === undefined ? [] : [shortRevision(revision)]),
  ];
  const start = names.find((name) => message.startsWith(name));
  return start === undefined ? message : message.slice(start.length).replace(/^[\s:]+/, '');
}

/** An icon of its own shape for a type; severity shows in shape or colour, and is spoken. */
export function eventIcon({ type, severity }: Pick<Event, 'type' | 'severity'>): RowIcon {
  const color =
    severity === 'error' ? 'list.errorForeground' : severity === 'warning' ? 'list.warningForeground' : colorOf(type);
  const id = ICONS[type] ?? (severity === 'error' ? 'error' : severity === 'warning' ? 'warning' : 'info');
  return { id, ...(color === undefined ? {} : { color }) };
}

function colorOf(type: EventType): string | undefined {
  if (type === 'healthy' || type === 'sync-applied' || type === 'corrected') return 'testing.iconPassed';
  return type === 'released' || type === 'image-found' ? 'charts.blue' : undefined;
}

/** The field managers that a message about differences names, each once: `… 3 → 5 by kubectl-edit at 2026-…`. */
function managersIn(message: string): string[] {
  return [...new Set([...message.matchAll(/ by (\S+) at \d{4}-\d\d-\d\dT/g)].flatMap(([, manager]) => manager ?? []))];
}
