import { effectiveTag, type Tag, WeavefluxError } from '@weaveflux/shared';
import type { Environment } from '../../delivery/environment.ts';
import type { Registry } from '../../registry/types.ts';
import { createCredentials } from '../scan/credentials.ts';
import type { Decided } from '../scan/scan.ts';
import { newestTags } from './images.ts';

/** What describing draws on. */
export interface DescribeSources {
  readonly target: Environment['target'];
  readonly registry: Registry;
  readonly signal: AbortSignal;
}

/**
 * The newest tags of an image repository (canonical name), and those that files have, with all that is to know of them: the
 * registry is asked for what nobody has read yet. Errors: NOT_FOUND.
 */
export async function describedTags(
  decided: readonly Decided[],
  repository: string,
  limit: number,
  { target, registry, signal }: DescribeSources,
): Promise<readonly Tag[]> {
  const meant = decided.filter(({ subject }) => subject.image.canonicalName === repository);
  if (meant.length === 0) {
    throw new WeavefluxError('NOT_FOUND', `No image of ${repository} is known, or none yet; see: weaveflux images`);
  }
  const subjects = meant.map(({ subject }) => subject).filter(({ ignored }) => !ignored);
  const inFiles = meant.flatMap(({ subject }) => effectiveTag(subject.image) ?? []);
  const newest = meant.flatMap(({ subject, tags }) => newestTags(subject, tags()).slice(0, limit));
  const listed = new Set(meant.flatMap(({ tags }) => tags().map(({ tag }) => tag)));
  const names = [...new Set([...newest.map(({ tag }) => tag).slice(0, limit), ...inFiles])].filter((tag) =>
    listed.has(tag),
  );
  if (subjects.length === 0) return newest.slice(0, limit);
  const { texts } = await createCredentials(target, signal).of(subjects);
  return registry.describe({ name: repository, credentials: texts }, names, signal);
}
