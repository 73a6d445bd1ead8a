import * as l10n from '@vscode/l10n';
import { type Event, type EventType, parseObjectKey } from '@weaveflux/shared';
import { idIn, nameOf, shortRevision } from '../names.ts';
import type { RowIcon } from './row.ts';

/** Of an event: about an object's name or a revision, which `{0}` stands for, and where neither is known. */
type Headline = readonly [about: string, alone: string];

const HEADLINES: Readonly<Record<EventType, () => Headline>> = {
  'agent-started': () => [l10n.t('Agent started'), l10n.t('Agent started')],
  'agent-stopped': () => [l10n.t('Agent stopped'), l10n.t('Agent stopped')],
  'revision-fetched': () => [l10n.t('Fetched {0}'), l10n.t('Fetched')],
  'history-rewritten': () => [l10n.t('History rewritten'), l10n.t('History rewritten')],
  'git-unreachable': () => [l10n.t('Git cannot be read'), l10n.t('Git cannot be read')],
  'git-recovered': () => [l10n.t('Git can be read again'), l10n.t('Git can be read again')],
  'cluster-unreachable': () => [l10n.t('Cluster does not answer'), l10n.t('Cluster does not answer')],
  'cluster-recovered': () => [l10n.t('Cluster answers again'), l10n.t('Cluster answers again')],
  'sync-waiting': () => [l10n.t('{0} waits for its window'), l10n.t('Delivery waits for its window')],
  'sync-started': () => [l10n.t('Delivering {0}'), l10n.t('Delivering')],
  'object-created': () => [l10n.t('Created {0}'), l10n.t('Created')],
  'object-configured': () => [l10n.t('Configured {0}'), l10n.t('Configured')],
  'object-deleted': () => [l10n.t('Deleted {0}'), l10n.t('Deleted')],
  'object-failed': () => [l10n.t('{0} failed'), l10n.t('The environment failed')],
  'sync-applied': () => [l10n.t('Applied {0}'), l10n.t('Applied')],
  'sync-failed': () => [l10n.t('Delivery failed'), l10n.t('Delivery failed')],
  healthy: () => [l10n.t('{0} is healthy'), l10n.t('The environment is healthy')],
  unhealthy: () => [l10n.t('{0} is not healthy'), l10n.t('The environment is not healthy')],
  'prune-waiting': () => [l10n.t('Prune waits'), l10n.t('Prune waits')],
  interference: () => [l10n.t('Interference with {0}'), l10n.t('Interference')],
  corrected: () => [l10n.t('Corrected {0}'), l10n.t('Corrected')],
  contested: () => [l10n.t('{0} is contested'), l10n.t('The environment is contested')],
  'drift-reported': () => [l10n.t('{0} differs'), l10n.t('The environment differs')],
  'image-found': () => [l10n.t('Newer image for {0}'), l10n.t('Newer image')],
  'image-held': () => [l10n.t('Image of {0} is held'), l10n.t('Image is held')],
  'needs-release': () => [l10n.t('{0} needs a release'), l10n.t('The environment needs a release')],
  'policy-invalid': () => [l10n.t('Invalid policy of {0}'), l10n.t('Invalid policy')],
  released: () => [l10n.t('Released {0}'), l10n.t('Released')],
  'release-failed': () => [l10n.t('Release of {0} failed'), l10n.t('Release failed')],
  'rolled-back': () => [l10n.t('Rolled back {0}'), l10n.t('Rolled back')],
  pinned: () => [l10n.t('Pinned {0}'), l10n.t('Pinned')],
  unpinned: () => [l10n.t('Unpinned {0}'), l10n.t('Unpinned')],
  'policy-changed': () => [l10n.t('Changed policy of {0}'), l10n.t('Changed policy')],
  proposed: () => [l10n.t('Proposed for {0}'), l10n.t('Proposed')],
  'registry-failed': () => [l10n.t('Registry cannot be read'), l10n.t('Registry cannot be read')],
  'registry-recovered': () => [l10n.t('Registry can be read again'), l10n.t('Registry can be read again')],
  suspended: () => [l10n.t('Suspended {0}'), l10n.t('Suspended')],
  resumed: () => [l10n.t('Resumed {0}'), l10n.t('Resumed')],
  adopted: () => [l10n.t('Adopted {0}'), l10n.t('Adopted')],
  warning: () => [l10n.t('Warning about {0}'), l10n.t('Warning')],
};

/** Of these the revision is named, not an object. */
const ABOUT_REVISION: ReadonlySet<EventType> = new Set([
  'revision-fetched',
  'sync-waiting',
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
  'sync-waiting': 'clock',
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
  'rolled-back': 'discard',
  pinned: 'pinned',
  unpinned: 'pin',
  'policy-changed': 'law',
  proposed: 'git-pull-request',
  suspended: 'debug-pause',
  resumed: 'debug-continue',
  adopted: 'link',
};

/** An event in a few words: `Released web`, `kubectl-edit changed web`, `Applied a1b2c3d`. */
export function headlineOf(event: Event): string {
  const { type, object, revision, message } = event;
  const name = object === undefined ? undefined : idIn(object).name;
  const managers = type === 'interference' ? managersIn(message) : [];
  if (name !== undefined && managers.length > 0) return l10n.t('{0} changed {1}', managers.join(', '), name);
  const about = ABOUT_REVISION.has(type) && revision !== undefined ? shortRevision(revision) : name;
  const [headline, alone] = HEADLINES[type]();
  return about === undefined ? alone : headline.replace('{0}', () => about);
}

/** What an event's message says beyond its headline. */
export function detailOf(event: Event): string {
  const { type, message, object, revision } = event;
  const names = [
    ...(object === undefined || parseObjectKey(object) === undefined ? [] : [nameOf(object)]),
    ...(revision === undefined ? [] : [shortRevision(revision)]),
  ];
  const start = names.find((name) => message.startsWith(name));
  const detail = start === undefined ? message : message.slice(start.length).replace(/^[\s:]+/, '');
  // Who changed it is in the headline then.
  const rest = type === 'interference' && start !== undefined ? withoutManagers(detail) : detail;
  return headlineOf(event).endsWith(` ${rest.replace(/\.$/, '')}`) ? '' : rest;
}

/** `/spec/replicas 3 → 5` of `was changed: /spec/replicas 3 → 5 by kubectl-edit at 2026-….`; other words stay as they are. */
function withoutManagers(detail: string): string {
  if (managersIn(detail).length === 0) return detail;
  return detail
    .replace(/^was changed: /, '')
    .replaceAll(/ by \S+ at \d{4}-\d\d-\d\dT[\d:.]+Z/g, '')
    .replace(/\.$/, '');
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
