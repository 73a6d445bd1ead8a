import * as l10n from '@vscode/l10n';
import { effectiveTag, type ImageStatus, type ObjectStatus, tryParseImage } from '@weaveflux/shared';
import { isRefused } from '../agent/object-state.ts';
import { shownTag } from '../names.ts';
import type { ImageSource } from '../source/types.ts';
import { inTitle } from './lens.ts';
import { tagHere } from './offer.ts';

/** What an image's lens begins with: what the file says, and what of it runs. */
export function runningWords(
  source: ImageSource,
  object: ObjectStatus | undefined,
  status: ImageStatus | undefined,
): string {
  if (source.image === undefined && source.marked !== true) return l10n.t('no image reference');
  const applied = object?.images?.[source.container] ?? (object === undefined ? undefined : status?.image);
  if (object === undefined || applied === undefined) return inTitle(shown(source));
  if (isSame(source, applied)) return standing(object, inTitle(shown(source)));
  const [here, there] = told(source, applied);
  return l10n.t('{0} here, {1}', inTitle(here), standing(object, inTitle(there)));
}

/** How an image stands in the cluster: `1.4.2 runs`. */
function standing(object: ObjectStatus, image: string): string {
  if (isLeft(object)) return l10n.t('{0} not applied', image);
  return object.health.state === 'healthy' ? l10n.t('{0} runs', image) : l10n.t('{0} applied', image);
}

/** Whether the last delivery left the object as it was. */
function isLeft(object: ObjectStatus): boolean {
  return object.action === 'skipped' || isRefused(object);
}

function isSame(source: ImageSource, applied: string): boolean {
  return source.image === undefined ? tagHere(source) === shownTag(applied) : source.text === applied;
}

function shown({ image, text }: ImageSource): string {
  if (image === undefined) return text === '' ? l10n.t('no tag') : text;
  return effectiveTag(image) ?? shownTag(text);
}

/** Two references by as little as tells them apart: tags, else names with tags, else all. */
function told({ image, text }: ImageSource, applied: string): [string, string] {
  if (image === undefined) return [text, shownTag(applied)];
  const isSameName = image.canonicalName === tryParseImage(applied)?.canonicalName;
  const spellings = [...(isSameName ? [shownTag] : []), lastOf, (reference: string) => reference];
  const tell = spellings.find((spell) => spell(text) !== spell(applied)) ?? lastOf;
  return [tell(text), tell(applied)];
}

/** `web:1.4.2` of `reg.example.com/shop/web:1.4.2`. */
function lastOf(reference: string): string {
  const name = tryParseImage(reference)?.name ?? reference;
  return `${name.slice(name.lastIndexOf('/') + 1)}:${shownTag(reference)}`;
}
