import { matchesOf } from '../agent/match.ts';
import type { AgentState } from '../agent/state.ts';
import type { FileSource } from '../source/types.ts';
import { imageLenses } from './image.ts';
import type { LensOptions, LensSpec } from './lens.ts';
import { isWorkload, placeOf } from './place.ts';
import { workloadLenses } from './workload.ts';

/**
 * The lenses of a file: over each workload how it stands, over each of its images what runs and what is newer. Complete from what
 * is known; each workload and each image has one at least, whatever is known, so that lines do not jump.
 */
export function lensesOf(source: FileSource, state: AgentState, options: LensOptions): LensSpec[] {
  const matches = matchesOf(state);
  return source.manifests.filter(isWorkload).flatMap((manifest) => {
    const place = placeOf(manifest, source.path, matches, options);
    return [
      ...workloadLenses(place, state, options.now),
      ...manifest.images.flatMap((image) => imageLenses(place, image, state, options)),
    ];
  });
}
