import * as l10n from '@vscode/l10n';
import { type Event, type EventType, parseObjectKey } from '@weaveflux/shared';

/** What events are about, as people choose among them. */
export const CATEGORIES = ['delivery', 'images', 'interference', 'health', 'access', 'people'] as const;
export type Category = (typeof CATEGORIES)[number];

/** What people read of a category: its name, and what belongs to it. */
export type CategoryName = readonly [name: string, detail: string];

const CATEGORY_NAMES: Readonly<Record<Category, () => CategoryName>> = {
  delivery: () => [l10n.t('Delivery'), l10n.t('revisions, objects created, configured and deleted, prune')],
  images: () => [l10n.t('Images'), l10n.t('new tags, releases, holds, pins and policies')],
  interference: () => [l10n.t('Interference'), l10n.t('changes made in the cluster, corrected, reported or contested')],
  health: () => [l10n.t('Health'), l10n.t('what became healthy, failed or unhealthy')],
  access: () => [l10n.t('Access'), l10n.t('Git, cluster and registries out of reach and back')],
  people: () => [l10n.t('Agent and people'), l10n.t('starts, suspensions, adoptions, warnings')],
};

/** How a category is called. */
export function categoryName(category: Category): CategoryName {
  return CATEGORY_NAMES[category]();
}

const CATEGORY_OF: Readonly<Record<EventType, Category>> = {
  'agent-started': 'people',
  'agent-stopped': 'people',
  'revision-fetched': 'delivery',
  'history-rewritten': 'delivery',
  'git-unreachable': 'access',
  'git-recovered': 'access',
  'cluster-unreachable': 'access',
  'cluster-recovered': 'access',
  'sync-waiting': 'delivery',
  'sync-started': 'delivery',
  'object-created': 'delivery',
  'object-configured': 'delivery',
  'object-deleted': 'delivery',
  'object-failed': 'health',
  'sync-applied': 'delivery',
  'sync-failed': 'health',
  healthy: 'health',
  unhealthy: 'health',
  'prune-waiting': 'delivery',
  interference: 'interference',
  corrected: 'interference',
  contested: 'interference',
  'drift-reported': 'interference',
  'image-found': 'images',
  'image-held': 'images',
  'needs-release': 'images',
  'policy-invalid': 'images',
  released: 'images',
  'release-failed': 'images',
  'rolled-back': 'images',
  pinned: 'images',
  unpinned: 'images',
  'policy-changed': 'images',
  proposed: 'images',
  'registry-failed': 'access',
  'registry-recovered': 'access',
  suspended: 'people',
  resumed: 'people',
  adopted: 'people',
  warning: 'people',
};

/** Which events are shown. */
export interface ActivityFilter {
  /** None = all. */
  readonly categories: ReadonlySet<Category>;
  /** Words, all of which must occur in the message, the object or the file; without case. */
  readonly text: string;
  readonly onlyWarnings: boolean;
}

/** Shows all. */
export const NO_FILTER: ActivityFilter = { categories: new Set(), text: '', onlyWarnings: false };

/** Whether a filter leaves something out. */
export function isFiltering({ categories, text, onlyWarnings }: ActivityFilter): boolean {
  return categories.size > 0 || text.trim() !== '' || onlyWarnings;
}

/** A test for events, made once for many. */
export function passes({ categories, text, onlyWarnings }: ActivityFilter): (event: Event) => boolean {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return (event) =>
    (categories.size === 0 || categories.has(CATEGORY_OF[event.type])) &&
    (!onlyWarnings || event.severity !== 'info') &&
    (words.length === 0 || includesAll(event, words));
}

/** A filter in words, for the view's description; empty where all is shown. */
export function sayFilter({ categories, text, onlyWarnings }: ActivityFilter): string {
  const names = CATEGORIES.filter((category) => categories.has(category)).map((category) => categoryName(category)[0]);
  const parts = [
    names.join(', '),
    onlyWarnings ? l10n.t('warnings only') : '',
    text.trim() === '' ? '' : `“${text.trim()}”`,
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

function includesAll({ message, object = '', file = '', revision = '' }: Event, words: readonly string[]): boolean {
  const searched = `${message} ${parseObjectKey(object)?.name ?? ''} ${file} ${revision}`.toLowerCase();
  return words.every((word) => searched.includes(word));
}
