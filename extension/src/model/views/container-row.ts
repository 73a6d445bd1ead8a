import type { ImageStatus } from '@weaveflux/shared';
import { updateKindOf } from '../agent/updates.ts';
import { joined, shownTag, spoken } from '../names.ts';
import type { Calendar } from './calendar.ts';
import { makeRow } from './make-row.ts';
import { imageFlags } from './object-row.ts';
import { type Row, type RowIcon, type RowTooltip, under } from './row.ts';
import { placeOf, type Scene } from './scene.ts';

/** A container of a workload: its image, what is newer, and what holds it. */
export function containerRow(scene: Scene, parent: string, image: ImageStatus): Row {
  const { object, container, name, policy } = image;
  const says = [sayTags(image), sayStance(image), policy] as const;
  return makeRow({
    id: under(parent, container),
    kind: 'container',
    flags: { imaged: true, objected: true, ...imageFlags([image]) },
    label: container,
    description: joined(...says),
    icon: iconOf(image),
    tooltip: imageTooltip(image, scene.calendar),
    accessibilityLabel: spoken(`container ${container} of ${name}`, speakTags(image), says[1], policy),
    target: { environment: scene.id, workload: object, container, ...placeOf(image) },
  });
}

/** `1.4.2`, or `1.4.2 → 1.5.0` where something newer is known. */
export function sayTags(image: ImageStatus): string {
  const from = shownTag(image.image);
  const { chosen } = image;
  if (updateKindOf(image) === undefined || chosen === undefined) return from;
  return chosen.tag === from ? `${from}, pushed again` : `${from} → ${chosen.tag}`;
}

/** The same for those who listen. */
export function speakTags(image: ImageStatus): string {
  const says = sayTags(image);
  return says.replace(' → ', ' runs, available is ');
}

/** Who pinned an image and why, or what else keeps it as it is; nothing where nothing does. */
export function sayStance(image: ImageStatus): string | undefined {
  const { state, pin, problem } = image;
  if (pin !== undefined || state === 'pinned') {
    return `pinned${pin?.user === undefined ? '' : ` by ${pin.user}`}${pin?.message === undefined ? '' : `: ${pin.message}`}`;
  }
  if (state === 'held') return updateKindOf(image) === 'waiting' ? 'waits for its age' : 'held';
  if (state === 'needs-release') return 'needs a person';
  if (state === 'invalid-policy') return 'invalid policy';
  if (state === 'no-match') return 'no tag fits';
  return problem === undefined ? undefined : 'not scanned';
}

/** All that is known of an image, as a table. */
export function imageTooltip(image: ImageStatus, calendar: Calendar): RowTooltip {
  const { chosen, held, pin } = image;
  const built = chosen?.created === undefined ? '' : calendar.full(chosen.created);
  return {
    heading: `${image.name} ${image.container}`,
    table: [
      ['Image', image.image],
      ['Policy', image.policy ?? (image.automated ? 'none: the newest' : 'not automated')],
      ['Chosen', chosen === undefined ? undefined : joined(chosen.tag, built === '' ? undefined : `built ${built}`)],
      ['Digest', chosen?.digest],
      ['Why', image.reason],
      ['Held', held.join(', ')],
      ['Pinned', pin === undefined ? undefined : [pin.user, pin.message].filter((part) => part).join(': ')],
      ['Scanned', image.scannedAt === undefined ? undefined : calendar.full(image.scannedAt)],
      ['Problem', image.problem?.message],
      ['File', `${image.file}:${image.line}`],
    ],
  };
}

function iconOf(image: ImageStatus): RowIcon {
  const { state, pin } = image;
  if (pin !== undefined || state === 'pinned') return { id: 'pinned' };
  if (state === 'held') return { id: 'history', color: 'list.warningForeground' };
  if (state === 'needs-release') return { id: 'person', color: 'list.warningForeground' };
  if (state === 'invalid-policy') return { id: 'error', color: 'list.errorForeground' };
  return updateKindOf(image) === undefined ? { id: 'package' } : { id: 'arrow-circle-up', color: 'charts.blue' };
}
