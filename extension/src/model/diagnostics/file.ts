import type { FileSource, ManifestSource } from '../source/types.ts';
import { duplicateFindings } from './duplicates.ts';
import type { Finding } from './finding.ts';
import { globFindings } from './globs.ts';
import { imageFindings } from './images.ts';
import { policyFindings } from './policies.ts';
import { type ReadingFacts, readingFindings } from './reading.ts';

/** How an agent takes a file, by its place: as manifests, as what must be rendered first, or not at all. */
export type Standing = 'manifests' | 'rendered' | 'ignored';

export interface FileFacts extends ReadingFacts {
  readonly standing: Standing;
  /** Other open files that the same agent reads as manifests. */
  readonly others: readonly FileSource[];
}

/** All that can be found in an open file without an agent. */
export function fileFindings(source: FileSource, facts: FileFacts): Finding[] {
  if (facts.standing === 'ignored') return [];
  const own = [...readingFindings(source, facts), ...source.manifests.flatMap(annotationFindings)];
  // A kustomization may give an image its tag, and states objects in layers.
  if (facts.standing === 'rendered') return own;
  return [...own, ...source.manifests.flatMap(imageFindings), ...duplicateFindings(source, facts.others)];
}

function annotationFindings(manifest: ManifestSource): Finding[] {
  return [...policyFindings(manifest), ...globFindings(manifest)];
}
