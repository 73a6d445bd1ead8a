import * as l10n from '@vscode/l10n';
import type { Difference, ImageStatus, ObjectStatus } from '@weaveflux/shared';
import { reasonOf, stateOf } from '../agent/object-state.ts';
import { isReviewable } from '../agent/updates.ts';
import { counted, idIn, joined, spoken } from '../names.ts';
import type { RowFlag } from './context-values.ts';
import { healthIcon, healthWord } from './health.ts';
import { makeRow } from './make-row.ts';
import { type Row, type RowTooltip, under } from './row.ts';
import type { Scene } from './scene.ts';

/** `Healthy 3/3`. */
export function sayHealth(object: ObjectStatus): string {
  const { ready, desired } = object.health;
  const replicas = desired === undefined ? '' : ` ${ready ?? 0}/${desired}`;
  return `${healthWord(stateOf(object))}${replicas}`;
}

/** An object of the environment that is no workload; `description` unless told is how it stands. */
export function objectRow(scene: Scene, parent: string, object: ObjectStatus): Row {
  const { key, drift } = object;
  const { name, namespace } = idIn(key);
  const state = stateOf(object);
  const says = state === 'healthy' || state === 'unknown' ? undefined : healthWord(state);
  return makeRow({
    id: under(parent, key),
    kind: 'object',
    flags: objectFlags(scene, object),
    label: name,
    description: joined(namespace, says, sayDrift(drift)),
    icon: healthIcon(state),
    tooltip: objectTooltip(scene, object),
    accessibilityLabel: spoken(object.name, healthWord(state), sayDrift(drift)),
    target: scene.targetOf(object),
  });
}

/** Name, state and place of an object, as a table. */
export function objectTooltip(
  { labels }: Pick<Scene, 'labels'>,
  object: ObjectStatus,
  ...more: readonly (readonly [string, string | undefined])[]
): RowTooltip {
  const { name, file, line, action, drift } = object;
  const names = labels();
  const place = file === undefined ? l10n.t('not in the repository') : `${file}${line === undefined ? '' : `:${line}`}`;
  return {
    heading: name,
    table: [
      [names.state, joined(sayHealth(object), reasonOf(object))],
      ...more,
      [names.delivery, action],
      [names.drift, drift === undefined ? undefined : sayDifferences(drift.differences)],
      [names.file, place],
    ],
  };
}

/** What holds of an object, for the menus. */
export function objectFlags(scene: Scene, object: ObjectStatus): Partial<Record<RowFlag, boolean>> {
  const images = scene.imagesOf(object.key);
  const isWorkload = object.images !== undefined;
  const isSuspended = scene.suspensionOf(object.key) !== undefined;
  return {
    objected: true,
    imaged: isWorkload,
    drifted: object.drift !== undefined,
    suspended: isSuspended,
    running: isWorkload && !isSuspended,
    ...imageFlags(images),
  };
}

/** What holds of images together: that something can be released of one, that all are automated. */
export function imageFlags(images: readonly ImageStatus[]): Partial<Record<RowFlag, boolean>> {
  if (images.length === 0) return {};
  const isPinned = ({ pin, state }: ImageStatus): boolean => pin !== undefined || state === 'pinned';
  return {
    releasable: images.some(({ state }) => ['update', 'outside-window', 'needs-release'].includes(state)),
    approvable: images.some(({ state }) => state === 'needs-approval'),
    reviewable: images.length === 1 && images.every(isReviewable),
    held: images.some(({ state }) => state === 'held'),
    pinned: images.some(isPinned),
    unpinned: !images.every(isPinned),
    automated: images.some(({ automated }) => automated),
    manual: images.some(({ automated }) => !automated),
  };
}

/** That an object differs, in a word or two; nothing where it does not. */
export function sayDrift(drift: ObjectStatus['drift']): string | undefined {
  if (drift === undefined) return undefined;
  if (drift.mode === 'contested') return l10n.t('contested');
  return drift.mode === 'ignored' ? l10n.t('differs, left as it is') : l10n.t('differs');
}

/** `/spec/replicas by kubectl-edit`, `3 fields by kubectl-edit, helm`; of a whole object what became of it. */
export function sayDifferences(differences: readonly Difference[]): string {
  const [first] = differences;
  if (first === undefined) return l10n.t('differs');
  if (first.path === '') return (first.live ?? l10n.t('deleted')).replace(/^\((.*)\)$/, '$1');
  const managers = [...new Set(differences.flatMap(({ manager }) => manager ?? []))];
  const what =
    differences.length === 1 ? first.path : counted(differences.length, l10n.t('1 field'), l10n.t('{0} fields'));
  return managers.length === 0 ? what : l10n.t('{0} by {1}', what, managers.join(', '));
}
