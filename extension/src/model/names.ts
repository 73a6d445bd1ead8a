import {
  displayName,
  effectiveTag,
  type ObjectId,
  parseObjectKey,
  podTemplatePath,
  tryParseImage,
} from '@weaveflux/shared';

const UNNAMED: Omit<ObjectId, 'name'> = { group: '', kind: '', namespace: '' };

/** The id in an object key; a text that is none counts as a name. */
export function idIn(key: string): ObjectId {
  return parseObjectKey(key) ?? { ...UNNAMED, name: key };
}

/** `namespace:kind/name` of an object key. */
export function nameOf(key: string): string {
  const id = parseObjectKey(key);
  return id === undefined ? key : displayName(id);
}

/** Whether a key names a kind of workload. */
export function isWorkloadKey(key: string): boolean {
  const id = parseObjectKey(key);
  return id !== undefined && podTemplatePath(id.group, id.kind) !== undefined;
}

/** A revision as people read it. */
export function shortRevision(revision: string): string {
  return revision.slice(0, 7);
}

/** Of an image its tag, or the first digits of its digest where no tag is written. */
export function shownTag(image: string): string {
  const reference = tryParseImage(image);
  if (reference === undefined) return image;
  return effectiveTag(reference) ?? (reference.digest ?? '').replace(/^[^:]*:/, '').slice(0, 12);
}

/** Who, without the address that git gives with a name. */
export function withoutAddress(person: string): string {
  return person.replace(/\s*<[^>]*>\s*$/, '');
}

/** A count in words: `1 object`, or `{0} objects` with the number in it. */
export function counted(count: number, one: string, several: string): string {
  return count === 1 ? one : several.replace('{0}', count.toLocaleString('en'));
}

/** Parts of a description, the missing left out. */
export function joined(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join(' · ');
}

/** The same for those who listen. */
export function spoken(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join(', ');
}
