import type { ImageChange } from './workload.ts';

/** The subject of a commit that changes images: `Release team/app:1.4.2`, or `Release 3 images`. */
export function releaseSubject(changes: readonly Pick<ImageChange, 'repository' | 'to'>[]): string {
  const images = [...new Set(changes.map(({ repository, to }) => `${shortName(repository)}:${to}`))];
  return images.length === 1 ? `Release ${images[0]}` : `Release ${images.length} images`;
}

/** The path of an image repository, without registry and Docker's `library`. */
function shortName(repository: string): string {
  return repository.slice(repository.indexOf('/') + 1).replace(/^library\//, '');
}
