import * as l10n from '@vscode/l10n';
import type { ImageStatus } from '@weaveflux/shared';
import { isReviewable, updateKindOf } from '../agent/updates.ts';
import { counted, idIn, joined, spoken } from '../names.ts';
import type { Target } from '../target.ts';
import type { Calendar } from './calendar.ts';
import { imageTooltip, sayStance, sayTags, speakTags } from './container-row.ts';
import type { RowFlag } from './context-values.ts';
import { makeRow } from './make-row.ts';
import { type Row, type RowIcon, under } from './row.ts';
import { placeOf } from './scene.ts';

/** One environment, as the view Updates is given it. */
export interface UpdateFacts {
  /** `Environment.id`. */
  readonly id: string;
  readonly name: string;
  readonly images: readonly ImageStatus[];
}

interface Group {
  readonly id: 'ready' | 'approval' | 'person' | 'unfollowed' | 'held' | 'pinned' | 'invalid';
  readonly label: () => string;
  readonly icon: RowIcon;
  readonly flags: Partial<Record<RowFlag, boolean>>;
}

const GROUPS: readonly Group[] = [
  {
    id: 'ready',
    label: () => l10n.t('Ready to release'),
    icon: { id: 'arrow-circle-up', color: 'charts.blue' },
    flags: { releasable: true },
  },
  {
    id: 'approval',
    label: () => l10n.t('Waiting for approval'),
    icon: { id: 'thumbsup', color: 'list.warningForeground' },
    flags: { approvable: true },
  },
  {
    id: 'person',
    label: () => l10n.t('Waiting for a person'),
    icon: { id: 'person', color: 'list.warningForeground' },
    flags: { releasable: true },
  },
  {
    id: 'unfollowed',
    label: () => l10n.t('Without a policy'),
    icon: { id: 'arrow-circle-up' },
    flags: { releasable: true },
  },
  {
    id: 'held',
    label: () => l10n.t('Held'),
    icon: { id: 'history', color: 'list.warningForeground' },
    flags: { held: true },
  },
  { id: 'pinned', label: () => l10n.t('Pinned'), icon: { id: 'pinned' }, flags: { pinned: true } },
  {
    id: 'invalid',
    label: () => l10n.t('Invalid policy'),
    icon: { id: 'error', color: 'list.errorForeground' },
    flags: {},
  },
];

/** Groups of images that a person is asked about. */
const ASKING: ReadonlySet<Group['id'] | undefined> = new Set(['ready', 'approval', 'person'] as const);

/** The rows of the view Updates: what is newer, by what becomes of it; the level of environments is left out where there is one. */
export function updateRows(environments: readonly UpdateFacts[], calendar: Calendar): Row[] {
  const [only, ...others] = environments;
  if (only !== undefined && others.length === 0) return groupRows(only, calendar);
  return environments.flatMap((environment) => {
    const { id, name, images } = environment;
    const waiting = countUpdates(images);
    const count = waiting === 0 ? '' : counted(waiting, l10n.t('1 update'), l10n.t('{0} updates'));
    if (updatesIn(environment).size === 0) return [];
    return makeRow({
      id,
      kind: 'environment',
      label: name,
      description: count,
      icon: { id: 'server-environment' },
      accessibilityLabel: spoken(l10n.t('environment {0}', name), count),
      target: { environment: id },
      children: () => groupRows(environment, calendar),
      collapsible: 'expanded',
    });
  });
}

/**
 * How many images wait to be released, which is what the view's badge and the status bar tell: those whose newer tags
 * somebody wants, by a policy or by automation. Pins, holds and broken policies are not among them.
 */
export function countUpdates(images: readonly ImageStatus[]): number {
  return images.filter((image) => ASKING.has(groupOf(image))).length;
}

function groupRows(environment: UpdateFacts, calendar: Calendar): Row[] {
  const updates = Map.groupBy(updatesIn(environment), ([, group]) => group);
  return GROUPS.flatMap((group) => {
    const members = updates.get(group.id)?.map(([image]) => image);
    return members === undefined ? [] : groupRow(environment, group, members, calendar);
  });
}

function updatesIn({ images }: UpdateFacts): Map<ImageStatus, Group['id']> {
  return new Map(
    images.flatMap((image) => {
      const group = groupOf(image);
      return group === undefined ? [] : [[image, group]];
    }),
  );
}

function groupOf(image: ImageStatus): Group['id'] | undefined {
  if (image.state === 'invalid-policy') return 'invalid';
  if (image.state === 'needs-release') return 'person';
  const kind = updateKindOf(image);
  if (kind === 'approval') return 'approval';
  if (kind === 'available') return 'ready';
  if (kind === 'manual') return image.policy === undefined ? 'unfollowed' : 'ready';
  if (kind === 'held' || kind === 'waiting') return 'held';
  return kind === 'pinned' ? 'pinned' : undefined;
}

function groupRow(environment: UpdateFacts, group: Group, members: readonly ImageStatus[], calendar: Calendar): Row {
  const id = under(environment.id, group.id);
  const naming = namingOf(environment.images);
  const count = members.length.toLocaleString('en');
  return makeRow({
    id,
    kind: 'updateGroup',
    flags: {
      releasable: members.some(({ chosen }) => group.flags.releasable && chosen !== undefined),
      approvable: group.flags.approvable === true,
    },
    label: group.label(),
    description: count,
    accessibilityLabel: spoken(group.label(), sayImages(members.length)),
    target: { environment: environment.id },
    children: () =>
      members.map((image) => updateRow({ environment: environment.id, parent: id, group, naming }, image, calendar)),
    collapsible: 'expanded',
  });
}

function sayImages(count: number): string {
  return counted(count, l10n.t('1 image'), l10n.t('{0} images'));
}

interface Naming {
  readonly severalNamespaces: boolean;
  /** Keys of the workloads with more than one container. */
  readonly severalContainers: ReadonlySet<string>;
}

/** What must be said for the rows to be told apart. */
function namingOf(images: readonly ImageStatus[]): Naming {
  const byObject = Map.groupBy(images, ({ object }) => object);
  return {
    severalNamespaces: new Set(images.map(({ object }) => idIn(object).namespace)).size > 1,
    severalContainers: new Set([...byObject].flatMap(([key, members]) => (members.length > 1 ? [key] : []))),
  };
}

interface Place {
  readonly environment: string;
  readonly parent: string;
  readonly group: Group;
  readonly naming: Naming;
}

function updateRow(place: Place, image: ImageStatus, calendar: Calendar): Row {
  const { environment, parent, group, naming } = place;
  const { object, container, name, policy, chosen, pin } = image;
  const id = idIn(object);
  const waits = updateKindOf(image) === 'waiting';
  const says = group.id === 'invalid' ? image.reason : joined(sayTags(image), whyOf(image, calendar), policy);
  return makeRow({
    id: under(parent, object, container),
    kind: 'update',
    flags: {
      objected: true,
      imaged: true,
      ...(waits ? { releasable: true } : group.flags),
      ...(chosen === undefined ? { releasable: false } : {}),
      reviewable: isReviewable(image),
      automated: image.automated,
      manual: !image.automated,
      unpinned: pin === undefined && group.id !== 'pinned',
    },
    label: naming.severalContainers.has(object) ? `${id.name} ${container}` : id.name,
    description: joined(says, naming.severalNamespaces ? id.namespace : undefined),
    icon: iconOf(image, group),
    tooltip: imageTooltip(image, calendar),
    accessibilityLabel: spoken(`${name} ${container}`, group.label(), speakTags(image), image.reason),
    target: targetOf(environment, image, group),
  });
}

function iconOf(image: ImageStatus, group: Group): RowIcon {
  if (isReviewable(image)) return { id: 'git-pull-request', color: 'charts.blue' };
  return updateKindOf(image) === 'waiting' ? { id: 'clock' } : group.icon;
}

function whyOf(image: ImageStatus, calendar: Calendar): string | undefined {
  return image.state === 'not-automated' ? l10n.t('not automated') : sayStance(image, calendar);
}

function targetOf(environment: string, image: ImageStatus, { id }: Group): Target {
  const { object, container, chosen } = image;
  const tag = chosen === undefined || id === 'pinned' ? {} : { tag: chosen.tag };
  return { environment, workload: object, container, ...tag, ...placeOf(image) };
}
