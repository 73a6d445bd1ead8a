import type { Tag } from '@weaveflux/shared';

/** Tags as they were, made anew at each call: look once. */
export type KeptTags = () => readonly Tag[];

/** No tag has it (distribution-spec). */
const BETWEEN = '\n';

/** Keeps tags, those of which only the name is known as one text: there may be a million, for every image of a repository. */
export function keepTags(tags: readonly Tag[]): KeptTags {
  const names = tags.map(({ tag }) => tag).join(BETWEEN);
  const read = new Map(tags.filter(isRead).map((tag) => [tag.tag, tag]));
  return () => (names === '' ? [] : names.split(BETWEEN).map((tag) => read.get(tag) ?? { tag }));
}

function isRead({ created, pushed, digest, platforms }: Tag): boolean {
  return (created ?? pushed ?? digest ?? platforms) !== undefined;
}
