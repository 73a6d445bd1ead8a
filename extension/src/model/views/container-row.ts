import * as l10n from '@vscode/l10n';
import type { ImageStatus } from '@weaveflux/shared';
import { isReviewable, updateKindOf } from '../agent/updates.ts';
import { joined, shownTag, spoken, withoutAddress } from '../names.ts';
import type { Calendar } from './calendar.ts';
import { makeRow } from './make-row.ts';
import { imageFlags } from './object-row.ts';
import { type Row, type RowIcon, type RowTooltip, under } from './row.ts';
import { placeOf, type Scene } from './scene.ts';

/** A container of a workload: its image, what is newer, and what holds it. */
export function containerRow(scene: Scene, parent: string, image: ImageStatus): Row {
  const { object, container, name, policy } = image;
  const says = [sayTags(image), sayStance(image, scene.calendar), policy] as const;
  return makeRow({
    id: under(parent, container),
    kind: 'container',
    flags: { imaged: true, objected: true, ...imageFlags([image]) },
    label: container,
    description: joined(...says),
    icon: iconOf(image),
    tooltip: imageTooltip(image, scene.calendar),
    accessibilityLabel: spoken(l10n.t('container {0} of {1}', container, name), speakTags(image), says[1], policy),
    target: { environment: scene.id, workload: object, container, ...placeOf(image) },
  });
}

/** `1.4.2`, or `1.4.2 → 1.5.0` where something newer is known. */
export function sayTags(image: ImageStatus): string {
  const [from, to] = tagsOf(image);
  return to === undefined || to === from ? sayTag(from, to) : `${from} → ${to}`;
}

/** The same for those who listen. */
export function speakTags(image: ImageStatus): string {
  const [from, to] = tagsOf(image);
  return to === undefined || to === from ? sayTag(from, to) : l10n.t('{0} runs, available is {1}', from, to);
}

/** The tag that is written, and the one that is newer, if any. */
function tagsOf(image: ImageStatus): readonly [string, string | undefined] {
  return [shownTag(image.image), updateKindOf(image) === undefined ? undefined : image.chosen?.tag];
}

function sayTag(from: string, to: string | undefined): string {
  return to === undefined ? from : l10n.t('{0}, pushed again', from);
}

/** Who pinned an image and why, or what else keeps it as it is; nothing where nothing does. */
export function sayStance(image: ImageStatus, calendar: Calendar): string | undefined {
  const { state, pin, problem, proposed, until } = image;
  if (pin !== undefined || state === 'pinned') {
    const pinned = pin?.user === undefined ? l10n.t('pinned') : l10n.t('pinned by {0}', withoutAddress(pin.user));
    return pin?.message === undefined ? pinned : `${pinned}: ${pin.message}`;
  }
  if (state === 'held') return updateKindOf(image) === 'waiting' ? l10n.t('waits for its age') : l10n.t('held');
  if (state === 'update' && proposed !== undefined) return l10n.t('waits to be merged');
  if (state === 'outside-window')
    return until === undefined ? l10n.t('waits for its window') : l10n.t('waits until {0}', calendar.full(until));
  if (state === 'needs-approval') return l10n.t('waits for approval');
  if (state === 'not-verified') return l10n.t('not signed as it must be');
  if (state === 'needs-release') return l10n.t('needs a person');
  if (state === 'invalid-policy') return l10n.t('invalid policy');
  if (state === 'no-match') return l10n.t('no tag fits');
  return problem === undefined ? undefined : l10n.t('not scanned');
}

/** All that is known of an image, as a table. */
export function imageTooltip(image: ImageStatus, calendar: Calendar): RowTooltip {
  const { chosen, held, pin, proposed, until } = image;
  const built = chosen?.created === undefined ? '' : calendar.full(chosen.created);
  return {
    heading: `${image.name} ${image.container}`,
    table: [
      [l10n.t('Image'), image.image],
      [l10n.t('Policy'), image.policy ?? (image.automated ? l10n.t('none: the newest') : l10n.t('not automated'))],
      [
        l10n.t('Chosen'),
        chosen === undefined ? undefined : joined(chosen.tag, built === '' ? undefined : l10n.t('built {0}', built)),
      ],
      [l10n.t('Digest'), chosen?.digest],
      [l10n.t('Why'), image.reason],
      [l10n.t('Waits until'), until === undefined ? undefined : calendar.full(until)],
      [l10n.t('Proposed'), proposed?.url ?? proposed?.branch],
      [l10n.t('Held'), held.join(', ')],
      [l10n.t('Pinned'), pin === undefined ? undefined : [pin.user, pin.message].filter((part) => part).join(': ')],
      [l10n.t('Scanned'), image.scannedAt === undefined ? undefined : calendar.full(image.scannedAt)],
      [l10n.t('Problem'), image.problem?.message],
      [l10n.t('File'), `${image.file}:${image.line}`],
    ],
  };
}

function iconOf(image: ImageStatus): RowIcon {
  const { state, pin } = image;
  if (pin !== undefined || state === 'pinned') return { id: 'pinned' };
  if (isReviewable(image)) return { id: 'git-pull-request', color: 'charts.blue' };
  if (state === 'held') return { id: 'history', color: 'list.warningForeground' };
  if (state === 'outside-window') return { id: 'clock' };
  if (state === 'needs-approval') return { id: 'thumbsup', color: 'list.warningForeground' };
  if (state === 'not-verified') return { id: 'shield', color: 'list.warningForeground' };
  if (state === 'needs-release') return { id: 'person', color: 'list.warningForeground' };
  if (state === 'invalid-policy') return { id: 'error', color: 'list.errorForeground' };
  return updateKindOf(image) === undefined ? { id: 'package' } : { id: 'arrow-circle-up', color: 'charts.blue' };
}
