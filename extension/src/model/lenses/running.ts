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
  if (source.image === undefined && source.marked !== true) return 'no image reference';
  const applied = object?.images?.[source.container] ?? (object === undefined ? undefined : status?.image);
  if (object === undefined || applied === undefined) return inTitle(shown(source));
  const word = isLeft(object) ? 'not applied' : object.health.state === 'healthy' ? 'runs' : 'applied';
  if (isSame(source, applied)) return `${inTitle(shown(source))} ${word}`;
  const [here, there] = told(source, applied);
  return isLeft(object)
    ? `${inTitle(here)} here, ${inTitle(there)} not applied`
    : `${inTitle(here)} here, ${inTitle(there)} ${word}`;
}

/** Whether the last delivery left the object as it was. */
function isLeft(object: ObjectStatus): boolean {
  return object.action === 'skipped' || isRefused(object);
}

function isSame(source: ImageSource, applied: string): boolean {
  return source.image === undefined ? tagHere(source) === shownTag(applied) : source.text === applied;
}

function shown({ image, text }: ImageSource): string {
  if (image === undefined) return text === '' ? 'no tag' : text;
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
