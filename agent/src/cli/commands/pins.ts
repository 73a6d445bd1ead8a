import type { Commit, ImageStatus } from '@weaveflux/shared';
import type { ApiClient } from '@weaveflux/shared/node';
import { inParallel } from '../../concurrency/parallel.ts';
import { ago, short } from '../text.ts';

/** Workloads that are asked for at once. */
const AT_ONCE = 4;

/** The commits by which images are pinned, by `pinKey`. What cannot be told is left out: the list is shown all the same. */
export async function pinCommits(
  client: Pick<ApiClient, 'explainImages'>,
  images: readonly ImageStatus[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Commit>> {
  const workloads = new Set(images.flatMap(({ name, pin }) => (pin === undefined ? [] : [name])));
  const commits = new Map<string, Commit>();
  await inParallel([...workloads], AT_ONCE, async (workload) => {
    const told = await client.explainImages({ workload, limit: 1 }, signal).catch(() => []);
    for (const { image, pinnedBy } of told) if (pinnedBy !== undefined) commits.set(pinKey(image), pinnedBy);
  });
  return commits;
}

/** The same for two answers about one container. */
export function pinKey({ object, container }: Pick<ImageStatus, 'object' | 'container'>): string {
  return `${object} ${container}`;
}

/** `by Ann 3d ago (a1b2c3d)`; what is said of the commit stands behind its revision. */
export function pinnedSince({ author, time, revision }: Commit, now: Date, says = ''): string {
  return `by ${author} ${ago(time, now)} ago (${[short(revision), says].filter(Boolean).join(' ')})`;
}
