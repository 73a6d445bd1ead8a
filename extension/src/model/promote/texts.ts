import {
  applyChanges,
  asWeavefluxError,
  type ImageChange,
  imageEdits,
  type Problem,
  toProblem,
} from '@weaveflux/shared';

/** New texts of files, the images they carry, and why others cannot be written. */
export interface PromotedTexts {
  readonly texts: ReadonlyMap<string, string>;
  readonly images: readonly ImageChange[];
  readonly problems: readonly Problem[];
}

/** Writes images into the texts of their files. A file that cannot be edited leaves the others standing. */
export function promotedTexts(before: ReadonlyMap<string, string>, changes: readonly ImageChange[]): PromotedTexts {
  const texts = new Map<string, string>();
  const images: ImageChange[] = [];
  const problems: Problem[] = [];
  for (const [file, group] of Map.groupBy(changes, ({ place }) => place.file)) {
    try {
      for (const [path, text] of applyChanges(before, imageEdits(group))) texts.set(path, text);
      images.push(...group);
    } catch (error) {
      problems.push(toProblem(asWeavefluxError(error, { file })));
    }
  }
  return { texts, images, problems };
}
