import { isObject, type JsonObject, listAt, type Path, podTemplatePath, stringAt } from '@weaveflux/shared';

/** A container beside whose `image:` nothing is written. */
export interface EmptyImage {
  readonly name: string;
  readonly image: '';
  /** Of the value that is missing. */
  readonly path: Path;
}

/** The containers of a workload whose image is still to be written; for agents they have none. */
export function emptyImagesOf(group: string, kind: string, object: JsonObject): EmptyImage[] {
  const template = podTemplatePath(group, kind);
  if (template === undefined) return [];
  return ['containers', 'initContainers'].flatMap((list) => {
    const path = [...template, 'spec', list];
    return listAt(object, path).flatMap((entry, index) => {
      const name = isObject(entry) ? stringAt(entry, ['name']) : undefined;
      const isEmpty = isObject(entry) && entry.image === null;
      return name === undefined || !isEmpty ? [] : [{ name, image: '', path: [...path, index, 'image'] }];
    });
  });
}
