import { type ImageStatus, type ObjectStatus, podTemplatePath } from '@weaveflux/shared';
import type { Matches } from '../agent/match.ts';
import type { ManifestSource, TextRange } from '../source/types.ts';
import type { Target } from '../target.ts';
import type { LensOptions } from './lens.ts';

/** A workload in its file, with what the agent knows of it. */
export interface Place {
  readonly source: ManifestSource;
  readonly path: string;
  /** Where its own lenses stand. */
  readonly range: TextRange;
  readonly target: Target;
  /** Whether an agent keeps the file, as far as that is known. */
  readonly isKept: boolean;
  readonly object: ObjectStatus | undefined;
  /** By container. */
  readonly images: ReadonlyMap<string, ImageStatus>;
}

/** Whether an object has lenses. */
export function isWorkload({ manifest: { id }, images }: ManifestSource): boolean {
  return images.length > 0 || podTemplatePath(id.group, id.kind) !== undefined;
}

/** Whether the file says that the object is left alone. */
export function isIgnored({ policies }: ManifestSource): boolean {
  return policies.ignore === 'true';
}

/** Looks up what the agent knows of a workload. */
export function placeOf(
  source: ManifestSource,
  path: string,
  matches: Matches,
  { environment }: Pick<LensOptions, 'environment'>,
): Place {
  const object = matches.objectOf(path, source);
  const range = source.start;
  const target: Target = {
    workload: object?.key ?? source.key,
    line: range.startLine + 1,
    ...(environment === undefined ? {} : { environment, file: path }),
  };
  const isKept = environment !== undefined && matches.isKept(path);
  return { source, path, range, target, isKept, object, images: matches.imagesOf(path, source) };
}
