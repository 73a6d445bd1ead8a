import * as l10n from '@vscode/l10n';
import type { ImageStatus, ObjectStatus } from '@weaveflux/shared';
import { stateOf } from '../agent/object-state.ts';
import { updateKindOf } from '../agent/updates.ts';
import { idIn, joined, shownTag, spoken } from '../names.ts';
import { containerRow, sayTags, speakTags } from './container-row.ts';
import { healthIcon, healthWord } from './health.ts';
import { makeRow } from './make-row.ts';
import { objectFlags, objectTooltip, sayDrift, sayHealth } from './object-row.ts';
import { type Row, under } from './row.ts';
import { placeOf, type Scene } from './scene.ts';

/** So many rows are looked over; where there are more, a person opens what they look for, and its row says what is wrong in it. */
const LOOKED_OVER = 200;

/** The section of all workloads, by namespace where there are several. */
export function workloadsRow(scene: Scene): Row {
  const id = under(scene.id, 'workloads');
  const workloads = scene.workloads();
  const hasGroups = new Set(workloads.map(({ key }) => idIn(key).namespace)).size > 1;
  return makeRow({
    id,
    kind: 'section',
    label: l10n.t('Workloads'),
    description: sumOf(workloads),
    accessibilityLabel: spoken(l10n.t('Workloads'), sumOf(workloads)),
    target: { environment: scene.id },
    children: workloads.length === 0 ? undefined : () => byNamespace(scene, id, workloads),
    collapsible: hasGroups || workloads.length <= LOOKED_OVER ? 'expanded' : 'collapsed',
  });
}

/** A workload: how it runs, with which images, and what is newer. */
function workloadRow(scene: Scene, parent: string, object: ObjectStatus): Row {
  const id = under(parent, object.key);
  const { kind, name } = idIn(object.key);
  const images = scene.imagesOf(object.key);
  const stances = joined(
    images.some(({ pin, state }) => pin !== undefined || state === 'pinned') ? l10n.t('pinned') : undefined,
    images.some(({ state }) => state === 'held') ? l10n.t('held') : undefined,
    scene.suspensionOf(object.key) === undefined ? undefined : l10n.t('suspended'),
    sayDrift(object.drift),
  );
  const written = images.length > 0 ? undefined : writtenTags(object);
  const tags = written ?? tagsOf(images, sayTags);
  return makeRow({
    id,
    kind: 'workload',
    flags: objectFlags(scene, object),
    label: name,
    description: joined(sayHealth(object), kind === 'Deployment' ? undefined : kind, tags, stances),
    icon: healthIcon(stateOf(object)),
    tooltip: objectTooltip(
      scene,
      object,
      [scene.labels().images, Object.values(object.images ?? {}).join(', ')],
      ...suspendedBy(scene, object),
    ),
    accessibilityLabel: speak(object, written ?? tagsOf(images, speakTags), stances),
    target: scene.targetOf(object),
    children: hasContainers(object) ? () => containerRows(scene, id, object, images) : undefined,
  });
}

function byNamespace(scene: Scene, parent: string, workloads: readonly ObjectStatus[]): Row[] {
  const groups = Map.groupBy(workloads, ({ key }) => idIn(key).namespace);
  if (groups.size <= 1) return workloads.map((object) => workloadRow(scene, parent, object));
  return [...groups].map(([namespace, members]) => {
    const id = under(parent, namespace);
    return makeRow({
      id,
      kind: 'namespace',
      label: namespace === '' ? l10n.t('<cluster>') : namespace,
      description: sumOf(members),
      icon: { id: 'symbol-namespace' },
      accessibilityLabel: spoken(l10n.t('namespace {0}', namespace), sumOf(members)),
      target: { environment: scene.id },
      children: () => members.map((object) => workloadRow(scene, id, object)),
      collapsible: workloads.length <= LOOKED_OVER ? 'expanded' : 'collapsed',
    });
  });
}

/** `20`, or `1 Failing, 2 Progressing of 20`: what is not healthy, and how many there are. */
function sumOf(workloads: readonly ObjectStatus[]): string {
  const states = Map.groupBy(workloads, stateOf);
  const troubles = (['failed', 'missing', 'progressing'] as const).flatMap((state) => {
    const members = states.get(state);
    return members === undefined ? [] : [`${members.length} ${healthWord(state)}`];
  });
  const count = workloads.length.toLocaleString('en');
  return troubles.length === 0 ? count : l10n.t('{0} of {1}', troubles.join(', '), count);
}

function hasContainers({ images }: ObjectStatus): boolean {
  return images !== undefined && Object.keys(images).length > 0;
}

/** The containers as the agent decided about them; as they are written, where it has not yet. */
function containerRows(scene: Scene, parent: string, object: ObjectStatus, images: readonly ImageStatus[]): Row[] {
  if (images.length > 0) return images.map((image) => containerRow(scene, parent, image));
  return Object.entries(object.images ?? {}).map(([container, image]) =>
    makeRow({
      id: under(parent, container),
      kind: 'container',
      flags: { imaged: true, objected: true },
      label: container,
      description: shownTag(image),
      icon: { id: 'package' },
      accessibilityLabel: spoken(l10n.t('container {0} of {1}', container, object.name), image),
      target: { environment: scene.id, workload: object.key, container, ...placeOf(object) },
    }),
  );
}

/** The tags that run, each once, with what is newer. */
function tagsOf(images: readonly ImageStatus[], say: (image: ImageStatus) => string): string {
  const newest = images.filter((image) => updateKindOf(image) !== undefined).map(say);
  return firstOf([...newest, ...images.map(say)]);
}

/** The tags of an object of whose images the agent has not told. */
function writtenTags({ images = {} }: ObjectStatus): string {
  return firstOf(Object.values(images).map(shownTag));
}

function firstOf(tags: readonly string[]): string {
  return [...new Set(tags)].slice(0, 3).join(', ');
}

function speak(object: ObjectStatus, tags: string, stances: string): string {
  const { ready, desired } = object.health;
  const replicas = desired === undefined ? undefined : sayReplicas(ready ?? 0, desired);
  return spoken(object.name, healthWord(stateOf(object)), replicas, tags, stances.replaceAll(' · ', ', '));
}

function sayReplicas(ready: number, desired: number): string {
  return desired === 1 ? l10n.t('{0} of 1 replica ready', ready) : l10n.t('{0} of {1} replicas ready', ready, desired);
}

function suspendedBy(scene: Scene, { key }: ObjectStatus): readonly (readonly [string, string])[] {
  const suspension = scene.suspensionOf(key);
  return suspension === undefined
    ? []
    : [[l10n.t('Suspended'), l10n.t('by {0}: {1}', suspension.by, suspension.reason)]];
}
