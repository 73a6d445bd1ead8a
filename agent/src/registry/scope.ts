import { type Problem, warning } from '@weaveflux/shared';
import { findGlob } from './globs.ts';
import type { Place } from './place.ts';

/** Which image repositories are scanned: globs on canonical names. */
export interface ScanScope {
  /** Empty = all. */
  readonly include: readonly string[];
  /** Wins over `include`. */
  readonly exclude: readonly string[];
}

/** Why an image repository is not scanned; `undefined` = it is. */
export function reasonNotToScan({ name }: Place, { include, exclude }: ScanScope): Problem | undefined {
  const excluded = findGlob(exclude, name);
  if (excluded !== undefined) {
    return warning('NOT_SUPPORTED', `${name} is not scanned, because --registry-exclude-image ${excluded} fits it.`);
  }
  if (include.length > 0 && findGlob(include, name) === undefined) {
    return warning('NOT_SUPPORTED', `${name} is not scanned, because no --registry-include-image fits it.`);
  }
  return undefined;
}
